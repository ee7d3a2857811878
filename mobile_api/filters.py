"""The filters of a query string (contract.md, `GET /problems`), shared by lists, GeoJSON and figures."""

import re
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import TypeVar

from django.http import QueryDict
from django.utils.translation import gettext_noop

from gis.boxes import parse_bbox
from gis.coordinates import BadCoordinates
from gis.layers.models import Area
from mobile_api.serializers.fields import read_bound
from mobile_api.strict_json import unprintable
from server.inspections.models import Found, Stop
from server.inspections.policy import visible_inspections
from server.plans.models import Plan
from server.problems.models import Problem
from server.problems.queries import LIGHTS, PACES, Filters, known_codes
from server.regulation import categories, sources
from server.regulation.sources import Level
from server.regulation.statuses import Status
from server.runtime.refusals import FieldError, Invalid
from server.units.models import Person, Sector, Unit
from server.units.predicates import Capacities

Value = TypeVar("Value")
WITHOUT = ("after_photo", "plan", "progress")
LONGEST = 2_000
FIXED: dict[str, Collection[str]] = {
    "status": [status.value for status in Status],
    "light": LIGHTS,
    "pace": PACES,
    "without": WITHOUT,
    "kind": Plan.Kind.values,
    "source": sources.BY_CODE.keys(),
    "level": [level.value for level in Level],
    "category": categories.BY_CODE.keys(),
}
STORED: dict[str, Callable[[Collection[str]], Iterable[str]]] = {
    "sector": lambda codes: Sector.objects.filter(pk__in=codes).values_list("pk", flat=True),
    "area": lambda codes: Area.objects.filter(code__in=codes).values_list("code", flat=True),
    "unit": lambda codes: Unit.objects.filter(pk__in=codes).values_list("pk", flat=True),
    "supervising_unit": lambda codes: Unit.objects.filter(pk__in=codes).values_list("pk", flat=True),
}
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def read_filters(query: QueryDict, person: Person, at: datetime, held: Capacities) -> Filters:
    """The filters of an address. Raises Invalid naming every one that means nothing; names that are no filter are passed over."""
    reader = _Reader(query)
    codes = {name: reader.codes(name, allowed) for name, allowed in FIXED.items()}
    codes |= {name: reader.stored(name, known) for name, known in STORED.items()}
    filters = Filters(
        status=codes["status"],
        light=codes["light"],
        pace=codes["pace"],
        without=codes["without"],
        kind=codes["kind"],
        source=codes["source"],
        level=codes["level"],
        category=codes["category"],
        sector=codes["sector"],
        area=codes["area"],
        unit=codes["unit"],
        supervising_unit=codes["supervising_unit"],
        mine=bool(reader.boolean("mine")),
        overdue=reader.boolean("overdue"),
        led_by=reader.text("led_by", 64),
        q=reader.text("q", 200),
        deadline_before=reader.one("deadline_before", _day),
        deadline_after=reader.one("deadline_after", _day),
        found_before=reader.one("found_before", read_bound),
        found_after=reader.one("found_after", read_bound),
        updated_since=reader.one("updated_since", read_bound),
        bbox=reader.box(),
    )
    if reader.errors:
        raise Invalid(reader.errors)
    if filters.led_by:
        led = visible_inspections(person, at, held).filter(led_by__username=filters.led_by).values("pk")
        on_the_way = Stop.objects.filter(inspection__in=led).values("problem")
        found = Found.objects.filter(inspection__in=led).values("problem")
        filters.problems_led_by = Problem.objects.filter(pk__in=on_the_way) | Problem.objects.filter(pk__in=found)
    return filters


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


class _Reader:
    """Reads one parameter after the other and gathers all that is wrong."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        self.errors: list[FieldError] = []

    def text(self, name: str, most: int) -> str:
        given = self.query.get(name, "").strip()
        if len(given) > most:
            self.errors.append(FieldError(name, "too_long", gettext_noop("At most %(most)s characters."), {"most": most}))
        self.errors += unprintable(given, name)
        return given

    def codes(self, name: str, allowed: Iterable[str]) -> tuple[str, ...]:
        wanted = self._split(name)
        try:
            known_codes(name, wanted, allowed)
        except Invalid as wrong:
            self.errors += wrong.errors
        return wanted

    def stored(self, name: str, known: Callable[[Collection[str]], Iterable[str]]) -> tuple[str, ...]:
        return self.codes(name, known(self._split(name))) if self._split(name) else ()

    def _split(self, name: str) -> tuple[str, ...]:
        given = ",".join(self.query.getlist(name))
        if len(given) > LONGEST or unprintable(given):
            # Refused once, as one value that there is not, and never looked up.
            self.errors.append(FieldError(name, "unknown", gettext_noop("Unknown value: %(value)s."), {"value": "…"}))
            return ()
        return tuple(dict.fromkeys(part.strip() for part in given.split(",") if part.strip()))

    def boolean(self, name: str) -> bool | None:
        given = self.query.get(name)
        if given is None or given == "":
            return None
        if given.lower() not in _BOOLEANS:
            self._unreadable(name)
            return None
        return _BOOLEANS[given.lower()]

    def one(self, name: str, read: Callable[[str], Value | None]) -> Value | None:
        given = self.query.get(name)
        if given is None or given == "":
            return None
        value = read(given)
        if value is None:
            self._unreadable(name)
        return value

    def box(self) -> tuple[float, float, float, float] | None:
        given = self.query.get("bbox")
        if given is None:
            return None
        try:
            box = parse_bbox(given)
        except BadCoordinates as bad:
            self.errors.append(FieldError(bad.field, bad.code, bad.message))
            return None
        return box.west, box.south, box.east, box.north

    def _unreadable(self, name: str) -> None:
        self.errors.append(FieldError(name, "unreadable", gettext_noop("This value cannot be read.")))
