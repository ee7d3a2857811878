"""Send back, opinion, suspension and decision of the lead unit (Articles 16 and 17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from uuid import UUID

from server.acceptance.actions.applying import end_application
from server.acceptance.models import Application, Decision, Opinion
from server.acceptance.queries import open_application, standing_opinions
from server.problems import telling
from server.problems.models import Involvement, Problem
from server.problems.moves import Step, move
from server.regulation.deadlines import acceptance_due
from server.regulation.lifecycle import Action, opens_next_round
from server.regulation.requirements import (
    DecideFacts,
    DemandFact,
    OpinionFacts,
    ResumeFacts,
    SendBackFacts,
    SignatureFacts,
    SuspendFacts,
)
from server.regulation.statuses import Status
from server.rulebook.queries import work_calendar
from server.units.models import Person
from server.units.predicates import office_day
from server.units.signing import try_password


@dataclass(frozen=True)
class Signature:
    """How a leader signs: by password or second factor themselves, or on paper, entered by a typist with the scan.

    ``signer`` answers for it and every check applies to them; ``typist`` is set only when somebody else entered the paper.
    """

    signer: Person
    typist: Person | None = None
    password: str | None = None
    otp: str | None = None
    form: UUID | None = None
    signed_on: date | None = None

    def facts(self, at: datetime) -> SignatureFacts:
        """The plain facts the regulation judges. No second factor is set up yet, so any code given is a wrong one.

        A typist's word on the signer's password is not listened to: it would let them try passwords of others. To be called
        before the move, as :func:`server.units.signing.try_password` says.
        """
        own = self.typist is None
        trial = try_password(self.signer, self.password, at) if own and self.password is not None else None
        waits = trial.locked_until - at if trial is not None and trial.locked_until is not None else None
        return SignatureFacts(
            on=office_day(at),
            password_right=trial.right if trial is not None else None,
            wait_minutes=ceil(waits.total_seconds() / 60) if waits is not None else None,
            code_right=False if own and self.otp is not None else None,
            has_form=self.form is not None,
            by_signer=self.typist is None,
            signer_given=True,
            signed_on=self.signed_on,
        )


@dataclass(frozen=True)
class Demand:
    """What a failed acceptance demands, and by when."""

    text: str
    due: date | None = None


def _under_acceptance(problem: Problem) -> Application:
    application = open_application(problem)
    if application is None:
        raise Application.DoesNotExist(f"{problem.pk} is {problem.status} without an application")
    return application


def _seat(step: Step) -> Involvement:
    return Involvement.objects.get(problem=step.problem, unit=step.unit, role=Involvement.Role.SUPERVISING)


def send_back(problem_id: UUID, missing: Sequence[str], *, by: Person, at: datetime) -> Application:
    """退回补正: everything that is missing named at once, once a round; no failed round (Article 16)."""
    with move(problem_id, Action.SEND_BACK, by=by, at=at) as step:
        problem = step.problem
        before = problem.applications.filter(round=problem.round, outcome=Application.Outcome.SENT_BACK).exists()
        step.require(SendBackFacts(tuple(missing), sent_back_this_round=before))
        application = _under_acceptance(problem)
        end_application(application, Application.Outcome.SENT_BACK, "\n".join(missing), at)
        problem.acceptance_due = None
        step.record({"round": problem.round, "missing": list(missing)}, object_type="application", object_id=application.pk)
        telling.tell_main_units(problem, "application_sent_back", at)
    return application


def give_opinion(
    problem_id: UUID, result: str, text: str, checklist: Mapping[str, bool] | None = None, *, by: Person, at: datetime
) -> Opinion:
    """A supervising unit's opinion on the application (Article 17); the first one opens the acceptance."""
    with move(problem_id, Action.OPINION, by=by, at=at) as step:
        step.require(OpinionFacts(result=result, text=text, checklist=dict(checklist or {})))
        application = _under_acceptance(step.problem)
        seat = _seat(step)
        opinion = Opinion.objects.create(
            application=application,
            seat=seat,
            unit_id=seat.unit_id,
            by=by,
            at=at,
            result=result,
            text=text,
            checklist=dict(checklist or {}),
        )
        step.record(
            {
                "round": step.problem.round,
                "unit": seat.unit_id,
                "result": result,
                "text": text,
                "checklist": dict(checklist or {}),
            },
            object_type="opinion",
            object_id=opinion.pk,
        )
    return opinion


def suspend(problem_id: UUID, ground: str, until: date | None, *, by: Person, at: datetime) -> Application:
    """Stop the acceptance clock for a while; off by default (Article 17, parameter)."""
    with move(problem_id, Action.SUSPEND, by=by, at=at) as step:
        application = _under_acceptance(step.problem)
        step.require(
            SuspendFacts(on=step.on, ground=ground, until=until, suspended_already=application.suspended_until is not None)
        )
        before = application.due
        left = work_calendar().between(step.on, application.due)
        application.suspended_until = until
        if until is not None:
            application.due = acceptance_due(until, work_calendar(), left)
        application.save(update_fields=["suspended_until", "due"])
        step.problem.acceptance_due = application.due
        step.record({"ground": ground, "until": until, "due": application.due}, before={"due": before})
    return application


def resume(problem_id: UUID, *, by: Person, at: datetime) -> Application:
    """Let the acceptance clock run again before the suspension ends (Article 17)."""
    with move(problem_id, Action.RESUME, by=by, at=at) as step:
        application = _under_acceptance(step.problem)
        step.require(ResumeFacts(suspended=application.suspended_until is not None))
        calendar = work_calendar()
        before = application.due
        if application.suspended_until is not None and application.suspended_until > step.on:
            left = calendar.between(application.suspended_until, application.due)
            application.due = acceptance_due(step.on, calendar, left)
        application.suspended_until = None
        application.save(update_fields=["suspended_until", "due"])
        step.problem.acceptance_due = application.due
        step.record({"due": application.due}, before={"due": before})
    return application


def decide(
    problem_id: UUID, result: str, text: str, signature: Signature, demands: Sequence[Demand] = (), *, at: datetime
) -> Decision:
    """The head of the lead unit passes or fails the application (Article 17).

    A pass needs the stamped form and is refused when more than half of the opinions given say fail. A fail carries its
    demands and opens the next round. Raises as :func:`server.problems.moves.move` does; of two deciding at once one gets 409.
    """
    signed = signature.facts(at)
    with move(problem_id, Action.DECIDE, by=signature.signer, typist=signature.typist, at=at) as step:
        problem = step.problem
        application = _under_acceptance(problem)
        opinions = standing_opinions(application)
        seat = _seat(step)
        step.require(
            DecideFacts(
                result=result,
                text=text,
                own_opinion=opinions[seat.unit_id].result if seat.unit_id in opinions else None,
                other_opinions=tuple(o.result for code, o in opinions.items() if code != seat.unit_id),
                has_form=signature.form is not None,
                signature=signed,
                demands=tuple(DemandFact(d.text, d.due) for d in demands),
            )
        )
        given = [
            {"unit": i.unit_id, "name": i.unit.name, "result": opinions[i.unit_id].result if i.unit_id in opinions else None}
            for i in problem.involvements.filter(role=Involvement.Role.SUPERVISING).select_related("unit").order_by("position")
        ]
        signed_on = signature.signed_on or step.on
        decision = Decision.objects.create(
            application=application,
            seat=seat,
            unit_id=seat.unit_id,
            signed_by=signature.signer,
            entered_by=signature.typist or signature.signer,
            signed_on=signed_on,
            at=at,
            late=step.on > application.due,
            result=result,
            text=text,
            demands=[{"text": d.text, "due": d.due.isoformat() if d.due else None} for d in demands],
            form=signature.form,
            opinions_given=given,
        )
        round_ = problem.round
        end_application(application, Application.Outcome.PASSED if result == "pass" else Application.Outcome.FAILED, text, at)
        problem.acceptance_due = None
        step.turn(result)
        if opens_next_round(Action.DECIDE, Status.RECTIFYING if result == "fail" else Status.PASSED):
            problem.round += 1
        step.name_files(signature.form)
        step.record(
            {
                "round": round_,
                "result": result,
                "text": text,
                "opinions": given,
                "demands": decision.demands,
                "late": decision.late,
                "form": signature.form,
                "signed_on": signed_on,
            },
            object_type="decision",
            object_id=decision.pk,
        )
        if result == "pass":
            telling.tell_sector_leader(problem, "closure_to_confirm", at)
        else:
            telling.tell_main_units(problem, "acceptance_failed", at)
    return decision
