"""Every address of the program."""

from django.urls import URLPattern, URLResolver, include, path

from mobile_api import urls as api
from mobile_api.views.client import phone_app

urlpatterns: list[URLPattern | URLResolver] = [
    api.health,
    path("api/v1/", include("mobile_api.urls")),
    path("m/", phone_app, name="phone"),
    path("", include("server.portal.urls")),
    path("m/<path:path>", phone_app, name="phone-file"),
]
