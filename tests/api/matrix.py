"""What stands in the matrix of routes by roles: the objects it is tried on, and who sees them (rules.md, "People see")."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from server.evidence.models import Photo
from server.inspections.actions import InspectionDraft, Received, VisitDraft, make_inspection, submit_visit
from server.plans.actions import issue_plan
from server.problems.models import FileReference, Problem
from server.supervision.actions import SupervisionDraft, record_supervision
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
    return Objects(known.pk, photo, document, supervision.pk, hidden.pk, hidden_photo, inspection.pk, visit)
