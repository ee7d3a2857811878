"""Reporting, listing, and what else is done with a problem before and beside its plan (Articles 5, 6, 10)."""

from dataclasses import dataclass
from datetime import date

from server.regulation import discovery as ways
from server.regulation.messages import gettext_noop as _
from server.regulation.quarters import is_quarter
from server.regulation.requirements.missing import Missing, blank, demand
from server.regulation.ruleset import RuleSet
from server.regulation.sources import SELF_CHECK, Level
from server.regulation.statuses import OPEN, Status

CORRECTABLE: frozenset[str] = frozenset(
    {
        "title",
        "description",
        "category",
        "further_categories",
        "sector",
        "discovery",
        "quarter",
        "disclosed_on",
        "case_class",
        "superior_number",
        "superior_round",
        "superior_batch",
        "original_text",
        "location",
        "extent",
    }
)
"""Fields that `correct` may change. Plan, deadline and units have ways of their own, with documents (Articles 4 and 7)."""

CASE_CLASSES = ("typical", "general")


@dataclass(frozen=True)
class ReportFacts:
    """A report (Articles 5, 6 and 10). `photos`: how many are named, arrived or not."""

    title: str
    description: str
    category: str | None
    category_known: bool
    has_point: bool
    area: str | None = None
    area_known: bool = True
    no_location_reason: str = ""
    photos: int = 0
    no_photo_reason: str = ""
    sector: str | None = None
    sector_known: bool = True
    discovery: str | None = None

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        demand(lacks, "title", self.title)
        if not self.category:
            demand(lacks, "category", None)
        elif not self.category_known:
            lacks.append(Missing("unknown", "category", _("There is no such category: %(value)s"), {"value": self.category}))
        if not self.has_point:
            if not self.area:
                lacks.append(Missing("no_place", "location", _("Give a point, or an area or the whole district with the reason")))
            else:
                if not self.area_known:
                    lacks.append(Missing("unknown", "area", _("There is no such area: %(value)s"), {"value": self.area}))
                if blank(self.no_location_reason):
                    lacks.append(Missing("no_location_reason", "no_location_reason", _("Say why no point can be given")))
        if self.photos == 0 and blank(self.no_photo_reason):
            lacks.append(Missing("no_photo", "photos", _("A photo is missing, or the reason why there is none")))
        if self.sector and not self.sector_known:
            lacks.append(Missing("unknown", "sector", _("There is no such sector: %(value)s"), {"value": self.sector}))
        lacks += _wrong_discovery(self.discovery)
        return lacks


@dataclass(frozen=True)
class TakeOverFacts:
    """A row of the running ledger taken over at the start (Articles 5 and 7). `on`: the day it is taken over."""

    on: date
    status: str
    status_known: bool
    has_ledger_file: bool
    ledger_row: str
    title: str
    source: str | None
    source_known: bool

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.on >= rules.day("start_date"):
            lacks.append(
                Missing(
                    "after_start",
                    "status",
                    _("The ledger can be taken over only before the start date, %(date)s"),
                    {"date": rules.day("start_date")},
                )
            )
        if not self.status_known:
            lacks.append(
                Missing("unknown", "status", _("A ledger row cannot be taken over as %(value)s"), {"value": self.status})
            )
        if not self.has_ledger_file:
            lacks.append(Missing("ledger_file", "ledger_file", _("The stamped ledger is missing as a file")))
        demand(lacks, "ledger_row", self.ledger_row)
        demand(lacks, "title", self.title)
        lacks += _wrong_source(self.source, self.source_known)
        return lacks


@dataclass(frozen=True)
class EndorseFacts:
    """The lead unit's stamped page for a find of an oversight leader (Article 6(3))."""

    discovery: str | None
    has_file: bool

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.discovery != ways.OVERSIGHT_LEADER:
            lacks.append(Missing("not_oversight", "file", _("Only finds of oversight leaders are endorsed")))
        if not self.has_file:
            lacks.append(Missing("stamped_page", "file", _("The stamped page is missing")))
        return lacks


@dataclass(frozen=True)
class ListFacts:
    """Putting a reported problem on the list (Articles 5 and 6).

    `endorsed`: the sector's lead unit has sent its stamped page up, or the office gives it (`discovery_file`).
    `embargoed`: it was found on an unannounced inspection that has not been released for it (Article 10).
    """

    source: str | None
    source_known: bool
    sector: str | None
    sector_known: bool
    discovery: str | None = None
    endorsed: bool = False
    has_discovery_file: bool = False
    embargoed: bool = False
    category: str | None = None
    category_known: bool = True
    case_class: str | None = None
    quarter: str = ""

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks = _embargo(self.embargoed)
        lacks += _wrong_source(self.source, self.source_known)
        if not self.sector:
            demand(lacks, "sector", None)
        elif not self.sector_known:
            lacks.append(Missing("unknown", "sector", _("There is no such sector: %(value)s"), {"value": self.sector}))
        if self.source == SELF_CHECK:
            if not self.discovery:
                lacks.append(Missing("required", "discovery", _("Say in which way of Article 6 the district found it")))
            elif self.discovery == ways.OVERSIGHT_LEADER and not (self.endorsed or self.has_discovery_file):
                lacks.append(
                    Missing(
                        "stamped_page", "discovery_file", _("The stamped page of the sector's lead unit is missing (Article 6)")
                    )
                )
        elif self.discovery:
            lacks.append(Missing("not_self_check", "discovery", _("Only the district's own finds have a way of Article 6")))
        lacks += _wrong_discovery(self.discovery)
        if self.category and not self.category_known:
            lacks.append(Missing("unknown", "category", _("There is no such category: %(value)s"), {"value": self.category}))
        if self.quarter and not is_quarter(self.quarter):
            lacks.append(Missing("unknown", "quarter", _("Write the quarter as 2026Q1: %(value)s"), {"value": self.quarter}))
        if self.case_class and self.case_class not in CASE_CLASSES:
            lacks.append(Missing("unknown", "case_class", _("There is no such class: %(value)s"), {"value": self.case_class}))
        return lacks


@dataclass(frozen=True)
class ReasonFacts:
    """An action that needs its reason and nothing else: return, restore, withdraw."""

    reason: str
    field: str = "reason"

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        demand(lacks, self.field, self.reason)
        return lacks


@dataclass(frozen=True)
class CancelFacts:
    """Cancelling with ground and document; for superior problems the document is the superior's (Article 5)."""

    ground: str
    level: Level
    has_document: bool

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        demand(lacks, "ground", self.ground)
        if not self.has_document:
            lacks.append(
                Missing("document", "document", _("The document is missing"))
                if self.level is Level.DISTRICT
                else Missing("superior_document", "document", _("The superior's document is missing"))
            )
        return lacks


@dataclass(frozen=True)
class MergeFacts:
    """Joining another problem, which keeps all sources, photos and histories (Article 5).

    `into_known`: the other is there and may be seen. `embargoed`: either was found on an inspection not yet released for it.
    `makes_cycle`: the other was itself merged, directly or not, into this one.
    """

    status: Status
    into_known: bool
    into_self: bool = False
    into_status: Status | None = None
    makes_cycle: bool = False
    embargoed: bool = False

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks = _embargo(self.embargoed, "into")
        if not self.into_known:
            lacks.append(Missing("unknown", "into", _("There is no such problem")))
            return lacks
        if self.into_self:
            lacks.append(Missing("into_itself", "into", _("A problem cannot be merged into itself")))
        elif self.makes_cycle:
            lacks.append(Missing("cycle", "into", _("That problem has itself been merged into this one")))
        elif not (self.into_status in OPEN or (self.into_status is Status.REPORTED and self.status is Status.REPORTED)):
            # A listed problem would vanish from the ledger inside a reported one; a closed one is reopened instead (Article 18).
            lacks.append(Missing("target_state", "into", _("A problem can be merged only into one that is on the list and open")))
        return lacks


@dataclass(frozen=True)
class CorrectFacts:
    """Correcting a fact: old, new, ground; never plan, deadline or units (Article 5).

    `value_given`, `value_known`: as judged by the caller for the field's type (a known category, a point, words).
    """

    field: str
    ground: str
    value_given: bool
    value_known: bool = True
    changes: bool = True

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.field not in CORRECTABLE:
            lacks.append(
                Missing("not_correctable", "field", _("This cannot be changed by a correction: %(field)s"), {"field": self.field})
            )
        elif not self.value_given:
            demand(lacks, "value", None)
        elif not self.value_known:
            lacks.append(Missing("unknown", "value", _("The new value is not a possible one"), {"field": self.field}))
        elif not self.changes:
            lacks.append(Missing("unchanged", "value", _("The new value is the old one")))
        demand(lacks, "ground", self.ground)
        return lacks


@dataclass(frozen=True)
class AddSourceFacts:
    """A further source of the same problem (Article 5, dynamic update)."""

    source: str | None
    source_known: bool
    already_there: bool = False

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks = _wrong_source(self.source, self.source_known)
        if self.already_there:
            lacks.append(Missing("already_there", "source", _("The problem has this source and number already")))
        return lacks


@dataclass(frozen=True)
class AddSiteFacts:
    """A further site of the same problem (Article 5)."""

    name: str
    has_point: bool

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        demand(lacks, "name", self.name)
        if not self.has_point:
            demand(lacks, "location", None)
        return lacks


def _embargo(embargoed: bool, name: str = "inspection") -> list[Missing]:
    if not embargoed:
        return []
    return [Missing("embargoed", name, _("Release the unannounced inspection for this problem first (Article 10)"))]


def _wrong_source(source: str | None, known: bool) -> list[Missing]:
    lacks: list[Missing] = []
    if not source:
        demand(lacks, "source", None)
    elif not known:
        lacks.append(Missing("unknown", "source", _("There is no such source: %(value)s"), {"value": source}))
    return lacks


def _wrong_discovery(code: str | None) -> list[Missing]:
    if not code or code in ways.BY_CODE:
        return []
    return [Missing("unknown", "discovery", _("There is no such way of Article 6: %(value)s"), {"value": code})]
