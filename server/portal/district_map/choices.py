"""What the page lets people choose from, and the words that its scripts write."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from server.portal.words import LIGHT_MEANINGS, level_name, source_name
from server.problems.models import STATUS_LABELS
from server.regulation.sources import SOURCES, Level
from server.regulation.statuses import LEDGER, Status
from server.units.models import Sector, Unit
from server.units.predicates import Capacities

ORDER = tuple(status for status in Status if status in LEDGER)


@dataclass(frozen=True)
class Choice:
    """One option of a box: what goes into the address, and its words."""

    value: str
    name: str


@dataclass(frozen=True)
class Group:
    """Options under a heading; without one they stand alone."""

    name: str
    choices: list[Choice]


@dataclass(frozen=True)
class Box:
    """One box of the bar of filters. `pairs`: its values are "name:value", so that it can choose among several filters."""

    name: str
    everything: str
    groups: list[Group]
    pairs: bool = False


def choices_for(held: Capacities) -> list[Box]:
    """The boxes, in two queries: every unit and sector is known to everybody who may sign in."""
    units = list(Unit.objects.values_list("code", "short_name", "name", "kind"))
    named = [(code, short or name, kind) for code, short, name, kind in units]
    sources = [Group("", [Choice(f"level:{level.value}", level_name(level.value)) for level in Level])]
    for level in (Level.CENTRAL, Level.PROVINCIAL, Level.MUNICIPAL):
        leaves = [Choice(f"source:{one.code}", source_name(one.code)) for one in SOURCES if one.level is level]
        sources.append(Group(level_name(level.value), leaves))
    statuses = [status for status in ORDER]
    if held.sees_everything:
        statuses = [Status.REPORTED, *statuses]
    return [
        Box("source", _("All sources"), sources, pairs=True),
        Box("sector", _("All sectors"), [Group("", [Choice(*row) for row in Sector.objects.values_list("code", "name")])]),
        Box(
            "unit",
            _("All units"),
            [
                Group(_("Rectifies (main units)"), [Choice(f"unit:{code}", name) for code, name, _kind in named]),
                Group(
                    _("Supervises"),
                    [Choice(f"supervising_unit:{code}", name) for code, name, kind in named if kind == Unit.Kind.DEPARTMENT],
                ),
            ],
            pairs=True,
        ),
        Box(
            "due",
            _("All deadlines"),
            [
                Group(
                    "",
                    [
                        Choice("overdue", _("Overdue")),
                        Choice("7", _("Due within 7 days")),
                        Choice("30", _("Due within 30 days")),
                    ],
                )
            ],
        ),
        Box("status", _("All statuses"), [Group("", [Choice(s.value, str(STATUS_LABELS[s])) for s in statuses])]),
    ]


def tile_titles() -> list[tuple[str, str]]:
    """Each light with the title of its figure; grey stands for what was closed this month."""
    titles = [(name, str(LIGHT_MEANINGS[name])) for name in ("red", "yellow", "green")]
    return [*titles, ("grey", _("Closed this month"))]


def page_words() -> dict[str, object]:
    """The texts that the scripts of the page write, in the reader's language."""
    return {
        "lights": [*(str(LIGHT_MEANINGS[name]) for name in ("red", "yellow", "green", "grey")), _("Not in the ledger yet")],
        "ring": _("{count} problems, {red} of them red"),
        "in_view": _("{count} of {total} in view"),
        "in_view_all": _("{count} in view"),
        "none": _("No problem fits these filters. Clear a filter to see more."),
        "none_in_view": _("None in this part of the map. Zoom out to see more."),
        "supervised_short": _("Sup."),
        "supervised": _("Under supervision"),
        "worst": _("Worst now"),
        "worst_short": _("Worst"),
        "most_urgent": _("Most urgent now"),
        "chosen": _("Chosen problem"),
        "opens": _("{name}: {count}, open the list"),
        "week": _("since last week "),
        "clear": _("Clear the filter {name}"),
        "visit": _("Visited"),
        "picture_on_its_way": _("The picture is being prepared"),
        "kilometres": _("{count} km"),
        "metres": _("{count} m"),
    }
