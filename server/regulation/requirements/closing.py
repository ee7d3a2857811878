"""Closing: confirmation, the superior's result, filing, reopening (Articles 17 and 18)."""

from dataclasses import dataclass
from datetime import date

from server.regulation.messages import gettext_noop as _
from server.regulation.requirements.acceptance import RESULTS, SignatureFacts
from server.regulation.requirements.missing import Missing, blank, demand
from server.regulation.requirements.planning import MeasureFact
from server.regulation.ruleset import RuleSet

REOPEN_REASONS = ("rebound", "incomplete")
SUPERIORS = ("province", "city", "sector")


@dataclass(frozen=True)
class ConfirmFacts:
    """The district leader's confirmation (Article 17)."""

    signature: SignatureFacts

    def missing(self, rules: RuleSet) -> list[Missing]:
        return self.signature.missing(rules)


@dataclass(frozen=True)
class DeclineFacts:
    """The district leader's refusal to confirm, with the reason (Article 17)."""

    reason: str
    signature: SignatureFacts

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        demand(lacks, "reason", self.reason)
        return lacks + self.signature.missing(rules)


@dataclass(frozen=True)
class SubmitUpwardFacts:
    """Handing a pre-accepted problem to the body that accepts (Article 17). `accepted_by`: as the plan says."""

    to: str
    accepted_by: str | None

    def missing(self, rules: RuleSet) -> list[Missing]:
        if self.to not in SUPERIORS:
            return [Missing("unknown", "to", _("Submit to the province, the city, or the superior sector department"))]
        if self.accepted_by in SUPERIORS and self.to != self.accepted_by:
            return [Missing("other_body", "to", _("The plan names another body that accepts"), {"body": self.accepted_by})]
        return []


@dataclass(frozen=True)
class SuperiorResultFacts:
    """The superior's result: pass or fail, document, date (Article 17: 以上级最终验收意见为准)."""

    on: date
    result: str
    has_document: bool
    date: date | None

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.result not in RESULTS:
            lacks.append(Missing("unknown", "result", _("The result is pass or fail")))
        if not self.has_document:
            lacks.append(Missing("superior_document", "document", _("The superior's document is missing")))
        if self.date is None:
            demand(lacks, "date", None)
        elif self.date > self.on:
            lacks.append(Missing("in_future", "date", _("The day of the result lies ahead")))
        return lacks


@dataclass(frozen=True)
class FileFacts:
    """Filing (备案, Article 17).

    `own_bureau`: the office's own bureau was a main unit or the lead, so leading_group countersigns.
    `countersigner_right`: the one named holds the role of leading_group; None where nobody is named.
    """

    own_bureau: bool
    countersigner_right: bool | None = None
    has_countersign_document: bool = False

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.countersigner_right is False:
            lacks.append(Missing("countersigner", "countersigned_by", _("Only the leading group countersigns")))
        if self.own_bureau:
            if self.countersigner_right is None:
                lacks.append(
                    Missing(
                        "required",
                        "countersigned_by",
                        _("The office's own bureau is part of this problem: the leading group must countersign"),
                    )
                )
            if not self.has_countersign_document:
                lacks.append(Missing("document", "countersign_document", _("The countersigned document is missing")))
        return lacks


@dataclass(frozen=True)
class ReopenFacts:
    """Reopening what was closed and is found again (Article 18): reason, proof, measures, a new deadline.

    `visit_known`: the visit named is one to this problem. `visit_embargoed`: its unannounced inspection is not yet released for
    this problem (Article 10).
    """

    on: date
    reason: str
    text: str
    has_visit: bool
    has_document: bool
    measures: tuple[MeasureFact, ...]
    deadline: date | None
    main_units: tuple[str, ...] = ()
    visit_known: bool = True
    visit_embargoed: bool = False

    def missing(self, rules: RuleSet) -> list[Missing]:
        lacks: list[Missing] = []
        if self.reason not in REOPEN_REASONS:
            lacks.append(Missing("unknown", "reason", _("The reason is rebound or incomplete")))
        demand(lacks, "text", self.text)
        if not (self.has_visit or self.has_document):
            lacks.append(Missing("proof", "visit", _("Name the visit that found it, or the superior's document")))
        if self.has_visit and not self.visit_known:
            lacks.append(Missing("unknown", "visit", _("There is no such visit to this problem")))
        elif self.has_visit and self.visit_embargoed:
            lacks.append(
                Missing("embargoed", "visit", _("Release the unannounced inspection for this problem first (Article 10)"))
            )
        if not self.measures:
            lacks.append(Missing("required", "measures", _("There is no measure")))
        for n, measure in enumerate(self.measures, 1):
            if blank(measure.text):
                lacks.append(Missing("measure_text", "measures", _("Measure %(n)s has no words"), {"n": n}))
            if measure.unit and self.main_units and measure.unit not in self.main_units:
                lacks.append(
                    Missing(
                        "measure_unit",
                        "measures",
                        _("Measure %(n)s is given to %(unit)s, which is no main unit"),
                        {"n": n, "unit": measure.unit},
                    )
                )
            if measure.deadline and self.deadline and measure.deadline > self.deadline:
                lacks.append(Missing("measure_deadline", "measures", _("Measure %(n)s ends after the plan's deadline"), {"n": n}))
        if self.deadline is None:
            demand(lacks, "deadline", None)
        elif self.deadline <= self.on:
            lacks.append(Missing("deadline_past", "deadline", _("The new deadline must lie ahead")))
        return lacks


def proposed_reason(closed_on: date, found_on: date, same_cause: bool, rules: RuleSet) -> str:
    """The reason proposed for a reopening; the office decides (Article 18).

    Within 90 days (parameter) of closure, same place and cause: "incomplete"; later, or another cause: "rebound".
    """
    within = (found_on - closed_on).days <= rules.whole("incomplete_within_days")
    return "incomplete" if within and same_cause else "rebound"
