"""The phone app at ``/m/``: the built files, compressed where the browser takes it, and its page for every address of its own."""

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

YEAR = 365 * 24 * 3600
COMPRESSED = {".html", ".js", ".css", ".svg", ".webmanifest", ".json"}


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
    response: HttpResponse | FileResponse
    if found.suffix in COMPRESSED and "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(_compressed(found, found.stat().st_mtime_ns), content_type=media_type)
        response["Content-Encoding"] = "gzip"
    else:
        response = FileResponse(found.open("rb"), content_type=media_type or "application/octet-stream")
    if found.suffix in COMPRESSED:
        patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = f"public, max-age={YEAR}, immutable" if path.startswith("assets/") else "no-cache"
    return response


@lru_cache(maxsize=64)
def _compressed(file: Path, _changed_ns: int) -> bytes:
    """A file of the build as it goes over the line, made once in a process for each state of it."""
    return gzip.compress(file.read_bytes(), compresslevel=9, mtime=0)
