"""What the answers look like, for the API's description; a test holds the running server against it."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mobile_api.figures import BY
from mobile_api.reference import LINE_KINDS
from mobile_api.serializers.session import MeAnswer, UnitLine
from server.coordination.bodies import Body, Optional, Text
from server.inspections.models import Inspection, Submission, Visit
from server.plans.models import Plan
from server.problems.models import Problem
from server.problems.queries import LIGHTS, PACES
from server.regulation.statuses import Status

POSITION = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["Point"]},
        "coordinates": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
    "required": ["type", "coordinates"],
}
LINE_GEOMETRY = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["LineString", "MultiLineString", "Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array"},
    },
    "required": ["type", "coordinates"],
}
AREA_GEOMETRY = {
    "type": "object",
    "properties": {"type": {"type": "string", "enum": ["Polygon", "MultiPolygon"]}, "coordinates": {"type": "array"}},
    "required": ["type", "coordinates"],
}


@extend_schema_field({"oneOf": [POSITION, {"type": "null"}]})
class Position(serializers.JSONField):
    """A GeoJSON Point in WGS 84, or null."""


@extend_schema_field({"type": "object", "additionalProperties": True})
class Anything(serializers.JSONField):
    """An object whose members depend on what it tells of."""


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class AnythingOrNull(serializers.JSONField):
    """The same, or null."""


class Shape(serializers.Serializer[Any]):
    """Base of the answers' shapes."""


class ErrorLine(Shape):
    # The contract's names, not what a serializer means by them.
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ProblemDetails(Shape):
    """RFC 9457. For a wrong state also who brought it there, when, and what it is.

    For other content under a known uuid, `set_aside`: whether the office has it now.
    """

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ErrorLine(many=True)  # type: ignore[assignment]  # the contract's name; fields are kept apart
    by = serializers.CharField(required=False)
    at = serializers.DateTimeField(required=False, allow_null=True)
    problem_status = serializers.CharField(required=False)
    set_aside = serializers.BooleanField(required=False)


class CodeName(Shape):
    code = serializers.CharField()
    name = serializers.CharField()


class SourceLine(CodeName):
    level = serializers.ChoiceField(choices=Problem.Level.values)


class Leader(Shape):
    username = serializers.CharField()
    name = serializers.CharField()


class SectorLine(CodeName):
    lead_unit = serializers.CharField(allow_null=True)
    supervising_units = serializers.ListField(child=serializers.CharField())
    district_leader = Leader(allow_null=True)


class AreaProperties(CodeName):
    layer = serializers.CharField()
    unit = serializers.CharField(allow_null=True)


@extend_schema_field(AREA_GEOMETRY)
class AreaGeometry(serializers.JSONField):
    """A GeoJSON polygon, or several."""


class AreaFeature(Shape):
    type = serializers.ChoiceField(choices=["Feature"])
    geometry = AreaGeometry()
    properties = AreaProperties()


class AreaCollection(Shape):
    type = serializers.ChoiceField(choices=["FeatureCollection"])
    features = AreaFeature(many=True)


class SiteLine(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    location = Position()


class ProblemProperties(Shape):
    number = serializers.CharField(allow_null=True)
    superior_number = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    description = serializers.CharField()
    category = serializers.CharField()
    further_categories = serializers.ListField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=[status.value for status in Status])
    light = serializers.ChoiceField(choices=LIGHTS, allow_null=True)
    pace = serializers.ChoiceField(choices=PACES)
    incomplete = serializers.BooleanField()
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # as above
    level = serializers.CharField(allow_null=True)
    sector = serializers.CharField(allow_null=True)
    area = CodeName(allow_null=True)
    whole_district = serializers.BooleanField()
    outside_district = serializers.BooleanField()
    moved_m = serializers.FloatField(allow_null=True)
    sites = SiteLine(many=True)
    main_units = CodeName(many=True)
    supervising_units = CodeName(many=True)
    assisting_units = CodeName(many=True)
    kind = serializers.CharField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True)
    deadline = serializers.DateField(allow_null=True)
    deadline_text = serializers.CharField()
    days_left = serializers.IntegerField(allow_null=True)
    round = serializers.IntegerField()
    observed_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MeasureLine(Shape):
    id = serializers.UUIDField()
    text = serializers.CharField()
    goal = serializers.CharField()
    deadline = serializers.DateField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    done = serializers.BooleanField()


class StageLine(Shape):
    id = serializers.UUIDField()
    goal = serializers.CharField()
    due = serializers.DateField()
    reached = serializers.BooleanField()


class PlanShape(Shape):
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Plan.Kind.values)
    goal = serializers.CharField()
    deadline = serializers.DateField(allow_null=True)
    deadline_text = serializers.CharField()
    measures = MeasureLine(many=True)
    stages = StageLine(many=True)
    document_number = serializers.CharField()
    rule_edition = serializers.CharField()


class PhotoLine(Shape):
    id = serializers.UUIDField()
    stage = serializers.CharField()
    site = serializers.UUIDField()
    sha256 = serializers.CharField()
    captured_at = serializers.DateTimeField(allow_null=True)
    grade = serializers.ChoiceField(choices=["A", "B", "C"])


class NeededField(Shape):
    name = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]  # as above


class CodeText(Shape):
    code = serializers.CharField()
    text = serializers.CharField()


class Needs(Shape):
    fields = NeededField(many=True)  # type: ignore[assignment]  # as above
    missing = CodeText(many=True)
    checklist = CodeText(many=True, required=False)


class AllowedActionLine(Shape):
    action = serializers.CharField()
    article = serializers.CharField()
    needs = Needs()


class ProblemDetail(ProblemProperties):
    plan = PlanShape(allow_null=True)
    photos = PhotoLine(many=True)
    allowed_actions = AllowedActionLine(many=True)


class ProblemFeature(Shape):
    type = serializers.ChoiceField(choices=["Feature"])
    id = serializers.UUIDField()
    geometry = Position()
    properties = ProblemProperties()


class ProblemAnswer(Shape):
    type = serializers.ChoiceField(choices=["Feature"])
    id = serializers.UUIDField()
    geometry = Position()
    properties = ProblemDetail()


class ProblemCollection(Shape):
    type = serializers.ChoiceField(choices=["FeatureCollection"])
    features = ProblemFeature(many=True)


class ProblemPage(ProblemCollection):
    total = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)


class Figures(Shape):
    open = serializers.IntegerField()
    red = serializers.IntegerField()
    yellow = serializers.IntegerField()
    green = serializers.IntegerField()
    grey = serializers.IntegerField()
    overdue = serializers.IntegerField()


class StatsRow(Figures):
    code = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class StatsAnswer(Shape):
    by = serializers.ChoiceField(choices=BY)
    rows = StatsRow(many=True)
    total = Figures()


class Hint(Shape):
    code = serializers.CharField()
    detail = serializers.CharField()


class SubmittedProblem(Shape):
    """`number` and `status` null once the problem is out of the sender's sight."""

    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    status = serializers.CharField(allow_null=True)


class VisitAccepted(Shape):
    uuid = serializers.UUIDField()
    sha256 = serializers.CharField()
    received_at = serializers.DateTimeField()
    problem = SubmittedProblem()
    missing = serializers.ListField(child=serializers.UUIDField())
    hints = Hint(many=True)


class ReportAccepted(VisitAccepted):
    area = CodeName(allow_null=True)
    unit = CodeName(allow_null=True)


class SentProblem(SubmittedProblem):
    """`reason`: why a report that stands returned was returned, else null."""

    title = serializers.CharField()
    light = serializers.ChoiceField(choices=LIGHTS, allow_null=True)
    reason = serializers.CharField(allow_null=True)


class SubmissionLine(Shape):
    """`title`: the report's as it was sent, or the visited problem's as it was then; `problem`: null once out of sight."""

    uuid = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Submission.Kind.values)
    received_at = serializers.DateTimeField()
    title = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Visit.Verdict.values, allow_null=True)
    problem = SentProblem(allow_null=True)
    missing = serializers.ListField(child=serializers.UUIDField())
    hints = Hint(many=True)


class SubmissionPage(Shape):
    submissions = SubmissionLine(many=True)
    next = serializers.CharField(allow_null=True)


class ReceiptLine(Shape):
    uuid = serializers.UUIDField()
    sha256 = serializers.CharField()
    received_at = serializers.DateTimeField()


class ReceiptsAnswer(Shape):
    photos = ReceiptLine(many=True)
    reports = ReceiptLine(many=True)
    visits = ReceiptLine(many=True)


class PhotoReceived(Shape):
    id = serializers.UUIDField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    received_at = serializers.DateTimeField()


class Exif(Shape):
    time = serializers.DateTimeField(allow_null=True)
    position = Position()


class Renditions(Shape):
    thumb = serializers.CharField(allow_null=True)
    preview = serializers.CharField(allow_null=True)


class CheckLine(Shape):
    code = serializers.CharField()
    level = serializers.ChoiceField(choices=["ok", "notice", "warning", "refuse"])
    detail = serializers.CharField()
    figures = Anything()


class PhotoAnswer(PhotoReceived):
    captured_at = serializers.DateTimeField(allow_null=True)
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]  # as above
    stage = serializers.CharField()
    site = serializers.UUIDField(allow_null=True)
    problem = serializers.UUIDField(allow_null=True)
    exif = Exif()
    renditions = Renditions()
    grade = serializers.ChoiceField(choices=["A", "B", "C"])
    checks = CheckLine(many=True)
    processed = serializers.BooleanField()


class NotReady(Shape):
    status = serializers.ChoiceField(choices=["processing"])


class FileUpload(Shape):
    file = serializers.FileField()


class FileStored(Shape):
    id = serializers.UUIDField()
    sha256 = serializers.CharField()


class ByLine(Shape):
    name = serializers.CharField()
    unit = serializers.CharField(allow_null=True)


class SignedBy(Shape):
    name = serializers.CharField()


class ObjectLine(Shape):
    type = serializers.CharField()
    id = serializers.CharField()


class Event(Shape):
    id = serializers.UUIDField()
    at = serializers.DateTimeField(allow_null=True)
    by = ByLine(allow_null=True)
    signed_by = SignedBy(required=False)
    action = serializers.CharField(allow_null=True)
    article = serializers.CharField(allow_null=True)
    object = ObjectLine(allow_null=True)
    problem = serializers.UUIDField(allow_null=True)
    before = AnythingOrNull()
    after = AnythingOrNull()
    sequence = serializers.IntegerField(required=False)
    digest = serializers.CharField(required=False)
    sealed = serializers.BooleanField(required=False)


class EventPage(Shape):
    events = Event(many=True)
    next = serializers.CharField(allow_null=True)


class InspectionAnswer(Shape):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Inspection.Kind.values)
    announced = serializers.BooleanField()
    released_at = serializers.DateTimeField(allow_null=True)
    led_by = serializers.CharField(allow_null=True)
    units = serializers.ListField(child=serializers.CharField())
    date = serializers.DateField()
    people = serializers.ListField(child=serializers.CharField())
    problems = serializers.ListField(child=serializers.UUIDField())
    visits = serializers.ListField(child=serializers.UUIDField())
    reports = serializers.ListField(child=serializers.UUIDField())
    visited = serializers.ListField(child=serializers.UUIDField())
    note = serializers.CharField()


class InspectionPage(Shape):
    inspections = InspectionAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class LineProperties(Shape):
    name = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=LINE_KINDS)


@extend_schema_field(LINE_GEOMETRY)
class LineGeometry(serializers.JSONField):
    """A GeoJSON line, or a surface of water."""


class LineFeature(Shape):
    type = serializers.ChoiceField(choices=["Feature"])
    geometry = LineGeometry()
    properties = LineProperties()


class LineCollection(Shape):
    type = serializers.ChoiceField(choices=["FeatureCollection"])
    features = LineFeature(many=True)


class BootstrapAnswer(Shape):
    me = MeAnswer()
    units = UnitLine(many=True)
    areas = AreaCollection()
    protected = AreaCollection()
    lines = LineCollection()
    sources = SourceLine(many=True)
    categories = CodeName(many=True)
    discoveries = CodeName(many=True)
    sectors = SectorLine(many=True)
    tasks = InspectionAnswer(many=True)
    problems = serializers.ListField(child=Anything())
    parameters = Anything()


class SuggestionBody(Body):
    text = Text(5_000)
    page = Optional(200)


class SuggestionAnswer(Shape):
    id = serializers.IntegerField()
