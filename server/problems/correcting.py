"""What a correction may change, and how each field is read and written (Article 5). Never plan, deadline or units."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.problems import places
from server.problems.models import Problem, Site
from server.regulation import categories, discovery
from server.regulation.quarters import is_quarter
from server.regulation.requirements.reporting import CASE_CLASSES
from server.units.models import Sector

TEXT_LIMITS = {
    "title": 120,
    "description": 10_000,
    "original_text": 10_000,
    "superior_number": 60,
    "superior_round": 40,
    "superior_batch": 40,
    "quarter": 10,
}


@dataclass(frozen=True)
class Correction:
    """A correction read but not yet made: what stood, what is to stand, whether it is a possible value, and how to write it."""

    before: Any
    after: Any
    known: bool
    write: Callable[[], None]

    @property
    def changes(self) -> bool:
        return bool(self.before != self.after)


def read_correction(problem: Problem, field: str, value: Any) -> Correction:
    """Read a new value for a field. An unknown field gives a correction that is not known, which the regulation refuses.

    Raises Invalid for a place that cannot be one.
    """
    if field == "location":
        return _location(problem, value)
    if field in TEXT_LIMITS:
        known = _is_words(value) and len(value) <= TEXT_LIMITS[field] and (field != "quarter" or is_quarter(value))
        return _column(problem, field, value, known)
    if field == "category":
        return _column(problem, field, value, _is_one_of(value, categories.BY_CODE))
    if field == "further_categories":
        known = isinstance(value, list) and all(_is_one_of(code, categories.BY_CODE) for code in value)
        return _column(problem, field, value, known and len(set(value)) == len(value))
    if field == "sector":
        return _column(problem, "sector_id", value, _is_words(value) and Sector.objects.filter(pk=value).exists())
    if field == "discovery":
        return _column(problem, field, value, _is_one_of(value, discovery.BY_CODE))
    if field == "case_class":
        return _column(problem, field, value, value in CASE_CLASSES)
    if field == "disclosed_on":
        return _date(problem, field, value)
    return Correction(None, value, known=False, write=lambda: None)


def _is_words(value: Any) -> bool:
    """Text with something in it, and no NUL, control character or lone surrogate, which a database or a document chokes on."""
    if not isinstance(value, str) or not value.strip():
        return False
    return all(c in "\n\r\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF) for c in value)


def _is_one_of(value: Any, known: Container[str]) -> bool:
    return isinstance(value, str) and value in known


def _column(problem: Problem, column: str, value: Any, known: bool) -> Correction:
    return Correction(getattr(problem, column), value, known, lambda: setattr(problem, column, value))


def _date(problem: Problem, column: str, value: Any) -> Correction:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    return Correction(getattr(problem, column), day, day is not None, lambda: setattr(problem, column, day))


def _location(problem: Problem, value: Any) -> Correction:
    place = places.place_point(value, None, problem.observed_at, field_name="value")

    def write() -> None:
        places.put(problem, place, problem.accuracy_m)
        Site.objects.filter(pk=problem.pk).update(location=place.geometry, area=place.area)

    before = [problem.lon, problem.lat] if problem.lon is not None else None
    return Correction(before, [place.point.lon, place.point.lat] if place.point else None, known=True, write=write)
