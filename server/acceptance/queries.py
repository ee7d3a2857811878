"""Reads of acceptance that its actions and the faces share."""

from datetime import date

from server.acceptance.models import Application, Opinion
from server.evidence.queries import photo_facts
from server.plans.queries import find_plan
from server.problems.models import Problem
from server.regulation.requirements import ApplyFacts, SiteFact
from server.units.predicates import office_day


def open_application(problem: Problem) -> Application | None:
    """The application now under acceptance, or passed and waiting for the leader's word."""
    return problem.applications.filter(outcome__in=["", Application.Outcome.PASSED]).order_by("-received_at").first()


def standing_opinions(application: Application) -> dict[str, Opinion]:
    """The latest opinion of each unit that gave one."""
    return {opinion.unit_id: opinion for opinion in application.opinions.select_related("unit", "by").order_by("at")}


def apply_facts(problem: Problem) -> ApplyFacts:
    """What the problem itself has toward an application, before anything of the form is filled in (Article 16)."""
    plan = find_plan(problem)
    undone = [m.text for m in plan.measures.all() if str(m.key) not in problem.done_keys] if plan else []
    return ApplyFacts(
        statement="",
        undone_measures=tuple(undone),
        has_registration_form=False,
        sites=tuple(SiteFact(str(site.pk), site.name or problem.title) for site in problem.sites.all()),
        photos=photo_facts(problem),
        plan_issued_on=problem.plan_issued_on,
        goal_held=False if problem.plan_kind == "continuous" else None,
        failed_on=_failed_on(problem),
    )


def _failed_on(problem: Problem) -> date | None:
    """The day the last round was failed by the lead or declined by the leader."""
    failed = problem.applications.filter(outcome=Application.Outcome.FAILED, ended_at__isnull=False)
    last = failed.order_by("-ended_at").values_list("ended_at", flat=True).first()
    return office_day(last) if last is not None else None
