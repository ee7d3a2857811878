"""Forms of the plan and of carrying it out: issue, adjust, other units, progress, reopening (Articles 4, 7, 8 and 18)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from server.inspections.policy import visits_visible_to
from server.plans.queries import answers_for, proposed_supervisors
from server.portal import words
from server.portal.forms import choices
from server.portal.forms.fields import Choices, Field, Kind
from server.portal.forms.situation import Situation
from server.problems import policy
from server.problems.models import Problem
from server.units.queries import unit_of_area

Fields = list[Field]


def _measures(least: int, units: Choices) -> Field:
    return Field(
        "measures",
        _("Key measures"),
        Kind.ROWS,
        required=True,
        least=least,
        fields=(
            Field("id", kind=Kind.HIDDEN, null=True),
            Field("text", _("Measure"), Kind.LONG, required=True, most=2_000),
            Field("goal", _("What shows that it is done"), Kind.LONG, most=2_000),
            Field("deadline", _("Due"), Kind.DATE, wide=False),
            Field("unit", _("Unit"), Kind.SELECT, choices=units, null=True, wide=False),
        ),
    )


def main_units_field() -> Field:
    return Field(
        "main_units",
        _("Main-responsible units"),
        Kind.ORDERED,
        required=True,
        choices=choices.unit_choices(),
        wide=False,
        hint=_("The first applies for acceptance."),
    )


def supervising_units_field() -> Field:
    return Field(
        "supervising_units",
        _("Supervising units"),
        Kind.ORDERED,
        required=True,
        choices=choices.unit_choices(departments=True),
        wide=False,
        lead=True,
        hint=_("In order; the first leads. A main unit cannot supervise."),
    )


def _plan(situation: Situation) -> Fields:
    return [
        Field("kind", _("Kind"), Kind.SELECT, required=True, choices=choices.of(words.PLAN_KIND_NAMES), wide=False),
        Field("document_number", _("Document number"), wide=False, most=60),
        main_units_field(),
        supervising_units_field(),
        Field("goal", _("Goal"), Kind.LONG, required=True),
        _measures(2, choices.unit_choices()),
        Field(
            "deadline",
            _("Deadline"),
            Kind.DATE,
            wide=False,
            sometimes=True,
            hint=_("Every plan but one that is kept up for good has one."),
        ),
        Field("deadline_text", _("Deadline in words"), wide=False, most=60),
        Field(
            "stages",
            _("Stages"),
            Kind.ROWS,
            least=0,
            hint=_("A long-term plan has stages, the nearest first."),
            fields=(
                Field("id", kind=Kind.HIDDEN, null=True),
                Field("goal", _("Goal of the stage"), Kind.LONG, required=True, most=2_000),
                Field("due", _("Due"), Kind.DATE, required=True, wide=False),
            ),
        ),
        Field("risk_control", _("Control of risks meanwhile"), Kind.LONG),
        Field(
            "accepted_by",
            _("Who accepts"),
            Kind.SELECT,
            choices=choices.of(words.ACCEPTED_BY_NAMES),
            null=True,
            wide=False,
            hint=_("For problems of a superior level."),
        ),
        Field("superior_reference", _("Item of the superior's plan"), wide=False, most=200),
        Field("assisting_units", _("Assisting units"), Kind.ORDERED, choices=choices.unit_choices(), wide=False),
        Field("common", _("A common problem"), Kind.CHECK, wide=False),
        Field("extended_check", _("Check for the like elsewhere"), Kind.LONG),
        Field("mechanism", _("Mechanism that keeps it so"), Kind.LONG),
        Field(
            "approvals",
            _("Approvals"),
            Kind.ROWS,
            fields=(
                Field("step", _("Step"), required=True, wide=False, most=120),
                Field("by", _("Approved by"), required=True, wide=False, most=120),
                Field("date", _("Date"), Kind.DATE, required=True, wide=False),
                Field("document", _("Document"), Kind.FILE, wide=False),
            ),
        ),
    ]


def issue_plan(situation: Situation) -> Fields:
    return [*_plan(situation), Field("document", _("The plan as issued"), Kind.FILE)]


def adjust_plan(situation: Situation) -> Fields:
    return [
        Field("ground", _("Ground of the adjustment"), Kind.LONG, required=True),
        Field("approved_by", _("Approved by"), required=True, wide=False, most=120),
        Field("document", _("Document of the approval"), Kind.FILE, required=True, wide=False),
        Field("standard_not_lowered", _("The standard is not lowered"), Kind.CHECK),
        Field("standard_text", _("Why the standard is not lowered"), Kind.LONG, required=True),
        *_plan(situation),
    ]


def reassign(situation: Situation) -> Fields:
    return [
        main_units_field(),
        supervising_units_field(),
        Field("ground", _("Ground for it"), Kind.LONG, required=True),
        Field("document", _("Document"), Kind.FILE, required=True),
    ]


def progress(situation: Situation) -> Fields:
    plan, mine = situation.plan, situation.visitor.held.units()
    problem = situation.problem
    main = policy.main_units(problem)
    own = {None, *mine}
    measures = [m for m in plan.measures.all() if answers_for(m.unit_id, main) in own] if plan else []
    undone = [(str(m.key), m.text) for m in measures if str(m.key) not in problem.done_keys]
    missed = {s["key"] for s in problem.stages if not s["reached"]}
    stages = [(str(s.key), f"{s.goal} ({s.due:%Y-%m-%d})") for s in plan.stages.all() if str(s.key) in missed] if plan else []
    fields = [
        Field("done", _("Measures now done"), Kind.MANY, choices=undone),
        Field("percent", _("How far in all, in percent"), Kind.NUMBER, required=True, most=100, wide=False),
        Field("flag", _("Will the deadline hold?"), Kind.SELECT, choices=choices.of(words.FLAG_NAMES), null=True, wide=False),
        Field("text", _("What was done, what stands in the way, what comes next"), Kind.LONG, required=True),
        Field("photos", _("Photos"), Kind.PHOTOS, choices=_stages_from("during")),
    ]
    # A form without the field would be told apart from one that ticks nothing only by the action: it takes none as none.
    fields.insert(1, Field("reached", _("Stages now reached"), Kind.MANY, choices=stages))
    return fields


def _stages_from(first: str) -> Choices:
    return sorted(words.STAGE_NAMES.items(), key=lambda item: item[0] != first)


def reopen(situation: Situation) -> Fields:
    visitor = situation.visitor
    visits = visits_visible_to(visitor.person, visitor.at, visitor.held).filter(problem=situation.problem)
    main = policy.main_units(situation.problem)
    units = [(code, name) for code, name in choices.unit_choices() if code in main]
    return [
        Field("reason", _("Reason"), Kind.SELECT, required=True, choices=choices.of(words.REOPEN_NAMES), wide=False),
        Field("deadline", _("New deadline"), Kind.DATE, required=True, wide=False),
        Field("text", _("What was found"), Kind.LONG, required=True),
        Field(
            "visit",
            _("Visit that found it"),
            Kind.SELECT,
            choices=[(str(v.pk), f"{v.observed_at:%Y-%m-%d} {v.get_verdict_display()}") for v in visits],
            null=True,
            wide=False,
        ),
        Field("document", _("Or the superior's document"), Kind.FILE, wide=False),
        _measures(1, units),
    ]


def proposed(situation: Situation) -> dict[str, Any]:
    """A new plan: the unit of the area is the main unit, the responsibility list names the supervising ones (Article 4)."""
    problem = situation.problem
    unit = unit_of_area(problem.area_id)
    main = [unit.code] if unit else []
    supervising = proposed_supervisors(problem.sector_id, main, situation.visitor.on) if problem.sector_id else []
    return {
        "main_units": main,
        "supervising_units": supervising,
        "kind": "immediate",
        "approvals": [],
        "accepted_by": "district" if problem.level == "district" else "",
    }


def as_it_stands(situation: Situation) -> dict[str, Any]:
    """The plan in force, to be changed: the ids of measures and stages keep what is done."""
    plan = situation.plan
    if plan is None:
        return {}
    named = units_as_they_stand(situation.problem)
    return {
        **named,
        "kind": plan.kind,
        "goal": plan.goal,
        "measures": [
            {"id": str(m.key), "text": m.text, "goal": m.goal, "deadline": m.deadline, "unit": m.unit_id or ""}
            for m in plan.measures.all()
        ],
        "stages": [{"id": str(s.key), "goal": s.goal, "due": s.due} for s in plan.stages.all()],
        "deadline": plan.deadline,
        "deadline_text": plan.deadline_text,
        "risk_control": plan.risk_control,
        "superior_reference": plan.superior_reference,
        "accepted_by": plan.accepted_by,
        "assisting_units": [u["code"] for u in plan.units.get("assisting", [])],
        "common": plan.common,
        "mechanism": plan.mechanism,
        "extended_check": plan.extended_check,
        "document_number": plan.document_number,
        "approvals": [{"step": a["step"], "by": a["by"], "date": a["date"]} for a in plan.approvals],
    }


def units_as_they_stand(problem: Problem) -> dict[str, Any]:
    return {"main_units": policy.main_units(problem), "supervising_units": policy.supervising_units(problem)}


def last_progress(situation: Situation) -> dict[str, Any]:
    """The percent given last: it only has to be changed."""
    mine = situation.visitor.held.units()
    given = [row["percent"] for code, row in situation.problem.percents.items() if code in mine]
    return {"percent": given[0]} if given else {}
