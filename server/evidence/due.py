"""What evidence has due at night: pictures never drawn, because a worker died between commit and drawing, and uploads that
nobody ended."""

from datetime import datetime, timedelta

from server.evidence.models import Photo
from server.evidence.tasks import render_photo
from server.files import partial

WAITED_LONG = timedelta(hours=1)


def due(at: datetime) -> dict[str, int]:
    """Put photos without renditions back into the queue (drawing one twice changes nothing); remove expired parts of uploads."""
    waiting = Photo.objects.filter(rendered_at__isnull=True, render_failed=False, damaged=False, received_at__lt=at - WAITED_LONG)
    count = 0
    for photo_id in waiting.values_list("pk", flat=True):
        render_photo.enqueue(str(photo_id))
        count += 1
    return {"photos_to_draw": count, "uploads_expired": partial.expire(at)}
