"""The addresses of API v1 (contract.md, "Calls"), below `/api/v1/`; `health` stands at the root."""

from django.urls import URLPattern, path, re_path, register_converter

from mobile_api.converters import AnyCaseUuid
from mobile_api.schema import Schema
from mobile_api.uploads import UploadOne, Uploads
from mobile_api.views import (
    devices,
    files,
    inspections,
    notices,
    photos,
    problems,
    record,
    reference,
    reports,
    session,
    submissions,
)
from mobile_api.views.base import NothingHere

register_converter(AnyCaseUuid, "any_uuid")

app_name = "api"
health = path("healthz", session.Healthz.as_view(), name="healthz")

urlpatterns: list[URLPattern] = [
    path("login", session.Login.as_view(), name="login"),
    path("logout", session.Logout.as_view(), name="logout"),
    path("me", session.Me.as_view(), name="me"),
    path("bootstrap", reference.Bootstrap.as_view(), name="bootstrap"),
    path("units", reference.Units.as_view(), name="units"),
    path("areas", reference.Areas.as_view(), name="areas"),
    path("sources", reference.Sources.as_view(), name="sources"),
    path("categories", reference.Categories.as_view(), name="categories"),
    path("sectors", reference.Sectors.as_view(), name="sectors"),
    path("reports/<any_uuid:report_id>", reports.Reports.as_view(), name="report"),
    path("visits/<any_uuid:visit_id>", reports.Visits.as_view(), name="visit"),
    path("submissions", submissions.Submissions.as_view(), name="submissions"),
    path("receipts", reports.Receipts.as_view(), name="receipts"),
    path("photos/<any_uuid:photo_id>", photos.PhotoOne.as_view(), name="photo"),
    path("photos/<any_uuid:photo_id>/file", photos.PhotoFile.as_view(), name="photo-file"),
    path("uploads/", Uploads.as_view(), name="uploads"),
    path("uploads/<any_uuid:upload_id>", UploadOne.as_view(), name="upload"),
    path("devices", devices.Devices.as_view(), name="devices"),
    path("devices/<any_uuid:device_id>", devices.DeviceOne.as_view(), name="device"),
    path("devices/<any_uuid:device_id>/discarded", devices.Discarded.as_view(), name="device-discarded"),
    path("notices", notices.Notices.as_view(), name="notices"),
    path("notices/read", notices.NoticesRead.as_view(), name="notices-read"),
    path("files", files.Files.as_view(), name="files"),
    path("files/<any_uuid:file_id>", files.FileOne.as_view(), name="file"),
    path("problems", problems.Problems.as_view(), name="problems"),
    path("problems.geojson", problems.ProblemsGeoJson.as_view(), name="problems-geojson"),
    path("problems/<any_uuid:problem_id>", problems.ProblemOne.as_view(), name="problem"),
    path("problems/<any_uuid:problem_id>/events", record.Events.as_view(), name="events"),
    path("problems/<any_uuid:problem_id>/actions/<str:action>", problems.ProblemAction.as_view(), name="action"),
    path("changes", record.Changes.as_view(), name="changes"),
    path("inspections", inspections.Inspections.as_view(), name="inspections"),
    path("inspections/<any_uuid:inspection_id>", inspections.InspectionOne.as_view(), name="inspection"),
    path(
        "inspections/<any_uuid:inspection_id>/actions/release", inspections.InspectionRelease.as_view(), name="inspection-release"
    ),
    path("stats", problems.Stats.as_view(), name="stats"),
    path("suggestions", inspections.Suggestions.as_view(), name="suggestions"),
    path("schema", Schema.as_view(), name="schema"),
    re_path(r"^.*$", NothingHere.as_view(), name="nothing"),
]
