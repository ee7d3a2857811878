"""The phone app at ``/m/``: the built files as they are, and its page for every address of its own."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

YEAR = 365 * 24 * 3600


@require_safe
def phone_app(request: HttpRequest, path: str = "") -> HttpResponse | FileResponse:
    """A file of the build; for any other address below ``/m/`` the app's page, which finds its screen by itself.

    Hashed assets may be kept for ever; the page and the service worker are asked for anew, so that an update arrives.
    """
    built = Path(settings.PHONE_CLIENT).resolve()
    wanted = (built / path).resolve()
    if not wanted.is_relative_to(built):
        raise Http404
    found = wanted if path and wanted.is_file() else built / "index.html"
    if path.startswith("assets/") and found.name == "index.html":
        raise Http404
    if not found.is_file():
        return HttpResponse("The phone app has not been built: run scripts/setup.", status=503, content_type="text/plain")
    media_type = "application/manifest+json" if found.suffix == ".webmanifest" else mimetypes.guess_type(found.name)[0]
    response = FileResponse(found.open("rb"), content_type=media_type or "application/octet-stream")
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if path.startswith("assets/") else "no-cache"
    return response
