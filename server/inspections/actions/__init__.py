"""The verbs of inspections: making and releasing one, and taking in what phones and pages submit."""

from server.inspections.actions.inspecting import InspectionDraft, make_inspection, release
from server.inspections.actions.loading import Loaded, load_archive
from server.inspections.actions.reporting import ReportDraft, SiteDraft, submit_report
from server.inspections.actions.settling import settle_set_aside
from server.inspections.actions.submitting import Received
from server.inspections.actions.visiting import VisitDraft, submit_visit

__all__ = [
    "InspectionDraft",
    "Loaded",
    "Received",
    "ReportDraft",
    "SiteDraft",
    "VisitDraft",
    "load_archive",
    "make_inspection",
    "release",
    "settle_set_aside",
    "submit_report",
    "submit_visit",
]
