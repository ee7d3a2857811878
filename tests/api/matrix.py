"""What stands in the matrix of routes by roles: the objects it is tried on, and who sees them (rules.md, "People see")."""

import json
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

from server.evidence.models import Photo
from server.files.actions import store
from server.inspections.actions import (
    InspectionDraft,
    Received,
    ReportDraft,
    VisitDraft,
    make_inspection,
    submit_report,
    submit_visit,
)
from server.inspections.models import SetAside
from server.notices.models import Notice
from server.plans.actions import issue_plan
from server.problems.models import FileReference, Problem
from server.runtime.refusals import Conflict
from server.supervision.actions import SupervisionDraft, record_supervision
from tests.photographs import jpeg
from tests.world import IN_STONE_BRIDGE, T0, World, day

EVERYBODY = frozenset(
    {
        "office",
        "committee_government",
        "leading_group",
        "district_leader",
        "other_district_leader",
        "oversight_leader",
        "special_supervisor",
        "inspector",
        "other_inspector",
        "town_head",
        "town_liaison",
        "lotus_head",
        "lotus_liaison",
        "park_head",
        "park_liaison",
        "supervisor_head",
        "supervisor_liaison",
        "second_supervisor_head",
        "second_supervisor_liaison",
        "ecology_head",
        "inspection_bureau",
        "discipline",
        "auditor",
        "admin",
        "security_admin",
    }
)
SEES_EVERYTHING = frozenset({"office", "leading_group"})
LEADERS = frozenset({"committee_government", "district_leader", "other_district_leader", "oversight_leader", "inspection_bureau"})
INSPECTORS = frozenset({"inspector", "other_inspector"})
STONE_BRIDGE = frozenset({"town_head", "town_liaison"})
URBAN = frozenset({"supervisor_head", "supervisor_liaison"})
WATER = frozenset({"second_supervisor_head", "second_supervisor_liaison"})
ADMINISTRATORS = frozenset({"auditor", "admin", "security_admin"})

SEES_KNOWN = SEES_EVERYTHING | LEADERS | INSPECTORS | STONE_BRIDGE | URBAN | WATER | {"ecology_head", "special_supervisor"}
"""A planned problem of Stone Bridge in the sector that urban, water and ecology supervise."""

SEES_HIDDEN = SEES_EVERYTHING | {"oversight_leader", "inspector"}
"""An unreleased find in Stone Bridge: office, leading_group, the inspection's leader and its people."""


@dataclass(frozen=True)
class Objects:
    """The ids the routes are tried with."""

    known: UUID
    known_photo: UUID
    document: UUID
    supervision: UUID
    hidden: UUID
    hidden_photo: UUID
    inspection: UUID
    visit: UUID
    set_aside: int
    hidden_set_aside: int
    hidden_notice: int


def make(world: World) -> Objects:
    """A planned problem with a photo, a document and a supervision; beside it an unreleased inspection that found another."""
    photo = world.photo(at=T0)
    known = world.listed(problem=world.report(photos=[photo]))
    document = world.document(world.office)
    issue_plan(known.pk, world.plan_draft(document=document), by=world.office, at=day(0, 2))
    assert FileReference.objects.filter(file=document, problem=known).exists()
    supervision = record_supervision(
        known.pk, SupervisionDraft(date=T0.date(), people=["赵组长"], opinion="限期清运"), by=world.leading_group, at=day(0, 3)
    )
    draft = InspectionDraft(
        kind="spot_check", announced=False, date=T0.date(), people=["inspector"], led_by="oversight_leader", problems=[known.pk]
    )
    inspection = make_inspection(draft, by=world.office, at=day(0, 4))
    hidden_photo = world.photo(at=day(0, 5), shade=120)
    hidden = world.report(inspection=inspection.pk, at=day(0, 5), photos=[hidden_photo], title="石桥镇暗管排污")
    visit = uuid4()
    submit_visit(
        visit,
        VisitDraft(
            problem=known.pk,
            observed_at=day(0, 6),
            location=IN_STONE_BRIDGE,
            verdict="not_started",
            notes="未动工",
            photos=[],
            inspection=inspection.pk,
        ),
        Received("{}", "1" * 64, "1" * 64),
        by=world.inspector,
        at=day(0, 6),
    )
    assert Photo.objects.filter(pk=hidden_photo, embargo__isnull=False).exists()
    assert Problem.objects.get(pk=hidden.pk).embargo_id is not None
    aside, hidden_aside = (second_content(world, problem) for problem in (known, hidden))
    told = Notice.objects.get(person=world.office, subject=hidden.pk)
    return Objects(
        known.pk,
        photo,
        document,
        supervision.pk,
        hidden.pk,
        hidden_photo,
        inspection.pk,
        visit,
        aside.pk,
        hidden_aside.pk,
        told.pk,
    )


def second_content(world: World, problem: Problem) -> SetAside:
    """Something set aside: another content under the uuid of a report, with a file beside it."""
    body = json.dumps({"title": problem.title, "description": "另一份"}, ensure_ascii=False)
    draft = ReportDraft(problem.title, "另一份", "solid_waste", T0, [], location=IN_STONE_BRIDGE, no_photo_reason="没拍")
    digest = sha256(body.encode()).hexdigest()
    with suppress(Conflict):
        submit_report(problem.pk, draft, Received(body, digest, digest), by=world.inspector, at=day(0, 7))
    row = SetAside.objects.get(submission=problem.pk)
    stored = store(jpeg(shade=44), uploader_id=world.inspector.pk, media_type="image/jpeg", name="河岸.jpg", at=day(0, 7))
    SetAside.objects.filter(pk=row.pk).update(file=stored.pk)
    return row
