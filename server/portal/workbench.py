"""What waits for one person: each line with its reason in days, its article, and the verb that does it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from server.acceptance.models import Application, Opinion
from server.inspections.models import Inspection
from server.inspections.policy import may_release, visible_inspections
from server.portal import words
from server.portal.clock import TimeLeft, time_left
from server.portal.visitors import Visitor
from server.problems import marks, policy
from server.problems.models import Involvement, Problem
from server.regulation.lifecycle import Action
from server.regulation.statuses import Status
from server.regulation.workdays import WorkCalendar
from server.rulebook.queries import rules_in_force
from server.supervision.models import SupervisionRecord
from server.units.predicates import office_day
from server.units.queries import led_sectors, sectors_of_leader
from server.units.roles import Role

MOST = 300


@dataclass(frozen=True)
class Item:
    """One line: what kind of thing, which problem, why now, by when, and the verb."""

    kind: str
    subject: str
    address: str
    note: str
    articles: str
    verb: str
    verb_address: str
    light: str | None = None
    due: date | None = None
    left: TimeLeft | None = None
    since: date | None = None


@dataclass(frozen=True)
class Panel:
    """A list of lines with its title; ``empty`` says what it means that there are none."""

    title: str
    items: list[Item]
    empty: str
    note: str = ""
    aside: bool = False

    @property
    def count(self) -> int:
        return len(self.items)


@dataclass
class Workbench:
    """The page of one person, and the figures on its top."""

    todo: list[Item]
    panels: list[Panel] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        return sum(item.left is not None and item.left.late for item in self.todo)

    @property
    def due_today(self) -> int:
        return sum(item.left is not None and item.left.today for item in self.todo)


def workbench(visitor: Visitor, calendar: WorkCalendar) -> Workbench:
    """Everything that waits for this person, what is due first on top."""
    if visitor.administers:
        return Workbench([])
    desk = _Desk(visitor, calendar)
    todo = [
        *desk.of_office(),
        *desk.replies_due(),
        *desk.opinions(),
        *desk.decisions(),
        *desk.confirmations(),
        *desk.endorsements(),
    ]
    todo.sort(key=lambda item: (item.due is None, item.due or item.since or visitor.on, item.subject))
    panels = []
    if visitor.held.units():
        panels.append(Panel(_("Being rectified by us"), list(desk.rectifying()), _("Nothing is to be rectified by your unit.")))
    late = list(desk.late_acceptances())
    if late or visitor.is_office:
        panels.append(
            Panel(_("Acceptance past its clock"), late, _("No acceptance is late."), _("The lead unit answers"), aside=True)
        )
    inspections = list(desk.inspections())
    if inspections:
        panels.append(Panel(_("Inspections"), inspections, "", aside=True))
    mine = list(desk.my_reports())
    if mine:
        panels.append(Panel(_("Reported by me"), mine, "", aside=True))
    return Workbench(todo, panels)


class _Desk:
    """The lists of one person; each is one query over what they may see."""

    def __init__(self, visitor: Visitor, calendar: WorkCalendar) -> None:
        self.visitor = visitor
        self.calendar = calendar
        self.on = visitor.on
        self.seen = policy.visible_to(visitor.person, visitor.at, visitor.held)

    def _problems(self, *statuses: Status) -> QuerySet[Problem]:
        rows = self.seen.filter(status__in=statuses).select_related("area", "sector", "embargo")
        return rows.prefetch_related("involvements__unit")

    def _item(
        self,
        problem: Problem,
        action: Action,
        note: str,
        articles: str,
        *,
        due: date | None = None,
        working: bool = False,
        since: date | None = None,
    ) -> Item:
        left = time_left(due, self.on, self.calendar if working else None) if due is not None else None
        name = words.word(words.ACTION_NAMES, action)
        return Item(
            kind=name,
            subject=problem.title,
            address=reverse("problem", args=[problem.pk]),
            note=note,
            articles=articles,
            verb=name,
            verb_address=reverse("act", args=[problem.pk, action]),
            light=marks.light(problem, self.on),
            due=due,
            left=left,
            since=since,
        )

    def of_office(self) -> Iterator[Item]:
        """Reports to list, plans to issue, what goes to or comes from a superior, closures to file, replies to accept."""
        if not self.visitor.is_office:
            return
        unplanned = timedelta(days=rules_in_force(self.on).whole("unplanned_days"))
        wanted = (Status.REPORTED, Status.LISTED, Status.PRE_ACCEPTED, Status.SUBMITTED_UPWARD, Status.CLOSED)
        for problem in self._problems(*wanted).order_by("status_since")[:MOST]:
            since = office_day(problem.status_since)
            waited = _waited((self.on - since).days)
            match Status(problem.status):
                case Status.REPORTED if problem.embargo is None or problem.embargo.lifted_at is not None:
                    yield self._item(problem, Action.LIST, _("reported, %(waited)s") % {"waited": waited}, "5, 6", since=since)
                case Status.LISTED:
                    due = problem.listed_on + unplanned if problem.listed_on else None
                    yield self._item(problem, Action.ISSUE_PLAN, _("listed, %(waited)s") % {"waited": waited}, "7", due=due)
                case Status.PRE_ACCEPTED:
                    yield self._item(problem, Action.SUBMIT_UPWARD, waited, "17", since=since)
                case Status.SUBMITTED_UPWARD:
                    yield self._item(problem, Action.SUPERIOR_RESULT, waited, "17", since=since)
                case Status.CLOSED:
                    yield self._item(problem, Action.FILE, _("closed, %(waited)s") % {"waited": waited}, "17", since=since)
        replied = SupervisionRecord.objects.filter(
            problem__in=self.seen.values("pk"), replied_at__isnull=False, accepted_at__isnull=True
        )
        for record in replied.select_related("problem", "replying_unit"):
            name = _("Accept the reply to the supervision")
            yield self._of_supervision(
                record, name, "supervision_accept", since=record.replied_at and office_day(record.replied_at)
            )

    def replies_due(self) -> Iterator[Item]:
        """Supervisions that one of the person's units has to reply to."""
        units = self.visitor.held.units()
        if not units:
            return
        mine = Involvement.objects.filter(unit__in=units, role=Involvement.Role.MAIN).values("problem")
        waiting = SupervisionRecord.objects.filter(problem__in=mine, replied_at__isnull=True).filter(
            problem__in=self.seen.values("pk")
        )
        for record in waiting.select_related("problem"):
            yield self._of_supervision(record, _("Reply to the supervision"), "supervision_reply", due=record.reply_due)

    def _of_supervision(
        self, record: SupervisionRecord, name: str, route: str, *, due: date | None = None, since: date | None = None
    ) -> Item:
        return Item(
            kind=name,
            subject=record.problem.title,
            address=reverse("problem", args=[record.problem_id]),
            note=_("visited on %(day)s") % {"day": words.day_in_words(record.date, self.on)},
            articles="13",
            verb=name,
            verb_address=reverse(route, args=[record.pk]),
            light=marks.light(record.problem, self.on),
            due=due,
            left=time_left(due, self.on, self.calendar) if due is not None else None,
            since=since,
        )

    def _supervised(self, *statuses: Status, lead_only: bool = False, units: Iterable[str] | None = None) -> QuerySet[Problem]:
        involved = Involvement.objects.filter(role=Involvement.Role.SUPERVISING, unit__in=units or self.visitor.held.units())
        if lead_only:
            involved = involved.filter(position=0)
        return self._problems(*statuses).filter(pk__in=involved.values("problem"))

    def opinions(self) -> Iterator[Item]:
        """Opinions that one of the person's units has still to give."""
        units = self.visitor.held.units()
        if not units or self.visitor.is_office:
            return
        problems = list(self._supervised(Status.APPLIED, Status.ACCEPTING)[:MOST])
        applications = {a.problem_id: a for a in Application.objects.filter(problem__in=problems, outcome="")}
        given = set(
            Opinion.objects.filter(application__in=applications.values(), unit__in=units).values_list("application", flat=True)
        )
        asked = rules_in_force(self.on).whole("opinion_days")
        for problem in problems:
            application = applications.get(problem.pk)
            if application is None or application.pk in given:
                continue
            received = office_day(application.received_at)
            due = self.calendar.add(received, asked)
            note = _("applied on %(day)s") % {"day": words.day_in_words(received, self.on)}
            yield self._item(problem, Action.OPINION, note, "17", due=due, working=True)

    def decisions(self) -> Iterator[Item]:
        """Acceptances that the person decides as head of the lead unit."""
        headed = self.visitor.held.headed_units()
        if not headed or self.visitor.is_office:
            return
        for problem in self._supervised(Status.ACCEPTING, lead_only=True, units=headed)[:MOST]:
            yield self._item(problem, Action.DECIDE, _("opinions are coming in"), "17", due=problem.acceptance_due, working=True)

    def confirmations(self) -> Iterator[Item]:
        """Passed problems of the sectors whose district leader this person is today, or stands in for."""
        if not self.visitor.held.has(Role.DISTRICT_LEADER):
            return
        person = self.visitor.person
        sectors = sectors_of_leader(person, self.on)
        for problem in self._problems(Status.PASSED).order_by("status_since")[:MOST]:
            if problem.sector_id in sectors or policy.may(person, Action.CONFIRM, problem, self.visitor.at, self.visitor.held):
                since = office_day(problem.status_since)
                note = _("passed on %(day)s") % {"day": words.day_in_words(since, self.on)}
                yield self._item(problem, Action.CONFIRM, note, "17", since=since)

    def endorsements(self) -> Iterator[Item]:
        """Finds of oversight leaders that the sector's lead unit endorses with its stamp."""
        units = self.visitor.held.units()
        if not units or self.visitor.is_office:
            return
        sectors = led_sectors(units, self.on)
        waiting = self._problems(Status.REPORTED).filter(
            sector__in=sectors, discovery="oversight_leader", endorsement_file__isnull=True
        )
        for problem in waiting[:MOST]:
            yield self._item(problem, Action.ENDORSE, problem.area.name if problem.area else "", "6")

    def rectifying(self) -> Iterator[Item]:
        """Problems that one of the person's units rectifies, the nearest deadline first."""
        mine = Involvement.objects.filter(unit__in=self.visitor.held.units(), role=Involvement.Role.MAIN).values("problem")
        rows = self._problems(Status.PLANNED, Status.RECTIFYING).filter(pk__in=mine)
        for problem in rows.order_by(F("deadline").asc(nulls_last=True), "number")[:MOST]:
            ready = problem.measures_total and problem.measures_done >= problem.measures_total
            first = bool(self.visitor.held.units().intersection(policy.main_units(problem)[:1]))
            action = Action.APPLY if ready and first and problem.status == Status.RECTIFYING else Action.PROGRESS
            note = _("%(done)s of %(all)s measures done") % {"done": problem.measures_done, "all": problem.measures_total}
            pace = words.word(words.PACE_NAMES, marks.pace_of(problem, self.on))
            yield self._item(problem, action, f"{note}・{pace}", "16" if action is Action.APPLY else "8", due=problem.deadline)

    def late_acceptances(self) -> Iterator[Item]:
        """Acceptances past their ten working days: the lead's lateness."""
        late = self._problems(Status.APPLIED, Status.ACCEPTING).filter(acceptance_due__lt=self.on)
        for problem in late.order_by("acceptance_due")[:MOST]:
            lead = next(
                (i.unit.short_name for i in problem.involvements.all() if i.role == "supervising" and i.position == 0), ""
            )
            yield Item(
                kind=lead,
                subject=problem.title,
                address=reverse("problem", args=[problem.pk]),
                note="",
                articles="17",
                verb=_("Look at it"),
                verb_address=reverse("problem", args=[problem.pk]),
                light=marks.light(problem, self.on),
                due=problem.acceptance_due,
                left=time_left(problem.acceptance_due, self.on, self.calendar) if problem.acceptance_due else None,
            )

    def inspections(self) -> Iterator[Item]:
        """Inspections to go on, and unannounced ones to release."""
        v = self.visitor
        known = visible_inspections(v.person, v.at, v.held).annotate(last_visit=Max("visits__observed_at"))
        ahead = Q(date__gte=self.on) & (Q(led_by=v.person) | Q(people=v.person))
        hidden = Q(announced=False, released_at__isnull=True)
        for inspection in known.filter(ahead | hidden).select_related("led_by").distinct().order_by("date")[:50]:
            release = not inspection.is_open and may_release(v.person, v.held, inspection)
            last = getattr(inspection, "last_visit", None)
            yield _of_inspection(inspection, release and inspection.date <= self.on, office_day(last) if last else None, self.on)

    def my_reports(self) -> Iterator[Item]:
        """What the person reported that is still to be examined, or was returned."""
        mine = self.seen.filter(reported_by=self.visitor.person, status__in=[Status.REPORTED, Status.RETURNED])
        for problem in mine.select_related("area").order_by("-received_at")[:10]:
            returned = problem.status == Status.RETURNED
            yield Item(
                kind=_("Returned") if returned else _("To be examined"),
                subject=problem.title,
                address=reverse("problem", args=[problem.pk]),
                note=problem.area.name if problem.area else "",
                articles="5",
                verb=_("Look at it"),
                verb_address=reverse("problem", args=[problem.pk]),
                since=office_day(problem.received_at),
            )


def _of_inspection(inspection: Inspection, release: bool, last: date | None, on: date) -> Item:
    address = reverse("inspection", args=[inspection.pk])
    note = str(inspection.led_by or "")
    if last:
        note = _("last on site on %(day)s") % {"day": words.day_in_words(last, on)}
    kind = _("Announced") if inspection.announced else _("Unannounced")
    return Item(
        kind=kind,
        subject=str(inspection.get_kind_display()),
        address=address,
        note=note,
        articles="10",
        verb=_("Release") if release else _("Look at it"),
        verb_address=address,
        since=inspection.date,
    )


def _waited(days: int) -> str:
    return _("today") if days <= 0 else ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
