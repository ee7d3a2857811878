"""Taking in reports and visits, and confirming what has arrived."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api.clock import spelled
from mobile_api.parameters import PHONE_TIME
from mobile_api.serializers import shapes
from mobile_api.serializers import submissions as bodies
from mobile_api.strict_json import Json, unprintable
from mobile_api.views.base import ApiView
from server.coordination.verbs import validated
from server.evidence.devices import note_standing
from server.evidence.models import Photo
from server.inspections.actions import Received, ReportDraft, VisitDraft, submit_report, submit_visit
from server.inspections.actions.submitting import Accepted
from server.inspections.models import Submission
from server.inspections.posts import may_still_send
from server.problems.models import Problem
from server.runtime.refusals import Invalid, NotAllowed


def _received(json: Json, view: ApiView) -> Received:
    return Received(json.raw.decode(), json.sha256, json.content_sha256, view.phone_offset_s)


def _drafted(content: dict[str, Any], draft: Callable[[dict[str, Any]], Any]) -> Any:
    """The draft of a body whose every text can be kept. Raises Invalid with all that is wrong of either kind."""
    errors = unprintable(content)
    if errors:
        raise Invalid(errors)
    return draft(content)


def _known(submission: UUID) -> bool:
    return Submission.objects.filter(pk=submission).exists() or Problem.objects.filter(pk=submission).exists()


class Reports(ApiView):
    """A problem somebody found. The same again changes nothing; photos may come before or after."""

    @extend_schema(
        parameters=[PHONE_TIME], request=bodies.ReportBody, responses={201: shapes.ReportAccepted, 200: shapes.ReportAccepted}
    )
    def put(self, request: Request, report_id: UUID) -> Response:
        json, content = self.body()
        if not may_still_send(self.person, self.held, self.at) and not self._sent_before(report_id):
            raise NotAllowed
        draft: ReportDraft
        try:
            draft = _drafted(content, lambda said: bodies.report_draft(report_id, said))
        except Invalid:
            if not _known(report_id):
                raise
            # Other content under a known id is a conflict first, whatever is wrong with it: the action looks at no draft then.
            draft = ReportDraft("", "", "", self.at, ())
        of = submit_report(report_id, draft, _received(json, self), by=self.person, at=self.at, held=self.held)
        return Response(bodies.accepted_report(of), status=201 if of.created else 200)

    def _sent_before(self, report_id: UUID) -> bool:
        """A phone that never heard the answer asks again, however long its person's post has been over."""
        return Submission.objects.filter(pk=report_id, person=self.person).exists()


class Visits(ApiView):
    """A visit to a known problem."""

    @extend_schema(
        parameters=[PHONE_TIME], request=bodies.VisitBody, responses={201: shapes.VisitAccepted, 200: shapes.VisitAccepted}
    )
    def put(self, request: Request, visit_id: UUID) -> Response:
        json, content = self.body()
        draft: VisitDraft
        try:
            draft = _drafted(content, bodies.visit_draft)
        except Invalid:
            if not _known(visit_id):
                raise
            draft = VisitDraft(visit_id, self.at, None, "", "", ())  # never looked at, as above
        of: Accepted = submit_visit(visit_id, draft, _received(json, self), by=self.person, at=self.at)
        return Response(bodies.accepted(of), status=201 if of.created else 200)


class Receipts(ApiView):
    """Which of these are here, with the digest of what is here: own ones only. A phone frees nothing else."""

    @extend_schema(parameters=[PHONE_TIME], request=bodies.ReceiptsBody, responses={200: shapes.ReceiptsAnswer})
    def post(self, request: Request) -> Response:
        _json, content = self.body()
        asked = validated(bodies.ReceiptsBody, content)
        if asked["device"]:
            note_standing(
                asked["device"],
                asked["waiting"],
                asked["oldest"],
                by=self.person,
                at=self.at,
                clock_offset_s=self.phone_offset_s,
            )
        photos = Photo.objects.filter(pk__in=asked["photos"], uploader=self.person)
        return Response(
            {
                "photos": [
                    {"uuid": str(pk), "sha256": sha256, "received_at": spelled(at)}
                    for pk, sha256, at in photos.values_list("pk", "sha256", "received_at")
                ],
                "reports": self._own(Submission.Kind.REPORT, asked["reports"]),
                "visits": self._own(Submission.Kind.VISIT, asked["visits"]),
            }
        )

    def _own(self, kind: Submission.Kind, wanted: list[UUID]) -> list[dict[str, Any]]:
        own = Submission.objects.filter(kind=kind, pk__in=wanted, person=self.person)
        return [bodies.receipt_of(submission) for submission in own.order_by("received_at")]
