"""Issuing a plan, adjusting it, and naming other units (Articles 4 and 7)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from server.plans.models import Measure, Plan, Stage
from server.plans.queries import current_plan, done_measure_keys
from server.problems import involvement, policy, telling
from server.problems.models import Problem
from server.problems.moves import Step, move
from server.problems.visibility import is_embargoed
from server.regulation.lifecycle import Action
from server.regulation.plan_changes import changes
from server.regulation.requirements import (
    AdjustPlanFacts,
    ApprovalFact,
    IssuePlanFacts,
    MeasureFact,
    StageFact,
    UnitsFact,
)
from server.regulation.sources import Level
from server.rulebook.queries import rules_in_force
from server.units.models import Person, Unit
from server.units.predicates import office_day
from server.units.queries import sector_duty


@dataclass(frozen=True)
class MeasureDraft:
    """A measure as given; ``id`` names one of the version before, which keeps what is done."""

    text: str
    id: UUID | None = None
    goal: str = ""
    deadline: date | None = None
    unit: str | None = None


@dataclass(frozen=True)
class StageDraft:
    """A stage as given."""

    goal: str
    due: date | None
    id: UUID | None = None


@dataclass(frozen=True)
class Approval:
    """One step of the approval (报审)."""

    step: str
    by: str
    date: date | None
    document: UUID | None = None


@dataclass(frozen=True)
class PlanDraft:
    """What a plan says (清单制, Article 7)."""

    kind: str
    measures: Sequence[MeasureDraft]
    goal: str
    main_units: Sequence[str]
    supervising_units: Sequence[str]
    assisting_units: Sequence[str] = ()
    deadline: date | None = None
    deadline_text: str = ""
    stages: Sequence[StageDraft] = ()
    risk_control: str = ""
    superior_reference: str = ""
    accepted_by: str | None = None
    approvals: Sequence[Approval] = ()
    document: UUID | None = None
    document_number: str = ""
    common: bool = False
    mechanism: str = ""
    extended_check: str = ""


@dataclass(frozen=True)
class Adjustment:
    """Why a plan is changed, who approved it, and why the standard is not lowered."""

    ground: str
    approved_by: str
    document: UUID | None
    standard_not_lowered: bool
    standard_text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def _units_fact(problem: Problem, main: Sequence[str], supervising: Sequence[str], assisting: Sequence[str]) -> UnitsFact:
    named = [*main, *supervising, *assisting]
    known = set(Unit.objects.filter(code__in=named).values_list("code", flat=True))
    return UnitsFact(
        main=tuple(main),
        supervising=tuple(supervising),
        assisting=tuple(assisting),
        unknown=tuple(sorted(set(named) - known)),
        former_main=tuple(sorted(set(involvement.former_main_units(problem)) - set(main))),
    )


def _facts(step: Step, draft: PlanDraft) -> IssuePlanFacts:
    problem = step.problem
    duty = sector_duty(problem.sector_id, step.on) if problem.sector_id else None
    return IssuePlanFacts(
        kind=draft.kind,
        level=Level(problem.level),
        issued=step.on,
        goal=draft.goal,
        measures=tuple(MeasureFact(m.text, m.deadline, m.unit, str(m.id or ""), m.goal) for m in draft.measures),
        units=_units_fact(problem, draft.main_units, draft.supervising_units, draft.assisting_units),
        deadline=draft.deadline,
        deadline_text=draft.deadline_text,
        stages=tuple(StageFact(s.goal, s.due, str(s.id or "")) for s in draft.stages),
        risk_control=draft.risk_control,
        superior_reference=draft.superior_reference,
        accepted_by=draft.accepted_by,
        approvals=tuple(ApprovalFact(a.step, a.by, a.date) for a in draft.approvals),
        document_number=draft.document_number,
        common=draft.common,
        mechanism=draft.mechanism,
        extended_check=draft.extended_check,
        sector_has_lead=duty is not None and duty.lead_unit is not None,
        sector_has_leader=duty is not None and duty.district_leader is not None,
        embargoed=is_embargoed(problem),
    )


def issue_plan(problem_id: UUID, draft: PlanDraft, *, by: Person, at: datetime) -> Plan:
    """Issue the plan of a listed problem (Article 7). The problem keeps the rule set in force on this day.

    Raises Invalid naming all that the plan lacks: units on both sides, stages, approvals, a sector without lead or leader.
    """
    with move(problem_id, Action.ISSUE_PLAN, by=by, at=at) as step:
        step.rules = rules_in_force(step.on)
        facts = _facts(step, draft)
        step.require(facts)
        plan = write_version(step, draft, facts.due(step.rules), edition=step.rules.edition)
        step.problem.plan_issued_on = step.on
        step.problem.rule_edition = step.rules.edition
        step.record(_as_record(plan))
        telling.tell_units(list(draft.main_units), step.problem, "plan_issued", at)
        telling.tell_units(list(draft.supervising_units), step.problem, "to_supervise", at)
    return plan


def adjust_plan(problem_id: UUID, draft: PlanDraft, adjustment: Adjustment, *, by: Person, at: datetime) -> Plan:
    """A new version of an issued plan, with ground, approver and document (Article 7).

    A later deadline or another goal shows as a difference between the versions.
    """
    with move(problem_id, Action.ADJUST_PLAN, by=by, at=at) as step:
        before = current_plan(step.problem)
        kept = {m.id for m in draft.measures if m.id}
        dropped = [m.text for m in before.measures.all() if m.key in done_measure_keys(step.problem) and m.key not in kept]
        facts = AdjustPlanFacts(
            plan=_facts(step, draft),
            ground=adjustment.ground,
            approved_by=adjustment.approved_by,
            has_document=adjustment.document is not None,
            standard_not_lowered=adjustment.standard_not_lowered,
            standard_text=adjustment.standard_text,
            dropped_done=tuple(dropped),
            deadline_before=before.deadline,
            deadline_text_before=before.deadline_text,
            other_units=(list(draft.main_units), list(draft.supervising_units))
            != (policy.main_units(step.problem), policy.supervising_units(step.problem)),
        )
        step.require(facts)
        due = facts.due(step.rules)
        differences = changes(_as_facts(before), replace(facts.plan, deadline=due))
        plan = write_version(step, draft, due, edition=before.rule_edition, adjustment=adjustment)
        step.record({**_as_record(plan), "changes": [asdict(change) for change in differences]}, before=_as_record(before))
    return plan


def _as_facts(plan: Plan) -> IssuePlanFacts:
    """A version in force as the regulation compares it with the next."""
    return IssuePlanFacts(
        kind=plan.kind,
        level=Level(plan.problem.level),
        issued=office_day(plan.issued_at),
        goal=plan.goal,
        measures=tuple(MeasureFact(m.text, m.deadline, m.unit_id, str(m.key), m.goal) for m in plan.measures.all()),
        units=UnitsFact(main=(), supervising=()),
        deadline=plan.deadline,
        stages=tuple(StageFact(s.goal, s.due, str(s.key)) for s in plan.stages.all()),
        risk_control=plan.risk_control,
    )


def write_version(
    step: Step, draft: PlanDraft, deadline: date | None, *, edition: str, adjustment: Adjustment | None = None
) -> Plan:
    """Write the next version of a problem's plan with its units and marks; called inside a move that has judged the draft."""
    problem = step.problem
    names = dict(
        Unit.objects.filter(code__in=[*draft.main_units, *draft.supervising_units, *draft.assisting_units]).values_list(
            "code", "name"
        )
    )
    plan = Plan.objects.create(
        problem=problem,
        version=problem.plans.count() + 1,
        kind=draft.kind,
        goal=draft.goal,
        deadline=deadline,
        deadline_text=draft.deadline_text,
        risk_control=draft.risk_control,
        superior_reference=draft.superior_reference,
        accepted_by=draft.accepted_by or "district",
        approvals=[
            {
                "step": a.step,
                "by": a.by,
                "date": a.date.isoformat() if a.date else None,
                "document": str(a.document) if a.document else None,
            }
            for a in draft.approvals
        ],
        document=(adjustment.document if adjustment else None) or draft.document,
        document_number=draft.document_number,
        common=draft.common,
        mechanism=draft.mechanism,
        extended_check=draft.extended_check,
        units={
            side: [{"code": code, "name": names[code]} for code in codes]
            for side, codes in (
                ("main", draft.main_units),
                ("supervising", draft.supervising_units),
                ("assisting", draft.assisting_units),
            )
        },
        rule_edition=edition,
        issued_at=step.at,
        issued_by=step.by,
        ground=adjustment.ground if adjustment else "",
        approved_by=adjustment.approved_by if adjustment else "",
        standard_text=adjustment.standard_text if adjustment else "",
    )
    Measure.objects.bulk_create(
        Measure(plan=plan, key=m.id or uuid4(), position=n, text=m.text, goal=m.goal, deadline=m.deadline, unit_id=m.unit)
        for n, m in enumerate(draft.measures)
    )
    Stage.objects.bulk_create(
        Stage(plan=plan, key=s.id or uuid4(), position=n, goal=s.goal, due=s.due) for n, s in enumerate(draft.stages) if s.due
    )
    involvement.set_units(problem, draft.main_units, draft.supervising_units, draft.assisting_units)
    step.name_files(plan.document, *(a.document for a in draft.approvals))
    _mark(problem, plan)
    return plan


def _mark(problem: Problem, plan: Plan) -> None:
    reached = {s["key"]: s["reached"] for s in problem.stages}
    problem.plan_kind = plan.kind
    problem.deadline = plan.deadline
    problem.deadline_text = plan.deadline_text
    problem.accepted_by = plan.accepted_by
    problem.common = plan.common
    problem.stages = [
        {"key": str(s.key), "due": s.due.isoformat(), "reached": reached.get(str(s.key), False)} for s in plan.stages.all()
    ]
    keys = {m.key for m in plan.measures.all()}
    problem.measures_total = len(keys)
    problem.measures_done = len(keys & done_measure_keys(problem))


def _as_record(plan: Plan) -> dict[str, Any]:
    return {
        "version": plan.version,
        "kind": plan.kind,
        "goal": plan.goal,
        "deadline": plan.deadline,
        "deadline_text": plan.deadline_text or None,
        "document_number": plan.document_number or None,
        "units": plan.units,
        "accepted_by": plan.accepted_by,
        "measures": [{"id": m.key, "text": m.text, "deadline": m.deadline, "unit": m.unit_id} for m in plan.measures.all()],
        "stages": [{"id": s.key, "goal": s.goal, "due": s.due} for s in plan.stages.all()],
        "ground": plan.ground or None,
    }
