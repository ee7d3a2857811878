"""The plan: issuing, adjusting, reassigning (Articles 4 and 7)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from server.regulation.deadlines import UnreadableDeadline, deadline_from_words
from server.regulation.messages import gettext_noop as _
from server.regulation.requirements.missing import Missing, blank, demand
from server.regulation.ruleset import RuleSet
from server.regulation.sources import Level

KINDS = ("immediate", "long_term", "legacy", "continuous")
ACCEPTING_BODIES = ("district", "city", "province", "sector")


@dataclass(frozen=True)
class MeasureFact:
    """A key measure as the plan gives it. `unit` None: of all main units."""

    text: str
    deadline: date | None = None
    unit: str | None = None
    id: str = ""
    goal: str = ""


@dataclass(frozen=True)
class StageFact:
    """A stage of a long-term plan: goal and date."""

    goal: str
    due: date | None
    id: str = ""


@dataclass(frozen=True)
class ApprovalFact:
    """One step of the approval (报审)."""

    step: str
    by: str
    on: date | None


@dataclass(frozen=True)
class UnitsFact:
    """The units of a plan in order: the first main unit applies, the first supervising unit leads.

    `former_main`: units that rectified the problem before and were replaced; they stay barred from accepting it.
    `have_accepted`: units that gave an opinion on it or decided; they are barred from rectifying it.
    """

    main: tuple[str, ...]
    supervising: tuple[str, ...]
    assisting: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    former_main: tuple[str, ...] = ()
    have_accepted: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Code → name, for the words; a code without a name stands for itself."""

    def named(self, unit: str) -> str:
        return self.names.get(unit, unit)

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if not self.main:
            demand(lacks, "main_units", None)
        if not self.supervising:
            demand(lacks, "supervising_units", None)
        for unit in self.unknown:
            name = next((name for name, units in self._fields() if unit in units), "main_units")
            lacks.append(Missing("unknown", name, _("There is no such unit: %(value)s"), {"value": unit}))
        for name, units in self._fields():
            for unit in sorted({unit for unit in units if units.count(unit) > 1}):
                lacks.append(Missing("twice", name, _("%(unit)s is named twice"), {"unit": self.named(unit), "code": unit}))
        for unit in self.main:
            if unit in self.supervising:
                lacks.append(
                    Missing(
                        "own_acceptance",
                        "supervising_units",
                        _("%(unit)s rectifies and cannot accept (Article 18)"),
                        {"unit": self.named(unit), "code": unit},
                    )
                )
        for unit in self.former_main:
            if unit in self.supervising:
                lacks.append(
                    Missing(
                        "own_acceptance",
                        "supervising_units",
                        _("%(unit)s has rectified this problem and cannot accept it (Article 18)"),
                        {"unit": self.named(unit), "code": unit},
                    )
                )
        for unit in self.main:
            if unit in self.have_accepted:
                lacks.append(
                    Missing(
                        "has_accepted",
                        "main_units",
                        _("%(unit)s has given its opinion on this problem and cannot rectify it (Article 18)"),
                        {"unit": self.named(unit), "code": unit},
                    )
                )
        for unit in self.assisting:
            if unit in self.main or unit in self.supervising or unit in self.former_main:
                lacks.append(
                    Missing(
                        "two_roles",
                        "assisting_units",
                        _("%(unit)s has another role in this problem"),
                        {"unit": self.named(unit), "code": unit},
                    )
                )
        return lacks

    def _fields(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return (
            ("main_units", self.main),
            ("supervising_units", self.supervising),
            ("assisting_units", self.assisting),
        )


@dataclass(frozen=True)
class IssuePlanFacts:
    """A plan to be issued (Article 7).

    `level`: the ruling level of the problem's sources. `issued`: the day of issue. `deadline`: the date given, None where only
    words are given (`deadline_text`) or none is due. `sector_has_lead`, `sector_has_leader`: by that day's responsibility list.
    `embargoed`: it was found on an unannounced inspection not yet released for it (Article 10).
    """

    kind: str
    level: Level
    issued: date
    goal: str
    measures: tuple[MeasureFact, ...]
    units: UnitsFact
    deadline: date | None = None
    deadline_text: str = ""
    stages: tuple[StageFact, ...] = ()
    risk_control: str = ""
    superior_reference: str = ""
    accepted_by: str | None = None
    approvals: tuple[ApprovalFact, ...] = ()
    document_number: str = ""
    common: bool = False
    mechanism: str = ""
    extended_check: str = ""
    sector_has_lead: bool = True
    sector_has_leader: bool = True
    embargoed: bool = False

    def due(self, rules: RuleSet) -> date | None:
        """The plan's deadline: the date given, else what its words mean; None for a continuous plan.

        Raises UnreadableDeadline where there is no date and the words cannot be read.
        """
        if self.deadline is not None or self.kind == "continuous":
            return self.deadline
        if not blank(self.deadline_text):
            return deadline_from_words(self.deadline_text, self.issued, rules)
        return None

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.embargoed:
            lacks.append(
                Missing("embargoed", "inspection", _("Release the unannounced inspection for this problem first (Article 10)"))
            )
        if not self.sector_has_lead:
            lacks.append(Missing("sector_without_lead", "sector", _("The sector has no lead unit in the responsibility list")))
        if not self.sector_has_leader:
            lacks.append(Missing("sector_without_leader", "sector", _("The sector has no district leader in charge")))
        lacks += self.content_missing(rules)
        lacks += self._approval_missing()
        return lacks

    def content_missing(self, rules: RuleSet) -> list[Missing]:
        """What the list itself (清单) lacks, without the approval of its issuing."""
        lacks: list[Missing] = []
        if self.kind not in KINDS:
            lacks.append(Missing("unknown", "kind", _("There is no such kind of plan: %(value)s"), {"value": self.kind}))
        demand(lacks, "goal", self.goal)
        lacks += self.units.missing(rules)
        deadline, wrong = self._deadline(rules)
        lacks += wrong
        lacks += self._measures_missing(deadline)
        lacks += self._stages_missing(rules, deadline)
        if self.kind == "legacy" and blank(self.risk_control):
            lacks.append(Missing("risk_control", "risk_control", _("A legacy problem needs a measure that controls its risk")))
        if self.level is not Level.DISTRICT and blank(self.superior_reference):
            lacks.append(
                Missing("superior_reference", "superior_reference", _("The reference of the superior's plan is missing"))
            )
        lacks += self._body_missing()
        if self.common and blank(self.mechanism):
            lacks.append(Missing("mechanism", "mechanism", _("A common problem needs a long-term mechanism")))
        if self.common and blank(self.extended_check):
            lacks.append(Missing("extended_check", "extended_check", _("A common problem needs an extended self-check")))
        return lacks

    def _deadline(self, rules: RuleSet) -> tuple[date | None, list[Missing]]:
        if self.kind == "continuous":
            lacks = []
            if self.level is Level.DISTRICT:
                lacks.append(
                    Missing("continuous_level", "kind", _("Only a superior's plan can say that a task goes on for good"))
                )
            if self.deadline is not None:
                lacks.append(Missing("continuous_deadline", "deadline", _("A task that goes on for good has no deadline")))
            return None, lacks
        try:
            deadline = self.due(rules)
        except UnreadableDeadline:
            return None, [
                Missing(
                    "deadline_unreadable",
                    "deadline",
                    _("No date can be read from “%(words)s”; give the date too"),
                    {"words": self.deadline_text},
                )
            ]
        if deadline is None:
            return None, [Missing("required", "deadline", _("The deadline is missing"))]
        if deadline < self.issued:
            return deadline, [
                Missing("deadline_past", "deadline", _("The deadline, %(date)s, is before the day of issue"), {"date": deadline})
            ]
        return deadline, []

    def _measures_missing(self, deadline: date | None) -> list[Missing]:
        if not self.measures:
            return [Missing("required", "measures", _("There is no measure"))]
        lacks = _same_id(self.measures, "measures")
        for n, measure in enumerate(self.measures, 1):
            if blank(measure.text):
                lacks.append(Missing("measure_text", "measures", _("Measure %(n)s has no words"), {"n": n}))
            if measure.unit and measure.unit not in self.units.main:
                lacks.append(
                    Missing(
                        "measure_unit",
                        "measures",
                        _("Measure %(n)s is given to %(unit)s, which is no main unit"),
                        {"n": n, "unit": self.units.named(measure.unit), "code": measure.unit},
                    )
                )
            if measure.deadline and deadline and measure.deadline > deadline:
                lacks.append(Missing("measure_deadline", "measures", _("Measure %(n)s ends after the plan's deadline"), {"n": n}))
        return lacks

    def _stages_missing(self, rules: RuleSet, deadline: date | None) -> list[Missing]:
        lacks = _same_id(self.stages, "stages")
        least = rules.whole("stages_least")
        if self.kind == "long_term" and len(self.stages) < least:
            lacks.append(
                Missing(
                    "stages", "stages", _("A long-term plan needs at least %(least)s stages with goal and date"), {"least": least}
                )
            )
        for n, stage in enumerate(self.stages, 1):
            if blank(stage.goal):
                lacks.append(Missing("stage_goal", "stages", _("Stage %(n)s has no goal"), {"n": n}))
            if stage.due is None:
                lacks.append(Missing("stage_due", "stages", _("Stage %(n)s has no date"), {"n": n}))
        dates = [stage.due for stage in self.stages if stage.due is not None]
        if dates and len(dates) == len(self.stages):
            if any(later <= earlier for earlier, later in pairwise(dates)):
                lacks.append(Missing("stage_order", "stages", _("The stages are not in the order of their dates")))
            elif deadline is not None and dates[-1] != deadline:
                lacks.append(
                    Missing(
                        "last_stage",
                        "stages",
                        _("The last stage must end on the deadline, %(date)s"),
                        {"date": deadline},
                    )
                )
        return lacks

    def _body_missing(self) -> list[Missing]:
        if not self.accepted_by:
            if self.level is Level.DISTRICT:
                return []
            return [Missing("required", "accepted_by", _("Say which body accepts: district, city, province or sector"))]
        if self.accepted_by not in ACCEPTING_BODIES:
            return [Missing("unknown", "accepted_by", _("There is no such body: %(value)s"), {"value": self.accepted_by})]
        return []

    def _approval_missing(self) -> list[Missing]:
        lacks: list[Missing] = []
        if not self.approvals:
            lacks.append(Missing("approvals", "approvals", _("The steps of the approval are missing")))
        for n, approval in enumerate(self.approvals, 1):
            if blank(approval.step) or blank(approval.by) or approval.on is None:
                lacks.append(
                    Missing("approval_step", "approvals", _("Step %(n)s of the approval needs its name, who, and when"), {"n": n})
                )
            elif approval.on > self.issued:
                lacks.append(
                    Missing("approval_future", "approvals", _("Step %(n)s of the approval is after the issue"), {"n": n})
                )
        if self.level is Level.DISTRICT and blank(self.document_number):
            lacks.append(Missing("document_number", "document_number", _("The plan's document number is missing")))
        return lacks


def _same_id(rows: tuple[MeasureFact, ...] | tuple[StageFact, ...], field_name: str) -> list[Missing]:
    """An id stands for one row: what is done under it is counted once."""
    ids = [row.id for row in rows if row.id]
    if len(set(ids)) == len(ids):
        return []
    return [Missing("twice", field_name, _("Two rows have the same id"))]


@dataclass(frozen=True)
class AdjustPlanFacts:
    """A new version of an issued plan: only with ground, approver and document, the standard not lowered (Article 7).

    `plan`: the new version in full. `has_document`: the approving document, for superior problems the superior's own.
    `dropped_done`: texts of measures already done that the new version leaves out. `deadline_before`, `deadline_text_before`: of
    the version in force; the same words keep their date, and a deadline that has passed may stand as it was.
    """

    plan: IssuePlanFacts
    ground: str
    approved_by: str
    has_document: bool
    standard_not_lowered: bool
    standard_text: str
    dropped_done: tuple[str, ...] = ()
    deadline_before: date | None = None
    deadline_text_before: str = ""
    other_units: bool = False
    """Other main or supervising units, or another order, than those named now: that is reassign's (Articles 4 and 7)."""

    def due(self, rules: RuleSet) -> date | None:
        """The new version's deadline, as `IssuePlanFacts.due`; words that have not changed keep the date they had."""
        return self._plan().due(rules)

    def missing(self, rules: RuleSet) -> list[Missing]:
        plan = self._plan()
        lacks = plan.content_missing(rules)
        if plan.deadline is not None and plan.deadline == self.deadline_before:
            lacks = [lack for lack in lacks if lack.code != "deadline_past"]
        if self.other_units:
            lacks.append(
                Missing("units_by_reassign", "main_units", _("An adjusted plan keeps its units; reassign the problem to others"))
            )
        demand(lacks, "ground", self.ground)
        demand(lacks, "approved_by", self.approved_by)
        if not self.has_document:
            lacks.append(
                Missing("document", "document", _("The approving document is missing"))
                if self.plan.level is Level.DISTRICT
                else Missing("superior_document", "document", _("The superior's approving document is missing"))
            )
        if not self.standard_not_lowered:
            lacks.append(Missing("standard", "standard_not_lowered", _("Confirm that the standard is not lowered (Article 7)")))
        if blank(self.standard_text):
            lacks.append(Missing("standard_text", "standard_text", _("Say in words why the standard is not lowered")))
        for text in self.dropped_done:
            lacks.append(Missing("done_dropped", "measures", _("A measure already done is left out: %(text)s"), {"text": text}))
        return lacks

    def _plan(self) -> IssuePlanFacts:
        same_words = not blank(self.plan.deadline_text) and self.plan.deadline_text == self.deadline_text_before
        if self.plan.deadline is None and same_words and self.plan.kind != "continuous":
            return replace(self.plan, deadline=self.deadline_before)
        return self.plan


@dataclass(frozen=True)
class ReassignFacts:
    """Other units for a problem, with ground and document (Articles 4 and 7). `units`: as they will stand."""

    units: UnitsFact
    ground: str
    has_document: bool
    changes: bool = True

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks = self.units.missing(rules)
        if not self.changes:
            lacks.append(Missing("unchanged", "main_units", _("Nothing would change")))
        demand(lacks, "ground", self.ground)
        if not self.has_document:
            lacks.append(Missing("document", "document", _("The document is missing")))
        return lacks
