"""Bodies and answers of reports, visits and receipts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, gettext_noop
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mobile_api.clock import spelled
from mobile_api.serializers.fields import Moment, Number, Uuid, uuids
from server.coordination.bodies import Body, Optional, Text
from server.coordination.verbs import validated
from server.evidence.queries import missing_of_each
from server.inspections.actions import ReportDraft, SiteDraft, VisitDraft
from server.inspections.actions.submitting import Accepted
from server.inspections.models import Submission, Visit
from server.inspections.reading import MOST_ACCURACY, MOST_MOVED, MOST_PHOTOS
from server.problems import marks
from server.problems.models import Problem
from server.problems.policy import visible_to
from server.problems.queries import return_reasons
from server.runtime.refusals import FieldError, Invalid
from server.units.models import Person
from server.units.predicates import Capacities, office_day
from server.units.queries import unit_of_area

MEASURE_STATES = ("done", "partly", "not_done", "not_applicable")
HINTS = {
    "outside_district": gettext_noop("The place lies outside the district."),
    "maybe_swapped": gettext_noop("With longitude and latitude exchanged the place would lie in the district."),
    "maybe_gcj02": gettext_noop("Read as GCJ-02 the place would lie in the district."),
    "maybe_known": gettext_noop("A problem of this category is known close by."),
    "moved": gettext_noop("It was seen in a post that had ended when it arrived."),
    "late": gettext_noop("The problem was closed, merged or given to others in the meantime."),
}


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": ["Point"]},
            "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        },
        "example": {"type": "Point", "coordinates": [118.31, 30.91]},
    }
)
class GeoPoint(serializers.JSONField):
    """A GeoJSON Point in the system that `crs` names; what is no point is judged with the coordinates."""


class SiteBody(serializers.Serializer[Any]):
    id = Uuid()
    name = Text(80)
    location = GeoPoint()


class ReportBody(Body):
    """`location` is a GeoJSON Point, or in its place an area (or "district") with the reason why there is no point.

    `moved_m`: metres the pin was moved by hand from the phone's fix.
    """

    title = Text(120)
    description = Text()
    category = Text(30)
    further_categories = serializers.ListField(child=Text(30), max_length=20, required=False, default=list)
    sector = Text(40, required=False, allow_null=True, default=None)
    discovery = Text(40, required=False, allow_null=True, default=None)
    location = GeoPoint(required=False, allow_null=True, default=None)
    area = Text(40, required=False, allow_null=True, default=None)
    no_location_reason = Optional()
    crs = Text(20, required=False, allow_null=True, default=None)
    accuracy_m = Number(0, MOST_ACCURACY, required=False, allow_null=True, default=None)
    moved_m = Number(0, MOST_MOVED, required=False, allow_null=True, default=None)
    observed_at = Moment()
    inspection = Uuid(required=False, allow_null=True, default=None)
    sites = SiteBody(many=True, required=False, default=list)
    no_photo_reason = Optional()
    photos = uuids(MOST_PHOTOS)

    def validate_sites(self, sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(sites) > MOST_PHOTOS:
            raise serializers.ValidationError(gettext("At most %(most)s sites.") % {"most": MOST_PHOTOS}, code="too_many")
        if len({site["id"] for site in sites}) != len(sites):
            raise serializers.ValidationError(gettext("A site stands here twice."), code="doubled")
        return sites


class MeasureState(serializers.Serializer[Any]):
    id = Uuid()
    state = serializers.ChoiceField(choices=MEASURE_STATES)


class VisitBody(Body):
    problem = Uuid()
    inspection = Uuid(required=False, allow_null=True, default=None)
    observed_at = Moment()
    location = GeoPoint(allow_null=True)
    crs = Text(20, required=False, allow_null=True, default=None)
    accuracy_m = Number(0, MOST_ACCURACY, required=False, allow_null=True, default=None)
    verdict = Text(20)
    notes = Text()
    people = serializers.ListField(child=Text(60), max_length=50, required=False, default=list)
    measures = MeasureState(many=True, required=False, default=list)
    enterprise = Optional(120, allow_null=True)
    referred_to_enforcement = serializers.BooleanField(required=False, default=False)
    photos = uuids(MOST_PHOTOS)


def report_draft(report_id: UUID, content: dict[str, Any]) -> ReportDraft:
    """A report's body as the draft that the action takes. Raises Invalid naming every wrong field."""
    content = dict(content)
    place = content.get("location")
    if isinstance(place, dict) and "type" not in place and "area" in place:
        content["location"] = None
        content.setdefault("area", place["area"])
        content.setdefault("no_location_reason", place.get("no_location_reason", ""))
    body = validated(ReportBody, content)
    sites = [SiteDraft(site["id"], site["name"], site["location"]) for site in body.pop("sites")]
    first = [
        FieldError(f"sites.{n}.id", "doubled", gettext_noop("This is the id of the first site, which is `location`."))
        for n, site in enumerate(sites)
        if site.id == report_id
    ]
    if first:
        raise Invalid(first)
    return ReportDraft(**body, sites=sites)


def visit_draft(content: dict[str, Any]) -> VisitDraft:
    """A visit's body as the draft that the action takes. Raises Invalid naming every wrong field."""
    body = validated(VisitBody, content)
    return VisitDraft(**{**body, "enterprise": body["enterprise"] or ""})


def accepted(of: Accepted) -> dict[str, Any]:
    """The answer to a visit, and the part of a report's answer that both share."""
    problem = of.problem
    return {
        "uuid": str(of.submission.pk),
        "sha256": of.submission.body_sha256,
        "received_at": spelled(of.submission.received_at),
        "problem": {
            "id": str(problem.pk),
            "number": problem.number if of.seen else None,
            "status": problem.status if of.seen else None,
        },
        "missing": [str(photo) for photo in of.missing],
        "hints": hints(of.hints),
    }


def hints(given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hints in the reader's words."""
    return [{**hint, "detail": gettext(HINTS[hint["code"]])} for hint in given]


def sent_lines(submissions: Sequence[Submission], person: Person, at: datetime, held: Capacities) -> list[dict[str, Any]]:
    """What this person sent, each with its problem as it is now, as far as they may still see that. Six queries in all."""
    ids = [submission.pk for submission in submissions]
    visits = {visit.pk: visit for visit in Visit.objects.filter(pk__in=ids)}
    problem_of = {pk: visits[pk].problem_id if pk in visits else pk for pk in ids}
    problems = visible_to(person, at, held).filter(pk__in=set(problem_of.values())).in_bulk()
    reported = dict(Problem.objects.filter(pk__in=ids).values_list("pk", "hints"))
    missing, reasons, on = missing_of_each(ids), return_reasons(problems.values()), office_day(at)
    lines = []
    for submission in submissions:
        visit = visits.get(submission.pk)
        problem = problems.get(problem_of[submission.pk])
        lines.append(
            {
                "uuid": str(submission.pk),
                "kind": submission.kind,
                "received_at": spelled(submission.received_at),
                "title": submission.title,
                "verdict": visit.verdict if visit else None,
                "problem": _sent_problem(problem, on, reasons) if problem else None,
                "missing": [str(photo) for photo in missing.get(submission.pk, ())],
                "hints": hints(visit.hints if visit else reported.get(submission.pk, [])),
            }
        )
    return lines


def _sent_problem(problem: Problem, on: date, reasons: Mapping[UUID, str]) -> dict[str, Any]:
    light = marks.light(problem, on)
    return {
        "id": str(problem.pk),
        "number": problem.number,
        "title": problem.title,
        "status": problem.status,
        "light": light.value if light else None,
        "reason": reasons.get(problem.pk),
    }


def accepted_report(of: Accepted) -> dict[str, Any]:
    """The answer to a report: also in which area it lies and which unit answers for it."""
    area = of.problem.area
    unit = unit_of_area(of.problem.area_id)
    return {
        **accepted(of),
        "area": {"code": area.code, "name": area.name} if area else None,
        "unit": {"code": unit.code, "name": unit.name} if unit else None,
    }


class ReceiptsBody(Body):
    """What a phone asks to be confirmed; `device`, `waiting` and `oldest` say how it stands with what it has not sent."""

    photos = uuids(2_000, required=False, default=list)
    reports = uuids(2_000, required=False, default=list)
    visits = uuids(2_000, required=False, default=list)
    device = Text(64, required=False, allow_null=True, default=None)
    waiting = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=0, max_value=1_000_000)
    oldest = Moment(any_year=True, required=False, allow_null=True, default=None)


def receipt_of(submission: Submission) -> dict[str, Any]:
    return {
        "uuid": str(submission.pk),
        "sha256": submission.body_sha256,
        "received_at": spelled(submission.received_at),
    }
