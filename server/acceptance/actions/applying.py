"""Applying for acceptance and taking the application back (Article 16)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from server.acceptance.models import Application
from server.acceptance.queries import apply_facts, open_application
from server.evidence.actions import claim
from server.evidence.queries import known_photos, photo_facts
from server.problems import telling
from server.problems.moves import move
from server.regulation.deadlines import acceptance_due
from server.regulation.lifecycle import Action
from server.regulation.requirements import ReasonFacts, WaiverFact
from server.rulebook.queries import work_calendar
from server.units.models import Person


@dataclass(frozen=True)
class Pair:
    """A photo of before and one of after, from the same spot."""

    before: UUID
    after: UUID


@dataclass(frozen=True)
class Waiver:
    """A stage that cannot exist at a site, with the reason; ``site`` none means the first."""

    stage: str
    reason: str
    site: UUID | None = None


@dataclass(frozen=True)
class NoAppPhoto:
    """Why no after-photo of a site was taken in the app on the spot."""

    reason: str
    site: UUID | None = None


@dataclass(frozen=True)
class ApplicationDraft:
    """What an application says and rests on (Article 16)."""

    statement: str
    pairs: Sequence[Pair] = ()
    during: Sequence[UUID] = ()
    registration_form: UUID | None = None
    files: Sequence[UUID] = ()
    waivers: Sequence[Waiver] = ()
    no_app_photo: Sequence[NoAppPhoto] = ()


def apply_for_acceptance(problem_id: UUID, draft: ApplicationDraft, *, by: Person, at: datetime) -> Application:
    """The first main unit applies to the lead unit; refused with the list of all that is missing (Article 16).

    The lead's ten working days begin with the first working day after receipt (Article 17).
    """
    with move(problem_id, Action.APPLY, by=by, at=at) as step:
        problem = step.problem
        named = [photo for pair in draft.pairs for photo in (pair.before, pair.after)] + list(draft.during)
        application_id = uuid4()
        # New photos join the problem here, inside the transaction; what it already holds is only named.
        known = known_photos(named, problem, by, at)
        claim(
            [photo for photo in named if photo in known],
            problem=problem,
            record_kind="application",
            record_id=application_id,
            by=by,
            at=at,
            observed_at=at,
        )
        facts = replace(
            apply_facts(problem),
            statement=draft.statement,
            has_registration_form=draft.registration_form is not None,
            photos=photo_facts(problem),
            pairs=tuple((str(p.before), str(p.after)) for p in draft.pairs),
            unknown_photos=tuple(str(photo) for photo in named if photo not in known),
            waivers=tuple(WaiverFact(str(w.site or problem.pk), w.stage, w.reason) for w in draft.waivers),
            no_app_photo=tuple((str(n.site or problem.pk), n.reason) for n in draft.no_app_photo),
            named=tuple(str(photo) for photo in named),
        )
        step.require(facts)
        assert step.unit is not None  # noqa: S101  # policy lets only the first main unit make this move
        calendar = work_calendar()
        due = acceptance_due(step.on, calendar, step.rules.whole("acceptance_days"))
        application = Application.objects.create(
            id=application_id,
            problem=problem,
            round=problem.round,
            unit_id=step.unit,
            by=by,
            statement=draft.statement,
            received_at=at,
            due=due,
            due_provisional=calendar.is_provisional(step.on, due),
            registration_form=draft.registration_form,
            files=[str(f) for f in draft.files],
            pairs=[{"before": str(p.before), "after": str(p.after)} for p in draft.pairs],
            during=[str(photo) for photo in draft.during],
            waivers=[{"site": str(w.site or problem.pk), "stage": w.stage, "reason": w.reason} for w in draft.waivers],
            no_app_photo=[{"site": str(n.site or problem.pk), "reason": n.reason} for n in draft.no_app_photo],
            doubts=[{"code": d.code, "text": d.text, "params": {k: str(v) for k, v in d.params.items()}} for d in facts.doubts()],
        )
        problem.acceptance_due = due
        step.name_files(draft.registration_form, *draft.files)
        step.record(
            {
                "round": problem.round,
                "due": due,
                "due_provisional": application.due_provisional,
                "pairs": application.pairs,
                "registration_form": draft.registration_form,
                "photos": {str(p.id): p.stage for p in facts.photos},
                "waivers": application.waivers,
            },
            object_type="application",
            object_id=application.pk,
        )
        telling.tell_supervising_units(problem, "acceptance_to_do", at)
    return application


def withdraw(problem_id: UUID, reason: str, *, by: Person, at: datetime) -> Application:
    """The first main unit takes its application back before anybody has given an opinion (Article 16)."""
    with move(problem_id, Action.WITHDRAW, by=by, at=at) as step:
        step.require(ReasonFacts(reason))
        application = open_application(step.problem)
        if application is None:
            raise Application.DoesNotExist
        end_application(application, Application.Outcome.WITHDRAWN, reason, at)
        step.problem.acceptance_due = None
        step.record({"round": step.problem.round, "reason": reason}, object_type="application", object_id=application.pk)
    return application


def end_application(application: Application, outcome: str, text: str, at: datetime) -> None:
    """Close an application's row with its outcome."""
    application.outcome, application.ended_text, application.ended_at = outcome, text, at
    application.save(update_fields=["outcome", "ended_text", "ended_at"])
