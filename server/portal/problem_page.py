"""Everything about one problem for one page, each part cut to what the person may see."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from server.acceptance.models import Application, Closure, Opinion
from server.acceptance.queries import open_application, standing_opinions
from server.evidence.models import Claim, Photo
from server.evidence.queries import photos_of
from server.files.models import StoredFile
from server.inspections.models import Visit
from server.inspections.policy import visits_visible_to
from server.plans.models import Measure, Plan, Stage
from server.plans.queries import done_measure_keys, find_plan
from server.portal import words
from server.portal.clock import AcceptanceClock, acceptance_clock
from server.portal.visitors import Visitor
from server.problems import marks
from server.problems.models import FileReference, Problem
from server.problems.policy import hidden_embargoes
from server.regulation.progress import expected_progress
from server.regulation.statuses import ON_MAIN_UNIT, Status
from server.regulation.workdays import WorkCalendar
from server.units.models import Unit
from server.units.predicates import office_day


@dataclass(frozen=True)
class Strip:
    """Photos of one stage or one kind of occasion."""

    code: str
    name: str
    photos: list[Photo]
    room: int = 2

    @property
    def shown(self) -> list[Photo]:
        """Those that stand in the strip; the others are one click away."""
        return self.photos[: self.room]

    @property
    def rest(self) -> list[Photo]:
        return self.photos[self.room :]


def strips(problem: Problem, visitor: Visitor) -> list[Strip]:
    """The photos this person may see: by stage; those of visits and supervisions on their own."""
    photos = list(photos_of(problem, visitor.person, visitor.at).select_related("uploader"))
    occasions = dict(
        Claim.objects.filter(
            problem=problem, photo__in=[p.pk for p in photos], record_kind__in=["visit", "supervision"]
        ).values_list("photo", "record_kind")
    )
    found = [
        Strip(
            stage, words.word(words.STAGE_NAMES, stage), [p for p in photos if p.photo_stage == stage and p.pk not in occasions]
        )
        for stage in words.STAGE_NAMES
    ]
    for kind in (Claim.Kind.VISIT, Claim.Kind.SUPERVISION):
        found.append(Strip(kind.value, str(kind.label), [p for p in photos if occasions.get(p.pk) == kind]))
    return _shared_out([strip for strip in found if strip.photos or strip.code in ("before", "after")])


IN_ALL = 5


def _shared_out(found: list[Strip]) -> list[Strip]:
    """So many thumbnails as stand in one line: one of each strip, then a second of each from the left while there is room."""
    rooms = {strip.code: 1 for strip in found}
    left = IN_ALL - len(found)
    for strip in found:
        if left > 0 and len(strip.photos) > 1:
            rooms[strip.code], left = 2, left - 1
    return [Strip(strip.code, strip.name, strip.photos, rooms[strip.code]) for strip in found]


@dataclass(frozen=True)
class MeasureLine:
    """One measure as the table shows it; ``state`` is the last visit's, None where none looked."""

    measure: Measure
    done: bool
    days: int | None
    state: str
    state_on: date | None


@dataclass(frozen=True)
class StageLine:
    """One stage of a long-term plan."""

    stage: Stage
    reached: bool
    late: int


@dataclass(frozen=True)
class Progress:
    """Actual against expected progress in whole percent; ``points`` behind, negative when ahead."""

    actual: int
    expected: int | None

    @property
    def points(self) -> int | None:
        return None if self.expected is None else self.expected - self.actual


@dataclass(frozen=True)
class PlanPart:
    """The plan in force with what was done of it."""

    plan: Plan
    measures: list[MeasureLine]
    stages: list[StageLine]
    progress: Progress | None
    reports: list[Any]
    versions: int


def plan_part(problem: Problem, visits: list[Visit], on: date) -> PlanPart | None:
    """The table of plan and progress; None before a plan is issued."""
    plan = find_plan(problem)
    if plan is None:
        return None
    done = done_measure_keys(problem)
    running = Status(problem.status) in ON_MAIN_UNIT
    states: dict[str, tuple[str, date]] = {}
    for visit in visits:
        for seen in visit.measures:
            states[str(seen.get("id"))] = (
                words.word(words.MEASURE_STATE_NAMES, seen.get("state")),
                office_day(visit.observed_at),
            )
    lines = []
    for measure in plan.measures.select_related("unit"):
        deadline = measure.deadline or plan.deadline
        left = (deadline - on).days if deadline and running and measure.key not in done else None
        state, state_on = states.get(str(measure.key), ("", None))
        lines.append(MeasureLine(measure, measure.key in done, left, state, state_on))
    reached = {s["key"] for s in problem.stages if s["reached"]}
    stages = [
        StageLine(s, str(s.key) in reached, max(0, (on - s.due).days) if str(s.key) not in reached else 0)
        for s in plan.stages.all()
    ]
    reports = list(problem.progress.select_related("unit", "by").order_by("-at")[:6])
    return PlanPart(plan, lines, stages, _progress(problem, on), reports, problem.plans.count())


def _progress(problem: Problem, on: date) -> Progress | None:
    plan = marks.plan_marks(problem)
    if plan is None:
        return None
    expects = bool(plan.stages) or plan.deadline is not None
    expected = expected_progress(plan.issued, plan.deadline, plan.stages, on) if expects else None
    return Progress(_whole(plan.actual), None if expected is None else _whole(expected))


def _whole(percent: Fraction) -> int:
    return int(percent + Fraction(1, 2)) if percent < 100 else 100


@dataclass(frozen=True)
class OpinionLine:
    """A supervising unit and its standing opinion, or none."""

    unit: Unit
    lead: bool
    opinion: Opinion | None


@dataclass(frozen=True)
class RoundPart:
    """One application with all that came of it."""

    application: Application
    outcome: str
    opinions: list[OpinionLine]
    given: int
    clock: AcceptanceClock | None
    closures: list[Closure]
    open: bool


def rounds(problem: Problem, on: date, calendar: WorkCalendar) -> list[RoundPart]:
    """Every application, the newest first; the open one with its clock and the units still to give an opinion."""
    current = open_application(problem)
    rows = problem.applications.select_related("by", "unit", "decision__signed_by", "decision__entered_by")
    supervising = [i for i in sorted(problem.involvements.all(), key=lambda i: i.position) if i.role == "supervising"]
    found = []
    for application in rows.prefetch_related("closures__signed_by").order_by("-received_at"):
        opinions = standing_opinions(application)
        is_open = current is not None and application.pk == current.pk and not application.outcome
        lines = [OpinionLine(i.unit, n == 0, opinions.pop(i.unit_id, None)) for n, i in enumerate(supervising)] if is_open else []
        lines += [OpinionLine(o.unit, False, o) for o in opinions.values()]
        found.append(
            RoundPart(
                application,
                words.word(words.OUTCOME_NAMES, application.outcome) if application.outcome else str(words.OUTCOME_NAMES[""]),
                lines,
                sum(line.opinion is not None for line in lines),
                acceptance_clock(application, on, calendar) if is_open else None,
                list(application.closures.all()),
                is_open,
            )
        )
    return found


@dataclass(frozen=True)
class Document:
    """A stored document that an action named."""

    file: StoredFile
    action: str


def documents(problem: Problem, visitor: Visitor) -> list[Document]:
    """The documents of the problem, newest first, none that an unreleased inspection hides."""
    hidden = hidden_embargoes(visitor.person, visitor.held, visitor.at).values("pk")
    named = FileReference.objects.filter(problem=problem).exclude(embargo__isnull=False, embargo__in=hidden)
    rows = list(named.order_by("-named_at"))
    files = {f.pk: f for f in StoredFile.objects.filter(pk__in=[row.file for row in rows])}
    return [Document(files[row.file], row.action) for row in rows if row.file in files]


def visits_of(problem: Problem, visitor: Visitor) -> list[Visit]:
    """Visits this person may see, oldest first."""
    rows = visits_visible_to(visitor.person, visitor.at, visitor.held).filter(problem=problem)
    return list(rows.select_related("by", "inspection").order_by("observed_at"))


@dataclass(frozen=True)
class MapPart:
    """What the small map draws: the sites, and the outline of the own area as GeoJSON text."""

    sites: list[dict[str, Any]] = field(default_factory=list)
    outline: str | None = None
    light: str | None = None


def map_part(problem: Problem, light: str | None) -> MapPart:
    several = problem.sites.count() > 1
    sites = [
        {
            "name": (site.name or _("Site %(n)s") % {"n": site.position + 1}) if several else "",
            "lon": site.location.x,
            "lat": site.location.y,
            "number": site.position + 1,
        }
        for site in problem.sites.all()
        if site.location
    ]
    return MapPart(sites, problem.area.simplified if problem.area else None, light)
