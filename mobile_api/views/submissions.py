"""What a person has sent, from whatever phone, and what became of it at the office."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from mobile_api import parameters
from mobile_api.paging import NewestFirst
from mobile_api.serializers import shapes
from mobile_api.serializers.submissions import sent_lines
from mobile_api.views.base import ApiView
from server.inspections.models import Submission

_ORDER = NewestFirst("received_at")


class Submissions(ApiView):
    """One's own reports and visits, the newest first."""

    @extend_schema(parameters=parameters.PAGING, responses={200: shapes.SubmissionPage})
    def get(self, request: Request) -> Response:
        page, following = _ORDER.page(Submission.objects.filter(person=self.person), request.query_params)
        return Response({"submissions": sent_lines(page, self.person, self.at, self.held), "next": following})
