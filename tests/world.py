"""A small district with named actors, made through the program's own actions. Fixed data: no randomness, no clock.

Three areas on a grid near (118.30, 30.90): Stone Bridge town, Lotus town, and the Jiulong park over a part of Stone Bridge.
``T0`` is a Monday morning; tests move on from it with ``day(n)``.
"""

from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db.models import Model
from shapely.geometry import MultiPolygon, box

from gis.layers.reading import ReadArea, ReadLayer, Report
from server.acceptance.actions import ApplicationDraft, Pair, Signature, apply_for_acceptance, confirm, decide, give_opinion
from server.evidence.actions import Declared, take_in
from server.files.actions import store
from server.inspections.actions import Received, ReportDraft, submit_report
from server.plans.actions import Approval, MeasureDraft, PlanDraft, issue_plan
from server.plans.models import Plan
from server.problems.actions import Listing, list_problem
from server.problems.models import Problem
from server.progress.actions import report_progress
from server.regulation.ruleset import in_force
from server.units import actions as units
from server.units.models import Person
from server.units.predicates import office_day
from server.units.roles import Role
from tests.photographs import jpeg

T0 = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct-horse-battery"
IN_STONE_BRIDGE = {"type": "Point", "coordinates": [118.31, 30.91]}
IN_LOTUS = {"type": "Point", "coordinates": [118.37, 30.91]}
IN_PARK = {"type": "Point", "coordinates": [118.342, 30.942]}
OUTSIDE = {"type": "Point", "coordinates": [118.9, 30.91]}


def day(n: float, hour: float = 0) -> datetime:
    """``n`` days (and hours) after T0."""
    return T0 + timedelta(days=n, hours=hour)


def _layer(areas: list[tuple[str, str, str, Any]]) -> ReadLayer:
    features = [
        ReadArea(code=code, name=name, unit_code=unit, geometry=MultiPolygon([shape])) for code, name, unit, shape in areas
    ]
    return ReadLayer(features=features, report=Report(), digest="0" * 64)


@dataclass
class World:
    """The people of the district by what they are."""

    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    # -- things that happen, with as little to say as possible ------------------------------------------------------

    def report(
        self,
        by: Person | None = None,
        at: datetime = T0,
        location: dict[str, Any] | None = None,
        photos: list[UUID] | None = None,
        inspection: UUID | None = None,
        title: str = "石桥镇河岸垃圾堆放",
        **more: Any,
    ) -> Problem:
        report_id = uuid4()
        draft = ReportDraft(
            title=title,
            description="河岸堆放生活垃圾约二十立方米。",
            category="solid_waste",
            observed_at=at,
            photos=photos or [],
            location=location or IN_STONE_BRIDGE,
            no_photo_reason="" if photos else "phone was dead",
            inspection=inspection,
            **more,
        )
        digest = sha256(str(report_id).encode()).hexdigest()
        return submit_report(report_id, draft, Received("{}", digest, digest), by=by or self.inspector, at=at).problem

    def photo(
        self, by: Person | None = None, at: datetime = T0, stage: str = "before", shade: int = 90, photo_id: UUID | None = None
    ) -> UUID:
        data = jpeg(shade=shade)
        photo_id = photo_id or uuid4()
        declared = Declared(
            sha256=sha256(data).hexdigest(), stage=stage, captured_at=at, source="camera", lon=118.31, lat=30.91, accuracy_m=6
        )
        take_in(photo_id, data, declared, by=by or self.inspector, at=at)
        return photo_id

    def document(self, by: Person, at: datetime = T0, text: str = "scan") -> UUID:
        return store(b"%PDF-1.4\n" + text.encode(), uploader_id=by.pk, media_type="application/pdf", name="scan.pdf", at=at).pk

    def listed(self, at: datetime = T0, problem: Problem | None = None, **listing: Any) -> Problem:
        problem = problem or self.report(at=at)
        content: dict[str, Any] = {"source": "district_self_check", "sector": "waste", "discovery": "other", **listing}
        return list_problem(problem.pk, Listing(**content), by=self.office, at=at + timedelta(hours=1))

    def plan_draft(self, at: datetime = T0, **changes: Any) -> PlanDraft:
        content: dict[str, Any] = {
            "kind": "immediate",
            "measures": [MeasureDraft("清运河岸垃圾"), MeasureDraft("设立保洁责任牌")],
            "goal": "河岸无垃圾",
            "main_units": ["stone_bridge"],
            "supervising_units": ["urban", "water"],
            "deadline": office_day(at) + timedelta(days=90),
            "approvals": [Approval("区整改办审核", "王主任", office_day(at))],
            "document_number": "示整改办〔2026〕1号",
            **changes,
        }
        return PlanDraft(**content)

    def planned(self, at: datetime = T0, **changes: Any) -> Problem:
        problem = self.listed(at=at)
        issue_plan(problem.pk, self.plan_draft(at, **changes), by=self.office, at=at + timedelta(hours=2))
        return self.again(problem)

    def plan_of(self, problem: Problem) -> Plan:
        return Plan.objects.filter(problem=problem).latest("version")

    def rectifying(self, at: datetime = T0, done: bool = True, **changes: Any) -> Problem:
        """Progress given; with every measure done and photos of every stage there, so that it can be applied for."""
        problem = self.planned(at=at, **changes)
        keys = [m.key for m in self.plan_of(problem).measures.all()] if done else []
        report_progress(
            problem.pk,
            100 if done else 30,
            "已清运",
            by=self.town_liaison,
            at=at + timedelta(hours=3),
            done=keys,
            photos=self.stages(self.town_liaison, at) if done else [],
        )
        return self.again(problem)

    def stages(self, by: Person, at: datetime) -> list[UUID]:
        return [self.photo(by=by, at=at, stage=stage, shade=40 * n + 50) for n, stage in enumerate(("before", "during", "after"))]

    def pair(self, problem: Problem) -> Pair:
        photos = {p.photo_stage: p.pk for p in problem.photos.all()}
        return Pair(photos["before"], photos["after"])

    def applied(self, at: datetime = T0, **changes: Any) -> Problem:
        problem = self.rectifying(at=at, **changes)
        draft = ApplicationDraft(
            statement="整改完成,申请验收。", pairs=[self.pair(problem)], registration_form=self.document(self.town_liaison, at)
        )
        apply_for_acceptance(problem.pk, draft, by=self.town_liaison, at=at + timedelta(hours=4))
        return self.again(problem)

    def accepting(self, at: datetime = T0, result: str = "pass", **changes: Any) -> Problem:
        problem = self.applied(at=at, **changes)
        give_opinion(problem.pk, result, "现场核实。", CHECKLIST, by=self.supervisor_liaison, at=at + timedelta(hours=5))
        return self.again(problem)

    def passed(self, at: datetime = T0, **changes: Any) -> Problem:
        problem = self.accepting(at=at, **changes)
        signature = Signature(self.supervisor_head, password=PASSWORD, form=self.document(self.supervisor_head, at, "form"))
        decide(problem.pk, "pass", "验收合格。", signature, at=at + timedelta(hours=6))
        return self.again(problem)

    def closed(self, at: datetime = T0, **changes: Any) -> Problem:
        problem = self.passed(at=at, **changes)
        confirm(problem.pk, Signature(self.district_leader, password=PASSWORD), at=at + timedelta(hours=7))
        return self.again(problem)

    def again(self, problem: Problem) -> Problem:
        return Problem.objects.get(pk=problem.pk)


CHECKLIST: dict[str, bool] = {}


def build() -> World:
    """Make the district: units, people, layers and the responsibility list, in force since a year before T0."""
    CHECKLIST.update({item.code: True for item in in_force(T0.date()).checklist})
    start = T0 - timedelta(days=365)
    since = start.date()
    world = World()
    for n, (code, name, kind, authority, office) in enumerate(UNITS):
        units.create_unit(code, name, kind, by=None, at=start, sector_authority=authority, houses_office=office, position=n)
    for username, name, role, unit, more in PEOPLE:
        person = units.create_person(username, name, PASSWORD, by=None, at=start)
        world.people[username] = person
        units.grant_role(person, role, by=None, at=start, unit=unit, from_date=since, **more)
    _load(world, start)
    for n, (code, name, supervising) in enumerate(SECTORS):
        units.create_sector(code, name, by=None, at=start, position=n)
        leader = world.district_leader if code != "air" else world.other_district_leader
        units.set_responsibility(code, supervising, leader, from_date=since, by=None, at=start)
    return world


def _load(world: World, at: datetime) -> None:
    towns = _layer(
        [
            ("990001", "石桥镇", "stone_bridge", box(118.30, 30.90, 118.35, 30.95)),
            ("990002", "荷塘镇", "lotus", box(118.35, 30.90, 118.40, 30.95)),
        ]
    )
    park = _layer([("990101", "九龙园区", "jiulong", box(118.335, 30.935, 118.35, 30.95))])
    for layer, name, kind, read in (("towns", "镇街", "administrative", towns), ("park", "园区", "park", park)):
        units.load_layer(read, layer=layer, name=name, kind=kind, source=f"{layer}.geojson", by=None, at=at)


UNITS = [
    ("stone_bridge", "石桥镇人民政府", "town", False, False),
    ("lotus", "荷塘镇人民政府", "town", False, False),
    ("jiulong", "九龙园区服务中心", "park", False, False),
    ("urban", "区城市管理局", "department", True, False),
    ("water", "区水利局", "department", True, False),
    ("ecology", "市生态环境局示范区分局", "department", True, True),
]
SECTORS = [
    ("waste", "城乡生活垃圾", ["urban", "water", "ecology"]),
    ("water", "水环境", ["water", "urban"]),
    ("air", "大气污染", ["ecology", "urban"]),
]
PEOPLE: list[tuple[str, str, Role, str | None, dict[str, Any]]] = [
    ("office", "区整改办 王敏", Role.OFFICE, None, {}),
    ("committee_government", "区委 李书记", Role.COMMITTEE_GOVERNMENT, None, {}),
    ("leading_group", "整改领导小组 赵组长", Role.LEADING_GROUP, None, {}),
    ("district_leader", "分管副区长 陈涛", Role.DISTRICT_LEADER, None, {"sectors": ["waste", "water"]}),
    ("other_district_leader", "分管副区长 周岚", Role.DISTRICT_LEADER, None, {"sectors": ["air"]}),
    ("oversight_leader", "区人大 孙主任", Role.OVERSIGHT_LEADER, None, {}),
    ("special_supervisor", "专项监督长 吴磊", Role.SPECIAL_SUPERVISOR, None, {"areas": ["990001"], "sectors": ["waste"]}),
    ("inspector", "检查人员 林静", Role.INSPECTOR, None, {}),
    ("other_inspector", "检查人员 郑凯", Role.INSPECTOR, None, {}),
    ("town_head", "石桥镇 镇长", Role.UNIT_HEAD, "stone_bridge", {}),
    ("town_liaison", "石桥镇 联络员", Role.UNIT_LIAISON, "stone_bridge", {}),
    ("lotus_head", "荷塘镇 镇长", Role.UNIT_HEAD, "lotus", {}),
    ("lotus_liaison", "荷塘镇 联络员", Role.UNIT_LIAISON, "lotus", {}),
    ("park_head", "九龙园区 主任", Role.UNIT_HEAD, "jiulong", {}),
    ("park_liaison", "九龙园区 联络员", Role.UNIT_LIAISON, "jiulong", {}),
    ("supervisor_head", "城管局 局长", Role.UNIT_HEAD, "urban", {}),
    ("supervisor_liaison", "城管局 联络员", Role.UNIT_LIAISON, "urban", {}),
    ("second_supervisor_head", "水利局 局长", Role.UNIT_HEAD, "water", {}),
    ("second_supervisor_liaison", "水利局 联络员", Role.UNIT_LIAISON, "water", {}),
    ("ecology_head", "生态环境分局 局长", Role.UNIT_HEAD, "ecology", {}),
    ("inspection_bureau", "区委督查室", Role.INSPECTION_BUREAU, None, {}),
    ("discipline", "区纪委监委", Role.DISCIPLINE, None, {}),
    ("auditor", "审计管理员", Role.AUDITOR, None, {}),
    ("admin", "系统管理员", Role.ADMIN, None, {}),
    ("security_admin", "安全管理员", Role.SECURITY_ADMIN, None, {}),
]


_kept: tuple[list[list[Model]], list[str]] | None = None


def rebuild() -> World:
    """The same district again: made by the actions once in each process, and its rows put back for every further test.

    The rows are what the actions wrote, record and all, so a test cannot tell; it costs a tenth of making them anew.
    """
    global _kept
    if _kept is None:
        before = {model for model in apps.get_models() if model._base_manager.exists()}
        world = build()
        rows = [list(model._base_manager.all()) for model in apps.get_models() if model not in before]
        _kept = [group for group in rows if group], list(world.people)
        return world
    groups, usernames = _kept
    people: dict[str, Person] = {}
    for group in groups:
        copies = [copy(row) for row in group]
        type(group[0])._base_manager.bulk_create(copies)
        people.update({row.username: row for row in copies if isinstance(row, Person)})
    CHECKLIST.update({item.code: True for item in in_force(T0.date()).checklist})
    return World({username: people[username] for username in usernames})


@pytest.fixture
def world(db: None) -> World:
    """The district, in a transaction that is undone after the test."""
    return rebuild()


@pytest.fixture
def committed_world(committing_db: Any) -> World:
    """The district in a database of its own that may be committed to."""
    return build()
