"""The filters of the ledger as they stand in the address: reading them, and the chips that set and lift them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis.layers.editions import AreaAt, editions_at, kept
from gis.layers.models import Kind
from server.portal import words
from server.portal.visitors import Visitor
from server.problems.models import STATUS_LABELS
from server.problems.queries import LIGHTS, PACES, Filters
from server.regulation import categories, sources
from server.regulation.sources import Level
from server.regulation.statuses import LEDGER, Status
from server.units.models import Sector, Unit

DUE_WITHIN = {"7": 7, "30": 30}
MOST_WORDS = 200


@dataclass(frozen=True)
class Option:
    """One value that a filter can take, with the address that sets or lifts it."""

    name: str
    address: str
    on: bool


@dataclass(frozen=True)
class Chip:
    """A filter: its options, and which are on."""

    name: str
    options: list[Option]

    @property
    def chosen(self) -> list[Option]:
        return [option for option in self.options if option.on]


@dataclass
class Reading:
    """What an address asks for: the filters, and what of it is known to mean something."""

    query: QueryDict
    filters: Filters
    due: str = ""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        return bool(
            self.filters.q or self.due or self.filters.closed_from or any(self.query.getlist(name) for name in self.names)
        )


def read(query: QueryDict, visitor: Visitor, statuses: Iterable[Status]) -> Reading:
    """Read an address. What means nothing is passed over, as if it were not there: an old bookmark still opens the list."""
    names = _names(visitor.at)
    asked = {name: tuple(code for code in _codes(query, name) if code in known) for name, known in names.items()}
    among = [status.value for status in statuses]
    due = query.get("due", "")
    filters = Filters(
        status=tuple(code for code in asked["status"] if code in among) or tuple(among),
        light=asked["light"],
        level=asked["level"],
        sector=asked["sector"],
        category=asked["category"],
        area=asked["area"],
        unit=asked["unit"],
        supervising_unit=asked["supervising_unit"],
        pace=asked["pace"],
        source=asked["source"],
        q=_words(query.get("q", "")),
        closed_from=_day(query.get("closed_from", "")),
    )
    if due == "overdue":
        filters.overdue = True
    elif due in DUE_WITHIN:
        filters.overdue = False
        filters.deadline_before = visitor.on + timedelta(days=DUE_WITHIN[due] + 1)
        filters.deadline_after = visitor.on - timedelta(days=1)
    else:
        due = ""
    return Reading(query, filters, due, names)


def governed_areas(at: datetime) -> list[AreaAt]:
    """Towns, subdistricts and the park as they hold at an instant."""
    governing = (Kind.ADMINISTRATIVE, Kind.PARK)
    return [area for edition in editions_at(at) if edition.kind in governing for area in kept(edition).areas]


def _day(given: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        return None


def _words(given: str) -> str:
    return "".join(c for c in given if c.isprintable()).strip()[:MOST_WORDS]


def _codes(query: QueryDict, name: str) -> list[str]:
    return [code for code in dict.fromkeys(",".join(query.getlist(name)).split(",")) if code][:50]


def _names(at: datetime) -> dict[str, dict[str, str]]:
    """Every filter with its values and their words, in the order of the page."""
    units = list(Unit.objects.values_list("code", "short_name", "kind"))
    return {
        "light": {code: words.word(words.LIGHT_MEANINGS, code) for code in LIGHTS},
        "status": {status.value: str(STATUS_LABELS[status]) for status in Status if status in LEDGER},
        "level": {level.value: words.level_name(level.value) for level in Level},
        "sector": dict(Sector.objects.values_list("code", "name")),
        "category": {code: words.category_name(code) for code in categories.BY_CODE},
        "area": {area.code: area.name for area in governed_areas(at)},
        "unit": {code: name for code, name, _kind in units},
        "supervising_unit": {code: name for code, name, kind in units if kind == Unit.Kind.DEPARTMENT},
        "pace": {code: words.word(words.PACE_NAMES, code) for code in PACES},
        "source": {code: words.source_name(code) for code in sources.BY_CODE},
    }


def chips(reading: Reading) -> list[Chip]:
    """The chips above the list; the light stands apart, with its figures."""
    titles = {
        "status": _("Status"),
        "level": _("Level"),
        "sector": _("Sector"),
        "category": _("Category"),
        "area": _("Area"),
        "unit": _("Main units"),
        "supervising_unit": _("Supervising units"),
        "pace": _("Pace"),
        "source": _("Source"),
    }
    found = [Chip(title, _options(reading, name)) for name, title in titles.items() if reading.names[name]]
    due = {"overdue": _("Overdue"), "7": _("Due within 7 days"), "30": _("Due within 30 days")}
    options = [
        Option(name, address(reading.query, due=[] if reading.due == code else [code]), reading.due == code)
        for code, name in due.items()
    ]
    found.insert(0, Chip(_("Deadline"), options))
    return found


def _options(reading: Reading, name: str) -> list[Option]:
    on = _codes(reading.query, name)
    return [
        Option(
            shown,
            address(reading.query, **{name: [c for c in on if c != code] if code in on else [*on, code]}),
            code in on,
        )
        for code, shown in reading.names[name].items()
    ]


def light_options(reading: Reading) -> dict[str, Option]:
    """The address that narrows to one light, or lifts it."""
    on = _codes(reading.query, "light")
    return {
        code: Option(shown, address(reading.query, light=[] if on == [code] else [code]), code in on)
        for code, shown in reading.names["light"].items()
    }


def address(query: QueryDict, **changed: list[str]) -> str:
    """The same address with some parameters changed, from its first page on."""
    changed_query = query.copy()
    changed_query.pop("page", None)
    for name, values in changed.items():
        changed_query.setlist(name, [",".join(values)] if values else [])
        if not values:
            del changed_query[name]
    return f"?{changed_query.urlencode(safe=',')}"
