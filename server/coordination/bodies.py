"""The bodies of the actions on a problem, as contract.md names them: shapes alone; what they must say is the regulation's.

Both faces fill these: the API from JSON, the pages from their forms.
"""

from typing import Any

from rest_framework import serializers

from server.regulation.requirements import CORRECTABLE


class Text(serializers.CharField):
    """Words: no NUL and no control characters but line ends, which PostgreSQL or a document would choke on."""

    def __init__(self, max_length: int = 10_000, **kwargs: Any) -> None:
        kwargs.setdefault("allow_blank", True)
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        value: str = super().to_internal_value(data)
        if any(ord(c) < 32 and c not in "\n\r\t" for c in value) or any(0xD800 <= ord(c) <= 0xDFFF for c in value):
            self.fail("invalid")
        return value


class Optional(Text):
    """Words that may be left out."""

    def __init__(self, max_length: int = 10_000, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("default", "")
        super().__init__(max_length, **kwargs)


def optional_uuid() -> serializers.UUIDField:
    return serializers.UUIDField(required=False, allow_null=True, default=None)


def optional_date() -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, default=None)


def uuids(required: bool = False, most: int = 200) -> serializers.ListField:
    if required:
        return serializers.ListField(child=serializers.UUIDField(), max_length=most)
    return serializers.ListField(child=serializers.UUIDField(), max_length=most, required=False, default=list)


def codes(required: bool = False) -> serializers.ListField:
    child = serializers.CharField(max_length=40)
    if required:
        return serializers.ListField(child=child, max_length=50)
    return serializers.ListField(child=child, max_length=50, required=False, allow_null=True, default=None)


class Body(serializers.Serializer[Any]):
    """Base of the bodies."""


class EndorseBody(Body):
    file = serializers.UUIDField()


class ListBody(Body):
    source = Text(40)  # type: ignore[assignment]  # the contract's name; DRF keeps declared fields apart
    sector = Text(40)
    discovery = Text(40, required=False, allow_null=True, default=None)
    discovery_file = optional_uuid()
    quarter = Optional(10)
    disclosed_on = optional_date()
    case_class = Text(20, required=False, allow_null=True, default=None)
    category = Text(30, required=False, allow_null=True, default=None)
    superior_number = Optional(60)
    superior_round = Optional(40)
    superior_batch = Optional(40)
    original_text = Optional()
    note = Optional()


class ReasonBody(Body):
    reason = Text()


class CancelBody(Body):
    ground = Text()
    document = optional_uuid()


class MergeBody(Body):
    into = serializers.UUIDField()


class CorrectBody(Body):
    field = serializers.ChoiceField(choices=sorted(CORRECTABLE))
    value = serializers.JSONField()
    ground = Text()


class AddSourceBody(Body):
    source = Text(40)  # type: ignore[assignment]  # as above
    superior_number = Optional(60)
    disclosed_on = optional_date()


class AddSiteBody(Body):
    id = optional_uuid()
    name = Text(80)
    location = serializers.JSONField()
    crs = Text(20, required=False, allow_null=True, default=None)


class MeasureBody(Body):
    id = optional_uuid()
    text = Text(2_000)
    goal = Optional(2_000)
    deadline = optional_date()
    unit = Text(40, required=False, allow_null=True, default=None)


class StageBody(Body):
    id = optional_uuid()
    goal = Text(2_000)
    due = optional_date()


class ApprovalBody(Body):
    step = Text(120)
    by = Text(120)
    date = optional_date()
    document = optional_uuid()


class IssuePlanBody(Body):
    kind = Text(20)
    measures = MeasureBody(many=True)
    goal = Text()
    main_units = codes(required=True)
    supervising_units = codes(required=True)
    assisting_units = codes()
    deadline = optional_date()
    deadline_text = Optional(60)
    stages = StageBody(many=True, required=False, default=list)
    risk_control = Optional()
    superior_reference = Optional(200)
    accepted_by = Text(20, required=False, allow_null=True, default=None)
    approvals = ApprovalBody(many=True, required=False, default=list)
    document = optional_uuid()
    document_number = Optional(60)
    common = serializers.BooleanField(required=False, default=False)
    mechanism = Optional()
    extended_check = Optional()


class AdjustPlanBody(IssuePlanBody):
    ground = Text()
    approved_by = Text(120)
    standard_not_lowered = serializers.BooleanField()
    standard_text = Text()


class ReassignBody(Body):
    main_units = codes()
    supervising_units = codes()
    ground = Text()
    document = optional_uuid()


class ProgressBody(Body):
    percent = serializers.IntegerField(min_value=0, max_value=100)
    text = Text()
    done = uuids()
    reached = uuids()
    flag = Optional(10, allow_null=True)
    photos = uuids(most=50)


class PairBody(Body):
    before = serializers.UUIDField()
    after = serializers.UUIDField()


class WaiverBody(Body):
    site = optional_uuid()
    stage = Text(10)
    reason = Text()


class NoAppPhotoBody(Body):
    site = optional_uuid()
    reason = Text()


class ApplyBody(Body):
    statement = Text()
    pairs = PairBody(many=True, required=False, default=list)
    during = uuids()
    registration_form = optional_uuid()
    files = uuids()
    waivers = WaiverBody(many=True, required=False, default=list)
    no_app_photo = NoAppPhotoBody(many=True, required=False, default=list)


class SendBackBody(Body):
    missing = serializers.ListField(child=Text(1_000), max_length=50)


class OpinionBody(Body):
    result = serializers.ChoiceField(choices=["pass", "fail"])
    text = Text()
    checklist = serializers.DictField(child=serializers.BooleanField(), required=False, default=dict)


class SuspendBody(Body):
    ground = Text()
    until = optional_date()


class EmptyBody(Body):
    pass


class SignedBody(Body):
    password = serializers.CharField(max_length=200, required=False, allow_null=True, default=None, trim_whitespace=False)
    otp = serializers.CharField(max_length=20, required=False, allow_null=True, default=None)
    form = optional_uuid()
    signed_by = Text(64, required=False, allow_null=True, default=None)
    signed_on = optional_date()


class DemandBody(Body):
    text = Text(2_000)
    due = optional_date()


class DecideBody(SignedBody):
    result = serializers.ChoiceField(choices=["pass", "fail"])
    text = Text()
    demands = DemandBody(many=True, required=False, default=list)


class ConfirmBody(SignedBody):
    text = Optional()


class DeclineBody(SignedBody):
    reason = Text()
    text = Optional()


class SubmitUpwardBody(Body):
    to = Text(20)
    file = optional_uuid()


class SuperiorResultBody(Body):
    result = serializers.ChoiceField(choices=["pass", "fail"])
    document = optional_uuid()
    date = optional_date()


class FileBody(Body):
    filing_number = Optional(40)
    note = Optional()
    countersigned_by = Text(64, required=False, allow_null=True, default=None)
    countersign_document = optional_uuid()


class ReopenBody(Body):
    reason = Text(12)
    text = Text()
    visit = optional_uuid()
    document = optional_uuid()
    measures = MeasureBody(many=True)
    deadline = optional_date()
