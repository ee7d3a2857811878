"""Counts of what a person sees, by area, unit, sector, source, status, light or month."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext, gettext_noop

from gis.layers.models import Area
from mobile_api.features import in_language
from server.problems import marks
from server.problems.models import STATUS_LABELS, Involvement, Problem
from server.problems.queries import LIGHTS, Figures, count_figures
from server.regulation import sources
from server.regulation.statuses import OPEN, Status
from server.runtime.refusals import Invalid
from server.units.models import Sector, Unit

BY = ("area", "unit", "sector", "source", "status", "light", "month")
COLUMNS = {
    "area": "area_code",
    "unit": "involvements__unit",
    "sector": "sector",
    "source": "source",
    "status": "status",
}
LIGHT_NAMES = {
    "red": gettext_noop("Red"),
    "yellow": gettext_noop("Yellow"),
    "green": gettext_noop("Green"),
    "grey": gettext_noop("Closed"),
}


def known_by(given: str) -> str:
    """What to count by. Raises Invalid for anything else."""
    if given not in BY:
        raise Invalid.one("by", "unknown", gettext_noop("Count by one of: %(names)s."), names=", ".join(BY))
    return given


def table(rows: QuerySet[Problem], by: str, on: date) -> dict[str, Any]:
    """`{by, rows, total}`. A problem with two main units counts in both rows, and once in the total."""
    lines = _by_light(rows, on) if by == "light" else _grouped(rows, by, on)
    return {"by": by, "rows": lines, "total": asdict(count_figures(rows, on))}


def _grouped(rows: QuerySet[Problem], by: str, on: date) -> list[dict[str, Any]]:
    if by == "unit":
        rows = rows.filter(involvements__role=Involvement.Role.MAIN)
    column = TruncMonth("listed_on") if by == "month" else F(COLUMNS[by])
    counted: list[Any] = list(
        rows.order_by()
        .values(code=column)
        .annotate(
            open=_count(Q(status__in=sorted(OPEN))),
            **{name: _count(marks.with_light(name, on)) for name in LIGHTS},
            overdue=_count(marks.overdue_on(on)),
        )
    )
    for line in counted:
        line["code"] = _code(line["code"])
    names = NAMES[by]([line["code"] for line in counted if line["code"] is not None])
    return [
        {"code": line["code"], "name": names.get(line["code"]) or _nameless(line["code"], by), **_figures(line)}
        for line in sorted(counted, key=lambda line: (line["code"] is None, line["code"] or ""))
    ]


def _count(condition: Q) -> Count:
    return Count("pk", filter=condition, distinct=True)


def _code(value: Any) -> str | None:
    if isinstance(value, date):
        return f"{value:%Y-%m}"
    return value or None


def _figures(line: Mapping[str, Any]) -> dict[str, int]:
    return {name: line[name] for name in asdict(Figures())}


def _by_light(rows: QuerySet[Problem], on: date) -> list[dict[str, Any]]:
    lines = []
    for light in LIGHTS:
        of_light = asdict(count_figures(rows.filter(marks.with_light(light, on)), on))
        lines.append({"code": light, "name": gettext(LIGHT_NAMES[light]), **of_light})
    return lines


def _nameless(code: str | None, by: str) -> str:
    if code is not None:
        return code
    return gettext("Outside every area, or the whole district") if by == "area" else gettext("Not given")


def _area_names(codes: Iterable[str]) -> dict[str | None, str]:
    # Editions keep codes: the last edition's name is the one in use.
    return dict(Area.objects.filter(code__in=codes).order_by("edition__number").values_list("code", "name"))


NAMES: dict[str, Callable[[list[str]], Mapping[str | None, str]]] = {
    "area": _area_names,
    "unit": lambda codes: dict(Unit.objects.filter(pk__in=codes).values_list("pk", "name")),
    "sector": lambda codes: dict(Sector.objects.filter(pk__in=codes).values_list("pk", "name")),
    "source": lambda codes: {
        code: in_language(sources.BY_CODE[code].name, sources.BY_CODE[code].name_zh) for code in codes if code in sources.BY_CODE
    },
    "status": lambda codes: {code: str(STATUS_LABELS[Status(code)]) for code in codes},
    "month": lambda codes: {},
}
