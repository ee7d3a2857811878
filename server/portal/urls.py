"""The addresses of the pages."""

from django.urls import path
from django.views.i18n import set_language

from server.portal.views import acting, inspections, ledger, others, problem, reporting, signing_in, supervision, workbench
from server.portal.views import map as district_map

urlpatterns = [
    path("", workbench.show_workbench, name="workbench"),
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("logout/", signing_in.SignOut.as_view(), name="logout"),
    path("password/", signing_in.ChangePassword.as_view(), name="password_change"),
    path("language/", set_language, name="set_language"),
    path("map/", district_map.show_map, name="map"),
    path("map/data.json", district_map.map_rows, name="map_rows"),
    path("map/base.json", district_map.map_base, name="map_base"),
    path("map/problems/<uuid:problem_id>/", district_map.show_card, name="map_card"),
    path("problems/", ledger.show_ledger, name="ledger"),
    path("problems/new/", reporting.report, name="report"),
    path("problems/<uuid:problem_id>/", problem.show_problem, name="problem"),
    path("problems/<uuid:problem_id>/visit/", reporting.visit, name="visit"),
    path("problems/<uuid:problem_id>/supervision/", supervision.supervise, name="supervise"),
    path("problems/<uuid:problem_id>/supervisors/", acting.propose_supervisors, name="propose_supervisors"),
    path("problems/<uuid:problem_id>/<slug:action>/", acting.act, name="act"),
    path("photos/<uuid:photo_id>/", problem.show_photo, name="photo"),
    path("outlines/", reporting.district_outlines, name="outlines"),
    path("inspections/", inspections.list_inspections, name="inspections"),
    path("inspections/new/", inspections.new_inspection, name="inspection_new"),
    path("inspections/<uuid:inspection_id>/", inspections.show_inspection, name="inspection"),
    path("inspections/<uuid:inspection_id>/release/", inspections.release_inspection, name="inspection_release"),
    path("supervision/", supervision.list_supervisions, name="supervisions"),
    path("supervision/<uuid:record_id>/reply/", supervision.reply, name="supervision_reply"),
    path("supervision/<uuid:record_id>/accept/", supervision.accept, name="supervision_accept"),
    path("acceptance/", others.list_acceptances, name="acceptances"),
    path("suggestions/", others.list_suggestions, name="suggestions"),
    path("suggestions/new/", others.suggest, name="suggest"),
    path("record/", others.show_record, name="record"),
    path("units/", others.show_units, name="units"),
]
