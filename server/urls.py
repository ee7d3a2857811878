"""Every address of the program."""

from django.urls import URLPattern, URLResolver, path

from mobile_api.views.client import phone_app

urlpatterns: list[URLPattern | URLResolver] = [
    path("m/", phone_app, name="phone"),
    path("m/<path:path>", phone_app, name="phone-file"),
]
