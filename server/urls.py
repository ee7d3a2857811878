"""Every address of the program."""

from django.urls import URLPattern, URLResolver, include, path

from mobile_api import urls as api
from mobile_api.views.client import phone_app

handler404 = "server.portal.visitors.not_there"
handler403 = "server.portal.visitors.forbidden"
handler500 = "server.portal.visitors.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    api.health,
    path("api/v1/", include("mobile_api.urls")),
    path("m/", phone_app, name="phone"),
    path("m/<path:path>", phone_app, name="phone-file"),
    path("", include("server.portal.urls")),
]
