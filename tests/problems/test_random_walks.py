"""Random walks over everything that can be done to problems: after each step, what must hold is worked out anew and compared.

The walks are seeded: a failure names its seed and step, and comes again.
"""

import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import Q

from server.acceptance.models import Application
from server.coordination.verbs import perform
from server.evidence.models import Claim, Photo
from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, release, submit_visit
from server.inspections.models import Inspection, Visit
from server.inspections.policy import visits_visible_to
from server.plans.models import Plan
from server.problems import marks
from server.problems.models import Embargo, Involvement, Problem
from server.problems.policy import entries_visible_to, visible_to
from server.progress.models import Progress
from server.records.models import Entry
from server.regulation import lights, pace
from server.regulation.lifecycle import MOVES, Action
from server.regulation.statuses import Status
from server.rulebook.queries import rules_of
from server.runtime.refusals import Refusal, WrongState
from server.supervision.actions import SupervisionDraft, accept_supervision_reply, record_supervision, reply_to_supervision
from server.units.models import Person
from server.units.predicates import office_day
from tests.world import CHECKLIST, IN_LOTUS, IN_STONE_BRIDGE, PASSWORD, World, day

pytestmark = pytest.mark.django_db

STEPS = 150
# The walks are long: each database takes two, one of them in common.
SEEDS = (2, 3) if os.environ.get("DB") == "pg" else (1, 2)
PEOPLE_OF = {
    "stone_bridge": ["town_head", "town_liaison"],
    "lotus": ["lotus_head", "lotus_liaison"],
    "jiulong": ["park_head", "park_liaison"],
    "urban": ["supervisor_head", "supervisor_liaison"],
    "water": ["second_supervisor_head", "second_supervisor_liaison"],
    "ecology": ["ecology_head"],
}
UNITS = list(PEOPLE_OF)
OUTSIDERS = ["town_head", "supervisor_head", "district_leader", "committee_government", "special_supervisor"]


@dataclass
class Walk:
    """One walk through the district: a few problems, a clock that moves on, and what has been done so far."""

    world: World
    chance: random.Random
    now: datetime
    problems: list[UUID] = field(default_factory=list)
    inspections: list[UUID] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    # -- choosing -------------------------------------------------------------------------------------------------

    def problem(self) -> Problem:
        """Mostly one of the few it began with, so that some come far along the way."""
        few = self.problems[:5] if self.chance.random() < 0.7 else self.problems
        return Problem.objects.get(pk=self.chance.choice(few))

    def units(self, problem: Problem, role: str) -> list[str]:
        rows = Involvement.objects.filter(problem=problem, role=role).order_by("position")
        return list(rows.values_list("unit_id", flat=True))

    def of_unit(self, unit: str, *, head: bool = False) -> Person:
        return getattr(self.world, self.chance.choice(PEOPLE_OF[unit][: 1 if head else 2]))  # type: ignore[no-any-return]  # by name

    def paper(self, by: Person) -> str:
        return str(self.world.document(by, self.now, str(uuid4())))

    def photos(self, by: Person, *stages: str) -> list[UUID]:
        return [self.world.photo(by=by, at=self.now, stage=stage, shade=self.chance.randrange(250)) for stage in stages]

    # -- doing: each verb by whoever has it, with a body that may or may not do -----------------------------------------

    def verb(self) -> tuple[str, Problem, Person, dict[str, Any]]:
        problem = self.problem()
        possible = [
            m.action for m in MOVES.values() if Status(problem.status) in m.from_ and m.action not in ("suspend", "resume")
        ]
        dull = {"correct", "add_source", "add_site", "merge", "cancel", "return", "reassign", "adjust_plan", "withdraw"}
        weights = [1 if action in dull else 6 for action in possible]
        action = str(self.chance.choices(possible, weights)[0]) if possible and self.chance.random() < 0.9 else "withdraw"
        by = self.who(action, problem)
        return action, problem, by, self.body(action, problem, by)

    def who(self, action: str, problem: Problem) -> Person:
        if self.chance.random() < 0.07:
            return self.chance.choice(sorted(self.world.people.values(), key=lambda p: p.username))
        main, supervising = self.units(problem, "main"), self.units(problem, "supervising")
        who = MOVES[Action(action)].who
        if who in {"main_unit", "first_main_unit"} and main:
            return self.of_unit(main[0] if who == "first_main_unit" else self.chance.choice(main))
        if who in {"supervising_unit", "lead_unit", "lead_head"} and supervising:
            unit = self.chance.choice([*supervising[:1] * 3, *supervising]) if who == "supervising_unit" else supervising[0]
            return self.of_unit(unit, head=who == "lead_head")
        if who == "sector_leader":
            return self.world.district_leader if problem.sector_id != "air" else self.world.other_district_leader
        return self.world.supervisor_head if who == "sector_lead_unit" else self.world.office

    def body(self, action: str, problem: Problem, by: Person) -> dict[str, Any]:
        chance, today = self.chance, office_day(self.now)
        later = (today + timedelta(days=chance.randrange(5, 160))).isoformat()
        plan = Plan.objects.filter(problem=problem).order_by("-version").first()
        keys = [str(m.key) for m in plan.measures.all()] if plan else []
        stages = [str(s.key) for s in plan.stages.all()] if plan else []
        match action:
            case "endorse":
                return {"file": self.paper(by)}
            case "list":
                source = chance.choice(["district_self_check"] * 2 + ["central_petition"])
                own = source == "district_self_check"
                sector = chance.choice(["waste", "water", "air"])
                return {"source": source, "sector": sector, "discovery": "other" if own else None}
            case "return" | "restore" | "withdraw":
                return {"reason": "理由"}
            case "cancel":
                return {"ground": "不属实", "document": self.paper(by)}
            case "merge":
                return {"into": str(chance.choice(self.problems))}
            case "correct":
                field_, value = chance.choice([("title", f"题目{chance.random()}"), ("location", IN_LOTUS), ("sector", "water")])
                return {"field": field_, "value": value, "ground": "录入有误"}
            case "add_source":
                source = chance.choice(["provincial_petition", "central_inspection"])
                return {"source": source, "superior_number": str(chance.random())}
            case "add_site":
                return {"name": "另一处", "location": IN_STONE_BRIDGE}
            case "issue_plan" | "adjust_plan":
                return self.plan(action, problem, by, plan)
            case "reassign":
                some = chance.sample(UNITS, 3)
                sides = chance.choice([{"main_units": some[:1]}, {"supervising_units": some[1:]}, {"main_units": some[:2]}])
                return {**sides, "ground": "职责调整", "document": self.paper(by)}
            case "progress":
                done = keys if chance.random() < 0.6 else keys[:1]
                photos = self.photos(by, "before", "during", "after") if chance.random() < 0.5 else []
                percent, flag = chance.randrange(101), chance.choice(["", "on_track", "at_risk", "behind"])
                return {
                    "percent": percent,
                    "text": "进展",
                    "done": done,
                    "reached": stages if done == keys else stages[:1],
                    "flag": flag,
                    "photos": [str(photo) for photo in photos],
                }
            case "apply":
                before, during, after = self.photos(by, "before", "during", "after")
                waivers = [{"site": str(s.pk), "stage": "before", "reason": "影像"} for s in problem.sites.exclude(pk=problem.pk)]
                return {
                    "statement": "申请验收",
                    "pairs": [{"before": str(before), "after": str(after)}],
                    "during": [str(during)],
                    "registration_form": self.paper(by),
                    "waivers": waivers,
                }
            case "send_back":
                return {"missing": ["登记表不清"]}
            case "opinion":
                return {"result": chance.choice(["pass", "pass", "fail"]), "text": "意见", "checklist": dict(CHECKLIST)}
            case "decide":
                result = chance.choice(["pass", "pass", "fail"])
                return {"result": result, "text": "决定", "password": PASSWORD, "form": self.paper(by)}
            case "confirm":
                return {"password": PASSWORD}
            case "decline":
                return {"reason": "不同意", "password": PASSWORD}
            case "submit_upward":
                return {"to": problem.accepted_by}
            case "superior_result":
                result = chance.choice(["pass", "fail"])
                return {"result": result, "document": self.paper(by), "date": today.isoformat()}
            case "file":
                return {"countersigned_by": "leading_group", "countersign_document": self.paper(by)}
            case "reopen":
                measures = [{"text": "再整改", "id": keys[0] if keys else None}]
                return {
                    "reason": "rebound",
                    "text": "反弹",
                    "document": self.paper(by),
                    "measures": measures,
                    "deadline": later,
                }
        raise AssertionError(action)

    def plan(self, action: str, problem: Problem, by: Person, plan: Plan | None) -> dict[str, Any]:
        chance, today = self.chance, office_day(self.now)
        some = chance.sample(UNITS, 4)
        main, supervising = some[: chance.choice([1, 1, 2])], some[2:]
        if action == "adjust_plan" and chance.random() < 0.8:
            main, supervising = self.units(problem, "main"), self.units(problem, "supervising")
        kept = [{"id": str(m.key), "text": m.text} for m in plan.measures.all()] if plan else []
        end = today + timedelta(days=chance.randrange(10, 160))
        long_term = chance.random() < 0.4
        body: dict[str, Any] = {
            "kind": "long_term" if long_term else "immediate",
            "measures": [*kept, {"text": f"措施{chance.randrange(99)}"}],
            "goal": "目标",
            "main_units": main,
            "supervising_units": supervising,
            "deadline": end.isoformat(),
            "stages": [
                {"goal": "过半", "due": (today + (end - today) / 2).isoformat()},
                {"goal": "完成", "due": end.isoformat()},
            ]
            if long_term
            else [],
            "approvals": [{"step": "审核", "by": "王主任", "date": today.isoformat()}],
            "superior_reference": "上级方案",
            "accepted_by": chance.choice(["district", "district", "province"]),
            "document_number": "1号",
        }
        if action == "adjust_plan":
            body |= {
                "ground": "汛期",
                "approved_by": "领导小组",
                "document": self.paper(by),
                "standard_not_lowered": True,
                "standard_text": "不变",
            }
        return body

    # -- doing: what is no verb of the table ------------------------------------------------------------------------

    def beside(self) -> None:
        chance, world = self.chance, self.world
        deed = chance.choice(["report", "report", "visit", "visit", "visit", "inspect", "release", "supervise", "reply"])
        problem = self.problem()
        self.done.append(f"{deed} {problem.status}")
        if deed == "report":
            inspection = chance.choice([None, *self.inspections])
            photos = self.photos(world.inspector, "before")
            self.problems.append(world.report(at=self.now, inspection=inspection, photos=photos).pk)
        elif deed == "inspect":
            route = chance.sample(self.problems, 2)
            announced = chance.random() < 0.3
            people = ["inspector"] if chance.random() < 0.7 else ["other_inspector", "inspector"]
            draft = InspectionDraft("spot_check", announced, office_day(self.now), people, route)
            self.inspections.append(make_inspection(draft, by=world.office, at=self.now).pk)
        elif deed == "release" and self.inspections:
            inspection = chance.choice(self.inspections)
            hidden = Embargo.objects.filter(inspection=inspection, lifted_at__isnull=True).exclude(subject=inspection)
            subjects = set(hidden.values_list("subject", flat=True))
            some = [pk for pk in self.problems if pk in subjects][:1] if chance.random() < 0.5 else None
            release(inspection, some or None, by=world.leading_group, at=self.now)
        elif deed == "visit":
            self.visit(problem)
        elif deed == "supervise":
            draft_ = SupervisionDraft(date=office_day(self.now), people=["赵组长"], opinion="限期整改")
            record_supervision(problem.pk, draft_, by=world.leading_group, at=self.now)
        elif deed == "reply":
            row = problem.supervision_records.filter(accepted_at__isnull=True).first()
            main = self.units(problem, "main")
            if row is not None and main:
                reply_to_supervision(row.pk, "已整改", by=self.of_unit(main[0]), at=self.now)
                accept_supervision_reply(row.pk, by=world.office, at=self.now)

    def visit(self, problem: Problem) -> None:
        inspection = self.chance.choice([None, *self.inspections])
        late_photo = self.chance.random() < 0.5
        photo = uuid4()
        if not late_photo:
            self.world.photo(
                by=self.world.inspector, at=self.now, stage="after", photo_id=photo, shade=self.chance.randrange(250)
            )
        seen_at = self.now - timedelta(hours=self.chance.randrange(48))
        verdict = self.chance.choice(["rectified", "on_schedule", "behind", "not_started"])
        draft = VisitDraft(problem.pk, seen_at, IN_STONE_BRIDGE, verdict, "现场", [photo], inspection=inspection)
        visit_id = uuid4()
        digest = visit_id.hex * 2
        hidden = inspection is not None and not Inspection.objects.get(pk=inspection).is_open
        hidden &= not Embargo.objects.filter(inspection__in=[inspection], subject=problem.pk, lifted_at__isnull=False).exists()
        before = told(self.world.town_head, problem, self.now), problem_row(problem)
        submit_visit(visit_id, draft, Received("{}", digest, digest), by=self.world.inspector, at=self.now)
        if late_photo:
            self.world.photo(by=self.world.inspector, at=self.now, stage="after", photo_id=photo)
        after = told(self.world.town_head, problem, self.now), problem_row(problem)
        own = problem.embargo is not None and problem.embargo.inspection == inspection  # a find's own photos are its own marks
        assert not hidden or own or before == after, "a hidden visit shows"

    def step(self) -> None:
        self.now += timedelta(hours=self.chance.choice([1, 5, 30, 90]))
        if self.chance.random() < 0.25:
            before = Entry.objects.count()
            try:
                self.beside()
            except Refusal:
                assert Entry.objects.count() == before
            return
        action, problem, by, body = self.verb()
        self.done.append(f"{action} {problem.status}")
        before_row, entries = problem_row(problem), list(Entry.objects.values_list("pk", flat=True))
        try:
            perform(problem.pk, action, body, by=by, at=self.now)
        except Refusal as refused:
            self.done[-1] += f" {type(refused).__name__} {[e.code for e in getattr(refused, 'errors', [])]}"
            assert problem_row(problem) == before_row, "a refusal changed something"
            assert Entry.objects.count() == len(entries)
            assert not isinstance(refused, WrongState) or refused.at == problem.status_since  # noqa: PT017  # one of many
            return
        made = Entry.objects.exclude(pk__in=entries).filter(problem=problem.pk).exclude(action="photo")
        assert [(e.action, e.article) for e in made] == [(action, ", ".join(MOVES[Action(action)].articles))]
        after = Problem.objects.get(pk=problem.pk)
        move = MOVES[Action(action)]
        assert after.status in (move.to or (problem.status,)) or (move.stays and after.status == problem.status)
        assert after.round - problem.round == (1 if after.status in move.next_round else 0)
        assert after.updated_at == self.now


def problem_row(problem: Problem) -> dict[str, Any]:
    return dict(Problem.objects.filter(pk=problem.pk).values().get())


def told(person: Person, problem: Problem, at: datetime) -> object:
    """All that a person is told of a problem."""
    return (
        visible_to(person, at).filter(pk=problem.pk).exists(),
        set(entries_visible_to(person, at).filter(problem=problem.pk).values_list("pk", flat=True)),
        set(visits_visible_to(person, at).filter(problem=problem.pk).values_list("pk", flat=True)),
    )


# -- what must hold -----------------------------------------------------------------------------------------------------


def check_marks(problem: Problem) -> None:
    """Every mark is what the rows of the higher rooms say, and the dates are what the regulation makes of the marks."""
    rules = rules_of(problem.rule_edition, office_day(problem.updated_at))
    dates = lights.light_dates(marks.facts(problem), rules)
    assert (problem.yellow_from, problem.red_from) == (dates.yellow_from, dates.red_from)
    paces = pace.pace_dates(marks.plan_marks(problem), rules)
    assert (problem.started, problem.ahead_until) == (paces.started, paces.ahead_until)
    assert (problem.behind_from, problem.far_behind_from) == (paces.behind_from, paces.far_behind_from)
    plan = Plan.objects.filter(problem=problem).order_by("-version").first()
    if plan is not None:
        keys = {str(m.key) for m in plan.measures.all()}
        assert (problem.deadline, problem.plan_kind, problem.measures_total) == (plan.deadline, plan.kind, len(keys))
        assert problem.measures_done == len(keys & set(problem.done_keys))
        assert [s["key"] for s in problem.stages] == [str(s.key) for s in plan.stages.all()]
        main = set(Involvement.objects.filter(problem=problem, role="main").values_list("unit_id", flat=True))
        assert set(problem.percents) <= main
        for unit, given in problem.percents.items():
            assert given["percent"] == Progress.objects.filter(problem=problem, unit=unit).latest("at").percent
    application = Application.objects.filter(problem=problem, outcome="").first()
    assert problem.acceptance_due == (application.due if application else None)
    assert (application is not None) == (problem.status in ("applied", "accepting"))
    passed = Application.objects.filter(problem=problem, outcome="passed").count()
    assert passed == (1 if problem.status in ("passed", "pre_accepted", "submitted_upward", "closed", "filed") else 0)
    assert (problem.closed_on is not None) == (problem.status in ("closed", "filed"))
    assert bool(problem.filing_number) == (problem.status == "filed")
    owed = problem.supervision_records.filter(accepted_at__isnull=True).order_by("date").first()
    assert problem.supervision_open == (owed.date if owed else None)
    free = Q(embargo__isnull=True) | Q(embargo__lifted_at__isnull=False)
    last = Visit.objects.filter(free, problem=problem).order_by("observed_at", "received_at").last()
    assert problem.last_verdict == (last.verdict if last else "")
    mine = free | Q(embargo=problem.embargo_id) if problem.embargo_id else free
    photos = list(Photo.objects.filter(mine, problem=problem).values_list("photo_stage", flat=True))
    counted = (problem.before_photos, problem.during_photos, problem.after_photos)
    assert counted == tuple(photos.count(stage) for stage in ("before", "during", "after"))
    claimed = set(Claim.objects.filter(mine, problem=problem).values_list("photo", flat=True))
    assert problem.missing_photos == len(claimed) - Photo.objects.filter(pk__in=claimed).count()


def check_standings(problem: Problem) -> None:
    rows = list(problem.standings.order_by("from_at", "pk"))
    assert [row.until_at for row in rows] == [row.from_at for row in rows[1:]] + [None]
    last = rows[-1]
    assert (last.status, last.yellow_from, last.red_from, last.area_id) == (
        problem.status,
        problem.yellow_from,
        problem.red_from,
        problem.area_id,
    )


def check_sides(problem: Problem) -> None:
    rectifiers = set(
        Involvement.objects.filter(problem=problem, role__in=["main", "former_main"]).values_list("unit_id", flat=True)
    )
    for application in Application.objects.filter(problem=problem):
        assert not rectifiers & set(application.opinions.values_list("unit_id", flat=True))
    if Plan.objects.filter(problem=problem).exists():
        first = Plan.objects.filter(problem=problem).earliest("version").units["main"]
        assert {unit["code"] for unit in first} <= rectifiers


def check_secrets(walk: Walk) -> None:
    """One outsider a step, in turn: the question is asked of all problems, and of each thing that hangs on them."""
    hidden = Embargo.objects.filter(lifted_at__isnull=True)
    person = getattr(walk.world, OUTSIDERS[len(walk.done) % len(OUTSIDERS)])
    assert not visible_to(person, walk.now).filter(embargo__in=hidden).exists()
    assert not visits_visible_to(person, walk.now).filter(embargo__in=hidden).exists()
    assert not entries_visible_to(person, walk.now).filter(embargo__in=hidden.values("pk")).exists()
    secret = Problem.objects.filter(embargo__in=hidden)
    assert not secret.exclude(number=None, status__in=[Status.REPORTED, Status.RETURNED]).exists()


@pytest.mark.parametrize("seed", SEEDS)
def test_on_any_walk_marks_standings_record_and_secrets_hold(world: World, seed: int) -> None:
    walk = Walk(world, random.Random(seed), day(1))
    walk.problems = [world.planned().pk, world.listed().pk, world.report().pk, world.accepting().pk, world.closed().pk]
    for n in range(STEPS):
        walk.step()
        touched = Q(updated_at=walk.now) | Q(pk=walk.chance.choice(walk.problems))
        try:
            for problem in Problem.objects.filter(touched).select_related("embargo"):
                check_marks(problem)
                check_standings(problem)
                check_sides(problem)
            check_secrets(walk)
        except AssertionError as broken:
            broken.add_note(f"seed {seed}, step {n}, problem {problem.pk}: {walk.done[-12:]}")
            raise
    done = {line.split()[0] for line in walk.done if len(line.split()) == 2}
    assert done >= {"list", "issue_plan", "progress", "apply", "opinion", "decide", "visit", "release"}, "it went nowhere"
