"""Naming other units for a problem (Articles 4 and 7)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from server.acceptance.actions.applying import end_application
from server.acceptance.models import Application, Decision, Opinion
from server.acceptance.queries import open_application
from server.inspections.actions.inspecting import take_verdict
from server.problems import involvement, marks, policy
from server.problems.models import Problem
from server.problems.moves import Step, move
from server.regulation.deadlines import acceptance_due
from server.regulation.lifecycle import Action
from server.regulation.requirements import ReassignFacts, UnitsFact
from server.regulation.statuses import Status
from server.rulebook.queries import work_calendar
from server.units.models import Person, Unit

UNDER_ACCEPTANCE = frozenset({Status.APPLIED, Status.ACCEPTING, Status.PASSED})


def reassign(
    problem_id: UUID,
    ground: str,
    document: UUID | None,
    *,
    by: Person,
    at: datetime,
    main_units: Sequence[str] | None = None,
    supervising_units: Sequence[str] | None = None,
) -> Problem:
    """Put other units in place, with ground and document. A new lead under acceptance starts its own clock (Articles 4 and 7)."""
    with move(problem_id, Action.REASSIGN, by=by, at=at) as step:
        problem = step.problem
        before_main, before_supervising = policy.main_units(problem), policy.supervising_units(problem)
        main = list(before_main if main_units is None else main_units)
        supervising = list(before_supervising if supervising_units is None else supervising_units)
        assisting = [i.unit_id for i in problem.involvements.filter(role="assisting") if i.unit_id not in {*main, *supervising}]
        known = set(Unit.objects.filter(code__in=[*main, *supervising]).values_list("code", flat=True))
        barred = {*involvement.former_main_units(problem), *before_main} - set(main)
        step.require(
            ReassignFacts(
                units=UnitsFact(
                    main=tuple(main),
                    supervising=tuple(supervising),
                    assisting=tuple(assisting),
                    unknown=tuple(sorted({*main, *supervising} - known)),
                    former_main=tuple(sorted(barred)),
                    have_accepted=tuple(sorted(_have_accepted(problem))),
                ),
                ground=ground,
                has_document=document is not None,
                changes=(main, supervising) != (before_main, before_supervising),
            )
        )
        involvement.set_units(problem, main, supervising, assisting)
        problem.percents = {code: percent for code, percent in problem.percents.items() if code in main}
        marks.take_flags(problem)
        take_verdict(problem)
        if supervising[0] != before_supervising[0] and Status(problem.status) in UNDER_ACCEPTANCE:
            _restart_clock(step)
            step.new_lead = True
        step.name_files(document)
        step.record(
            {"main_units": main, "supervising_units": supervising, "ground": ground, "document": document},
            before={"main_units": before_main, "supervising_units": before_supervising},
        )
    return problem


def _have_accepted(problem: Problem) -> set[str]:
    opinions = Opinion.objects.filter(application__problem=problem).values_list("unit_id", flat=True)
    decisions = Decision.objects.filter(application__problem=problem).values_list("unit_id", flat=True)
    return {*opinions, *decisions}


def _restart_clock(step: Step) -> None:
    """A new lead has not seen the application: it is received anew, on this day."""
    problem, at = step.problem, step.at
    application = open_application(problem)
    if application is None:
        return
    end_application(application, Application.Outcome.RESTARTED, "", at)
    calendar = work_calendar()
    due = acceptance_due(step.on, calendar, step.rules.whole("acceptance_days"))
    Application.objects.create(
        problem=problem,
        round=application.round,
        unit=application.unit,
        by=application.by,
        statement=application.statement,
        received_at=at,
        due=due,
        due_provisional=calendar.is_provisional(step.on, due),
        registration_form=application.registration_form,
        files=application.files,
        pairs=application.pairs,
        during=application.during,
        waivers=application.waivers,
        no_app_photo=application.no_app_photo,
        doubts=application.doubts,
    )
    problem.acceptance_due = due
