"""What waits: drawing the thumbnail and the preview of a photo."""

from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django_tasks import task

from server.evidence.images import limited, quality
from server.evidence.images.refusals import NoRendition
from server.evidence.models import Photo
from server.files.queries import read_bytes

SIZES = ("thumb", "preview")


def rendition_path(photo: Photo, size: str) -> str:
    """Where a derived picture lies: beside the originals, never in their place."""
    return f"renditions/{photo.sha256[:2]}/{photo.sha256}-{size}.jpg"


@task()
def render_photo(photo_id: str) -> None:
    """Draw and keep both renditions, and measure how sharp and bright the picture is; running it again changes nothing."""
    photo = Photo.objects.select_related("file__content__sealing").get(pk=UUID(photo_id))
    if photo.rendered_at is not None or photo.damaged:
        return
    storage = storages["default"]
    try:
        drawn = limited.make_renditions(read_bytes(photo.file))
    except NoRendition:
        Photo.objects.filter(pk=photo.pk).update(render_failed=True)
        return
    for size in SIZES:
        path = rendition_path(photo, size)
        if not storage.exists(path):
            storage.save(path, ContentFile(drawn[size]))
    measured = quality.measure(drawn["preview"])
    Photo.objects.filter(pk=photo.pk).update(
        rendered_at=timezone.now(), sharpness=measured.sharpness, brightness=measured.brightness
    )
