"""The leader's word, the superior's result, filing and reopening (Articles 17 and 18)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from server.acceptance.actions.accepting import Signature
from server.acceptance.models import Application, Closure, Filing, Reopening, SuperiorResult
from server.inspections.models import Visit
from server.plans.actions import MeasureDraft, PlanDraft, write_version
from server.plans.queries import current_plan
from server.problems import telling
from server.problems.models import Involvement, NumberSeries, Problem
from server.problems.moves import move
from server.problems.visibility import lies_on
from server.regulation.lifecycle import Action
from server.regulation.requirements import (
    ConfirmFacts,
    DeclineFacts,
    FileFacts,
    MeasureFact,
    ReopenFacts,
    SubmitUpwardFacts,
    SuperiorResultFacts,
)
from server.runtime.refusals import Invalid
from server.units.models import Person
from server.units.predicates import capacities
from server.units.roles import Role


def _named(problem: Problem, role: str) -> list[dict[str, str]]:
    rows = problem.involvements.filter(role=role).select_related("unit").order_by("position")
    return [{"code": i.unit_id, "name": i.unit.name} for i in rows]


def _who_rectified(problem: Problem) -> list[dict[str, object]]:
    """The main units in order, and after them those that were replaced on the way (Article 18)."""
    former = problem.involvements.filter(role=Involvement.Role.FORMER_MAIN).select_related("unit").order_by("unit")
    replaced: list[dict[str, object]] = [{"code": i.unit_id, "name": i.unit.name, "former": True} for i in former]
    return [*(dict[str, object](named) for named in _named(problem, Involvement.Role.MAIN)), *replaced]


def _passed_application(problem: Problem) -> Application:
    return problem.applications.filter(outcome=Application.Outcome.PASSED).latest("received_at")


def confirm(problem_id: UUID, signature: Signature, text: str = "", *, at: datetime) -> Closure:
    """The district leader of the sector on that day confirms; the problem is closed, or pre-accepted where a superior accepts.

    The closing record names who rectified and who accepted (Articles 17 and 18).
    """
    signed = signature.facts(at)
    with move(problem_id, Action.CONFIRM, by=signature.signer, typist=signature.typist, at=at) as step:
        step.require(ConfirmFacts(signed))
        closure = _close(step.problem, signature, text, confirmed=True, on=step.on, at=at)
        if step.problem.accepted_by in ("", "district"):
            step.problem.closed_on = step.on
        step.name_files(signature.form)
        step.record(_closure_as_record(closure, step.problem), object_type="closure", object_id=closure.pk)
        telling.tell_office(step.problem, "closure_to_file", at)
    return closure


def decline(problem_id: UUID, reason: str, signature: Signature, *, at: datetime) -> Closure:
    """The district leader does not confirm: back to rectifying in the next round, with the reason (Article 17)."""
    signed = signature.facts(at)
    with move(problem_id, Action.DECLINE, by=signature.signer, typist=signature.typist, at=at) as step:
        step.require(DeclineFacts(reason, signed))
        closure = _close(step.problem, signature, reason, confirmed=False, on=step.on, at=at)
        step.name_files(signature.form)
        step.record(_closure_as_record(closure, step.problem), object_type="closure", object_id=closure.pk)
        closure.application.outcome = Application.Outcome.FAILED
        closure.application.save(update_fields=["outcome"])
        step.problem.round += 1
        telling.tell_main_units(step.problem, "closure_declined", at)
        telling.tell_supervising_units(step.problem, "closure_declined", at)
    return closure


def _close(problem: Problem, signature: Signature, text: str, *, confirmed: bool, on: date, at: datetime) -> Closure:
    return Closure.objects.create(
        application=_passed_application(problem),
        confirmed=confirmed,
        signed_by=signature.signer,
        entered_by=signature.typist or signature.signer,
        signed_on=signature.signed_on or on,
        at=at,
        text=text,
        form=signature.form,
        rectified_by=_who_rectified(problem),
        accepted_by=_named(problem, Involvement.Role.SUPERVISING),
    )


def _closure_as_record(closure: Closure, problem: Problem) -> dict[str, object]:
    return {
        "round": problem.round,
        "confirmed": closure.confirmed,
        "text": closure.text or None,
        "signed_on": closure.signed_on,
        "rectified_by": closure.rectified_by,
        "accepted_by": closure.accepted_by,
        "form": closure.form,
    }


def submit_upward(problem_id: UUID, to: str, file: UUID | None, *, by: Person, at: datetime) -> SuperiorResult:
    """Hand a pre-accepted problem to the body that accepts (Article 17)."""
    with move(problem_id, Action.SUBMIT_UPWARD, by=by, at=at) as step:
        step.require(SubmitUpwardFacts(to=to, accepted_by=step.problem.accepted_by or None))
        row = SuperiorResult.objects.create(
            problem=step.problem, round=step.problem.round, submitted_to=to, submitted_at=at, file=file
        )
        step.name_files(file)
        step.record({"to": to, "file": file, "round": step.problem.round})
    return row


def record_superior_result(
    problem_id: UUID, result: str, document: UUID | None, day: date | None, *, by: Person, at: datetime
) -> SuperiorResult:
    """Only the superior's recorded result closes or returns what it accepts (Article 17: 以上级最终验收意见为准)."""
    with move(problem_id, Action.SUPERIOR_RESULT, by=by, at=at) as step:
        problem = step.problem
        step.require(SuperiorResultFacts(on=step.on, result=result, has_document=document is not None, date=day))
        row = problem.superior_results.filter(result="").latest("submitted_at")
        row.result, row.document, row.date = result, document, day
        row.save(update_fields=["result", "document", "date"])
        step.turn(result)
        step.name_files(document)
        step.record({"round": problem.round, "result": result, "document": document, "date": day, "by": row.submitted_to})
        if result == "pass":
            problem.closed_on = step.on
        else:
            _fail_passed(problem)
            problem.round += 1
    return row


def _fail_passed(problem: Problem) -> None:
    problem.applications.filter(outcome=Application.Outcome.PASSED).update(outcome=Application.Outcome.FAILED)


def file_closure(
    problem_id: UUID,
    filing_number: str = "",
    note: str = "",
    countersigned_by: Person | None = None,
    countersign_document: UUID | None = None,
    *,
    by: Person,
    at: datetime,
) -> Filing:
    """备案 by the office; countersigned by the leading group where its own bureau rectified or led (Article 17)."""
    with move(problem_id, Action.FILE, by=by, at=at) as step:
        problem = step.problem
        own = problem.involvements.filter(unit__houses_office=True).exclude(role=Involvement.Role.ASSISTING)
        own_bureau = any(
            i.role == Involvement.Role.MAIN or (i.role == Involvement.Role.SUPERVISING and i.position == 0) for i in own
        )
        right = None if countersigned_by is None else capacities(countersigned_by, at).has(Role.LEADING_GROUP)
        step.require(
            FileFacts(own_bureau=own_bureau, countersigner_right=right, has_countersign_document=countersign_document is not None)
        )
        number = filing_number.strip() or _next_filing_number(step.on.year)
        try:
            with transaction.atomic():
                filing = Filing.objects.create(
                    problem=problem,
                    round=problem.round,
                    number=number,
                    note=note,
                    by=by,
                    at=at,
                    countersigned_by=countersigned_by,
                    countersign_document=countersign_document,
                )
        except IntegrityError:  # the constraint decides: another filing may have taken the number a moment ago
            raise Invalid.one("filing_number", "in_use", "This filing number is in use.") from None
        problem.filing_number = number
        step.name_files(countersign_document)
        step.record(
            {
                "filing_number": number,
                "note": note or None,
                "countersigned_by": str(countersigned_by) if countersigned_by else None,
            }
        )
    return filing


def _next_filing_number(year: int) -> str:
    """The next filing number of the year: a series of its own beside the problems' (year × 10,000 keeps them apart)."""
    key = year * 10_000
    NumberSeries.objects.get_or_create(year=key)
    series = NumberSeries.objects.select_for_update().get(year=key)
    while True:
        series.last += 1
        number = f"备{year}-{series.last:03d}"
        if not Filing.objects.filter(number=number).exists():
            series.save(update_fields=["last"])
            return number


def reopen(
    problem_id: UUID,
    reason: str,
    text: str,
    measures: Sequence[MeasureDraft],
    deadline: date | None,
    *,
    by: Person,
    at: datetime,
    visit: UUID | None = None,
    document: UUID | None = None,
) -> Reopening:
    """A closed problem found again: a new round with new measures and a new deadline, both units named (Article 18)."""
    with move(problem_id, Action.REOPEN, by=by, at=at) as step:
        problem = step.problem
        main = [u["code"] for u in _named(problem, Involvement.Role.MAIN)]
        supervising = [u["code"] for u in _named(problem, Involvement.Role.SUPERVISING)]
        found_by = Visit.objects.select_related("embargo").filter(pk=visit, problem=problem).first() if visit else None
        step.require(
            ReopenFacts(
                on=step.on,
                reason=reason,
                text=text,
                has_visit=visit is not None,
                visit_known=found_by is not None,
                visit_embargoed=found_by is not None and lies_on(found_by.embargo),
                has_document=document is not None,
                measures=tuple(MeasureFact(m.text, m.deadline, m.unit) for m in measures),
                deadline=deadline,
                main_units=tuple(main),
            )
        )
        before = current_plan(problem)
        rectified, accepted = _who_rectified(problem), _named(problem, Involvement.Role.SUPERVISING)
        problem.percents, problem.flag, problem.flag_on = {}, "", None
        problem.stages = []
        filing_number, problem.filing_number = problem.filing_number, ""
        draft = PlanDraft(
            kind="immediate" if before.kind in ("long_term", "continuous") else before.kind,
            # What was done in the round before is not done in this one: every measure is a new one.
            measures=[replace(measure, id=None) for measure in measures],
            goal=before.goal,
            main_units=main,
            supervising_units=supervising,
            assisting_units=[u["code"] for u in _named(problem, Involvement.Role.ASSISTING)],
            deadline=deadline,
            risk_control=before.risk_control,
            superior_reference=before.superior_reference,
            accepted_by=before.accepted_by,
            document=document,
            common=before.common,
            mechanism=before.mechanism,
            extended_check=before.extended_check,
        )
        write_version(step, draft, deadline, edition=before.rule_edition)
        problem.plan_issued_on = step.on
        problem.round += 1
        problem.closed_on = None
        row = Reopening.objects.create(
            problem=problem,
            round=problem.round,
            reason=reason,
            text=text,
            visit=visit,
            document=document,
            by=by,
            at=at,
            rectified_by=rectified,
            accepted_by=accepted,
        )
        _fail_passed(problem)
        step.record(
            {
                "reason": reason,
                "text": text,
                "visit": visit,
                "document": document,
                "deadline": deadline,
                "round": problem.round,
                "rectified_by": rectified,
                "accepted_by": accepted,
            },
            before={"deadline": before.deadline, "filing_number": filing_number or None},
        )
        telling.tell_main_units(problem, "reopened", at)
        telling.tell_supervising_units(problem, "reopened", at)
    return row
