"""One problem on one card: how late, whose, before and after, what was done last, who acts next and by when.

A leader reads it in ten seconds without a click. Everything on it is cut to what the reader may see.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from server.acceptance.models import Application
from server.coordination.next_steps import whose_turn
from server.evidence.models import Photo
from server.evidence.queries import photos_of
from server.inspections.models import Visit
from server.inspections.policy import visits_visible_to
from server.portal import words
from server.portal.clock import time_left
from server.portal.district_map.why import days_words, points_behind, reasons_on, short_date, why
from server.problems import marks
from server.problems.models import STATUS_LABELS, Involvement, Problem
from server.problems.queries import days_left
from server.progress.models import Progress
from server.regulation.lifecycle import Action
from server.regulation.lights import Light, LightReason
from server.regulation.statuses import ON_MAIN_UNIT, Status
from server.regulation.workdays import WorkCalendar
from server.rulebook.queries import work_calendar
from server.supervision.models import SupervisionRecord
from server.units.models import Person
from server.units.predicates import office_day
from server.units.queries import sector_duty


@dataclass(frozen=True)
class Picture:
    """A thumbnail: its photo's id, which stage, and the day it was taken, in words."""

    photo: UUID
    stage: str
    label: str
    taken: str


@dataclass(frozen=True)
class Milestone:
    """A point on the way: what, when in words, and whether it is past, under way or still to come."""

    name: str
    when: str
    state: str  # "past", "now", "ahead"


@dataclass(frozen=True)
class NextStep:
    """Who does what next; `by` and `left` are words, empty where no day is set."""

    who: str
    what: str
    by: str = ""
    left: str = ""


@dataclass
class Card:
    problem: Problem
    light: str
    words: str
    status: str
    reasons: list[str]
    main_units: list[str]
    supervising_units: list[str]
    pictures: list[Picture]
    latest: str
    milestones: list[Milestone]
    next_step: NextStep | None
    visit: str = ""
    place: str = ""
    missing_pictures: str = ""
    sources: list[str] = field(default_factory=list)


def card_for(problem: Problem, person: Person, at: datetime) -> Card:
    """The card of a problem that this person sees (fetched by `queries.get_for`); a constant number of queries."""
    on, calendar = office_day(at), work_calendar()
    supervisions = list(SupervisionRecord.objects.filter(problem=problem).order_by("date", "at"))
    applications = list(Application.objects.filter(problem=problem).select_related("decision").order_by("received_at"))
    open_supervision = next((row for row in supervisions if row.accepted_at is None), None)
    reason = why(problem, on, calendar, replied=bool(open_supervision and open_supervision.replied_at))
    involved = sorted(problem.involvements.all(), key=lambda one: one.position)
    pictures = _pictures(list(photos_of(problem, person, at)), applications, on)
    return Card(
        problem=problem,
        light=reason.light.value if reason.light else "none",
        words=reason.words,
        status=str(STATUS_LABELS[Status(problem.status)]),
        reasons=[reason_words(one, problem, on) for one in _held(problem, on)],
        main_units=[one.unit.name for one in involved if one.role == Involvement.Role.MAIN],
        supervising_units=[one.unit.short_name or one.unit.name for one in involved if one.role == Involvement.Role.SUPERVISING],
        pictures=pictures,
        latest=_latest(problem, applications, supervisions, on),
        milestones=_milestones(problem, applications, supervisions, on),
        next_step=_next_step(problem, involved, open_supervision, on, calendar),
        visit=_last_visit(problem, person, at, on),
        place=problem.area.name if problem.area else (_("Whole district") if problem.whole_district else ""),
    )


def _held(problem: Problem, on: date) -> tuple[LightReason, ...]:
    light = marks.light(problem, on)
    if light not in (Light.RED, Light.YELLOW):
        return ()
    held = reasons_on(problem, on)
    # What is overdue is not also "near its deadline": the graver of a kind is said alone.
    codes = {one.code for one in held}
    said_by = {"due_soon": "overdue", "behind": "far_behind"}
    return tuple(one for one in held if said_by.get(one.code) not in codes)


def reason_words(reason: LightReason, problem: Problem, on: date) -> str:
    """One reason in the reader's language, its days written short and what can be counted counted."""
    if reason.code in ("behind", "far_behind"):
        return _("%(points)s points behind the expected progress") % {"points": points_behind(problem, on)}
    params = {name: short_date(value, on) if isinstance(value, date) else value for name, value in reason.params.items()}
    return _(reason.text) % params


def _pictures(photos: list[Photo], applications: list[Application], on: date) -> list[Picture]:
    """A before and an after: the pair of the last application where both may be seen, else the first and the last of each."""
    seen = {str(photo.pk): photo for photo in photos if not photo.render_failed}
    for application in reversed(applications):
        for pair in application.pairs:
            if pair["before"] in seen and pair["after"] in seen:
                return [_picture(seen[pair["before"]], on), _picture(seen[pair["after"]], on)]
    before = [photo for photo in seen.values() if photo.photo_stage == "before"]
    later = [photo for photo in seen.values() if photo.photo_stage == "after"]
    later = later or [photo for photo in seen.values() if photo.photo_stage == "during"]
    return [_picture(photo, on) for photo in (*before[:1], *later[-1:])]


def _picture(photo: Photo, on: date) -> Picture:
    taken = photo.captured_at or photo.exif_time or photo.received_at
    return Picture(
        photo.pk, photo.photo_stage, words.word(words.STAGE_NAMES, photo.photo_stage), short_date(office_day(taken), on)
    )


def _latest(problem: Problem, applications: list[Application], supervisions: list[SupervisionRecord], on: date) -> str:
    """What happened last that a reader must know: a failed acceptance, an answered supervision, progress, else nothing."""
    last = applications[-1] if applications else None
    status = Status(problem.status)
    if last is not None and last.outcome == Application.Outcome.FAILED and status in ON_MAIN_UNIT:
        ended = office_day(last.ended_at) if last.ended_at else None
        params = {"round": len(applications), "date": short_date(ended, on) if ended else "", "text": _failed_because(last)}
        return _("Acceptance %(round)s failed (%(date)s): %(text)s") % params
    if supervisions and supervisions[-1].accepted_at is None:
        return supervisions[-1].reply or supervisions[-1].opinion
    progress = Progress.objects.filter(problem=problem).order_by("-at").first()
    if progress is not None and status in ON_MAIN_UNIT:
        params = {"percent": progress.percent, "date": short_date(office_day(progress.at), on), "text": progress.text}
        return _("Progress %(percent)s%% (%(date)s): %(text)s") % params
    if last is not None and status not in ON_MAIN_UNIT:
        return last.statement
    return problem.description


def _failed_because(application: Application) -> str:
    decision = getattr(application, "decision", None)
    return decision.text if decision is not None else application.ended_text


def _milestones(
    problem: Problem, applications: list[Application], supervisions: list[SupervisionRecord], on: date
) -> list[Milestone]:
    """Up to four points of the way: the last ones passed, what is under way, what follows."""
    past: list[tuple[date, str]] = []
    if problem.listed_on:
        past.append((problem.listed_on, pgettext("milestone", "Listed")))
    if problem.plan_issued_on:
        past.append((problem.plan_issued_on, pgettext("milestone", "Plan issued")))
    past += [(office_day(one.received_at), pgettext("milestone", "Applied")) for one in applications]
    past += [
        (office_day(one.ended_at), pgettext("milestone", "Acceptance failed"))
        for one in applications
        if one.outcome == Application.Outcome.FAILED and one.ended_at
    ]
    past += [(one.date, pgettext("milestone", "Supervision")) for one in supervisions]
    if problem.closed_on:
        past.append((problem.closed_on, pgettext("milestone", "Closed")))
    past.sort(key=lambda one: one[0])
    ahead = _ahead(problem, supervisions, on)
    keep = 4 - len(ahead)
    return [Milestone(name, short_date(day, on), "past") for day, name in past[-keep:]] + ahead


def _ahead(problem: Problem, supervisions: list[SupervisionRecord], on: date) -> list[Milestone]:
    status = Status(problem.status)
    waiting = next((one for one in supervisions if one.accepted_at is None), None)
    closing = Milestone(pgettext("milestone", "To be closed"), "", "ahead")
    if waiting is not None and status in ON_MAIN_UNIT:
        if waiting.replied_at is None:
            return [Milestone(pgettext("milestone", "Reply awaited"), _until(waiting.reply_due, on), "now"), closing]
        return [Milestone(pgettext("milestone", "Reply to be accepted"), "", "now"), closing]
    if status is Status.LISTED:
        return [Milestone(pgettext("milestone", "To be planned"), "", "now"), closing]
    if status in ON_MAIN_UNIT:
        return [Milestone(pgettext("milestone", "Being rectified"), _until(problem.deadline, on), "now"), closing]
    if status in (Status.APPLIED, Status.ACCEPTING):
        return [Milestone(pgettext("milestone", "Being accepted"), _until(problem.acceptance_due, on), "now"), closing]
    if status is Status.PASSED:
        return [Milestone(pgettext("milestone", "To be confirmed"), "", "now"), closing]
    if status in (Status.PRE_ACCEPTED, Status.SUBMITTED_UPWARD):
        return [Milestone(pgettext("milestone", "With the superior"), "", "now"), closing]
    return []


def _until(day: date | None, on: date) -> str:
    return _("by %(date)s") % {"date": short_date(day, on)} if day else ""


def _next_step(
    problem: Problem, involved: list[Involvement], supervision: SupervisionRecord | None, on: date, calendar: WorkCalendar
) -> NextStep | None:
    """Who acts next and by when; an open supervision comes before the way itself (Article 13)."""
    mains = [one.unit.short_name or one.unit.name for one in involved if one.role == Involvement.Role.MAIN]
    if supervision is not None and Status(problem.status) in ON_MAIN_UNIT:
        if supervision.replied_at is not None:
            return NextStep(_("The office"), _("accepts the supervision reply"))
        due = supervision.reply_due
        return NextStep(mains[0] if mains else "", _("replies to the supervision opinion"), *_due(due, on, calendar))
    turn = whose_turn(problem)
    if turn is None:
        return None
    names = {one.unit_id: one.unit.short_name or one.unit.name for one in involved}
    who = "、".join(names[code] for code in turn.units if code in names) or _office_or_leader(turn.who, problem, on)
    by: tuple[str, str] = ("", "")
    if turn.action in (Action.PROGRESS, Action.APPLY):
        left = days_left(problem, on)
        by = (_before(problem.deadline, on), days_words(left)) if left is not None else by
    elif turn.action in (Action.OPINION, Action.DECIDE):
        by = _due(problem.acceptance_due, on, calendar)
    return NextStep(who, next_words(turn.action), *by)


def next_words(action: Action) -> str:
    """What is done next, as a verb after who does it."""
    return {
        Action.LIST: _("lists it"),
        Action.ISSUE_PLAN: _("issues the plan"),
        Action.PROGRESS: _("starts and reports progress"),
        Action.APPLY: _("finishes and applies for acceptance"),
        Action.OPINION: _("gives the acceptance opinion"),
        Action.DECIDE: _("decides the acceptance"),
        Action.CONFIRM: _("confirms the closure"),
        Action.SUBMIT_UPWARD: _("submits it upward"),
        Action.SUPERIOR_RESULT: _("awaits the superior's result"),
        Action.FILE: _("files the closure"),
    }.get(action, "")


def _office_or_leader(who: str, problem: Problem, on: date) -> str:
    if who == "sector_leader":
        duty = sector_duty(problem.sector_id, on) if problem.sector_id else None
        leader = duty.district_leader if duty else None
        return _("District leader %(name)s") % {"name": leader} if leader else _("The district leader in charge")
    return _("The office")


def _before(day: date | None, on: date) -> str:
    return _("before %(date)s ends") % {"date": short_date(day, on)} if day else ""


def _due(day: date | None, on: date, calendar: WorkCalendar) -> tuple[str, str]:
    """By when, and what is left of it in working days, as the clocks of acceptance and of a supervision's reply count."""
    return (_before(day, on), time_left(day, on, calendar).words) if day is not None else ("", "")


def _last_visit(problem: Problem, person: Person, at: datetime, on: date) -> str:
    """The last visit that this person may know of (Article 10)."""
    visit = visits_visible_to(person, at).filter(problem=problem).order_by("-observed_at").first()
    if visit is None:
        return ""
    params = {"date": short_date(office_day(visit.observed_at), on), "verdict": str(dict(Visit.Verdict.choices)[visit.verdict])}
    return _("Visited %(date)s: %(verdict)s") % params
