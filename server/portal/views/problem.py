"""The page of one problem, and one photo of it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from server.evidence.grades import facts_of, grade, lacking
from server.evidence.policy import photos_visible_to
from server.evidence.queries import checks_known_to
from server.inspections.policy import visible_inspections
from server.portal import clock, duties, problem_page, timeline, words
from server.portal.visitors import Visitor, page
from server.problems import marks
from server.problems.policy import visible_to
from server.problems.queries import days_left, get_for
from server.rulebook.queries import rules_of, work_calendar
from server.runtime.refusals import NotThere
from server.units.queries import sector_duty


@page
def show_problem(request: HttpRequest, visitor: Visitor, problem_id: UUID) -> HttpResponse:
    """Everything about one problem, and the one thing this person may do now."""
    problem = get_for(visitor.person, problem_id, visitor.at)
    rules, calendar = rules_of(problem.rule_edition, visitor.on), work_calendar()
    visits = problem_page.visits_of(problem, visitor)
    strips = problem_page.strips(problem, visitor)
    lines = timeline.timeline(problem, visitor)
    involved = sorted(problem.involvements.all(), key=lambda i: i.position)
    now, then = duties.turn_in_words(problem)
    light = marks.light(problem, visitor.on)
    known = visible_inspections(visitor.person, visitor.at, visitor.held)
    duty = sector_duty(problem.sector_id, visitor.on) if problem.sector_id else None
    return render(
        request,
        "portal/problem.html",
        {
            "problem": problem,
            "light": light,
            "reasons": [r for r in marks.reasons(problem, rules, visitor.on) if r.light == light],
            "pace": marks.pace_of(problem, visitor.on),
            "left": days_left(problem, visitor.on),
            "safe_day": clock.safe_day(problem, rules, calendar),
            "acceptance_days": rules.whole("acceptance_days"),
            "duties": duties.duties(problem, visitor, rules, calendar),
            "now": now,
            "then": then,
            "main": [i for i in involved if i.role == "main"],
            "supervising": [i for i in involved if i.role == "supervising"],
            "assisting": [i for i in involved if i.role == "assisting"],
            "district_leader": duty.district_leader if duty else None,
            "strips": strips,
            "photo_count": sum(len(strip.photos) for strip in strips),
            "plan": problem_page.plan_part(problem, visits, visitor.on),
            "rounds": problem_page.rounds(problem, visitor.on, calendar),
            "visits": visits[::-1],
            "found_on": known.filter(found__problem=problem).first(),
            "supervisions": list(problem.supervision_records.select_related("replied_by", "replying_unit").order_by("-date")),
            "superior_results": list(problem.superior_results.order_by("-submitted_at")),
            "reopenings": list(problem.reopenings.order_by("-at")),
            "documents": problem_page.documents(problem, visitor),
            "map": problem_page.map_part(problem, light),
            "lines": lines[: timeline.SHOWN_FIRST],
            "earlier": lines[timeline.SHOWN_FIRST :],
            "line_count": len(lines),
            "merged_into": _merged_into(problem.merged_into_id, visitor),
        },
    )


def _merged_into(other: UUID | None, visitor: Visitor) -> UUID | None:
    """The problem this one joined, where the person sees that one too."""
    if other is None:
        return None
    return visible_to(visitor.person, visitor.at, visitor.held).filter(pk=other).values_list("pk", flat=True).first()


@page
def show_photo(request: HttpRequest, visitor: Visitor, photo_id: UUID) -> HttpResponse:
    """One photo large, with time, place, source and what was noticed about it; a fragment when htmx asks."""
    seen = photos_visible_to(visitor.person, visitor.at, visitor.held)
    photo = seen.filter(pk=photo_id).select_related("problem", "uploader", "device").first()
    if photo is None:
        raise NotThere
    of_problem = list(seen.filter(problem=photo.problem_id).order_by("captured_at", "received_at").values_list("pk", flat=True))
    facts = facts_of(photo)
    photo_grade = grade(facts)
    place = of_problem.index(photo.pk) if photo.problem_id and photo.pk in of_problem else None
    context = {
        "photo": photo,
        "checks": checks_known_to(visitor.person, photo, visitor.at, visitor.held),
        "grade": photo_grade,
        "lacks": words.grade_in_words(photo_grade, lacking(facts)),
        "number": None if place is None else place + 1,
        "count": len(of_problem),
        "previous": of_problem[place - 1] if place else None,
        "next": of_problem[place + 1] if place is not None and place + 1 < len(of_problem) else None,
    }
    template = "portal/parts/photo.html" if getattr(request, "htmx", None) else "portal/photo.html"
    return render(request, template, context)
