"""Storing a file, and destroying one by order. Files before rows, rows before answers."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_noop

from server.files import originals
from server.files.models import Sealing, StoredBytes, StoredFile
from server.files.names import display_name
from server.files.originals import LIMIT, Kept, Readable
from server.files.refusals import IdTaken, SealedBytes
from server.records.actions import append
from server.records.actor import Actor
from server.runtime.refusals import Invalid


def store(
    source: bytes | Readable,
    *,
    uploader_id: object,
    media_type: str,
    name: str,
    at: datetime,
    expected_sha256: str | None = None,
    limit: int = LIMIT,
    file_id: UUID | None = None,
) -> StoredFile:
    """Store bytes and the row that tells of them. Call it outside a transaction: on SQLite one would make others wait for the
    disk.

    `at`: when it was received (aware). `limit`: bytes. `file_id`: the sender's own id for it, when it has one.
    Raises Empty, TooLarge, DigestMismatch, SealedBytes, IdTaken, BytesDamaged. For documents ask `kinds.document_kind` first.
    """
    kept = originals.keep(source, expected_sha256=expected_sha256, limit=limit)
    return register(kept, uploader_id=uploader_id, media_type=media_type, name=name, at=at, file_id=file_id)


def register(
    kept: Kept, *, uploader_id: object, media_type: str, name: str, at: datetime, file_id: UUID | None = None
) -> StoredFile:
    """Tell of bytes that `originals.keep` has stored; may stand in the caller's transaction.

    The same upload again (same id, or without one the same person, bytes and name) gives the row there is.
    Raises SealedBytes, IdTaken.
    """
    uploader, shown = str(uploader_id), display_name(name)
    with transaction.atomic():
        content, _made = StoredBytes.objects.get_or_create(
            sha256=kept.sha256, defaults={"size": kept.size, "path": kept.path, "kept_at": at}
        )
        sealed = Sealing.objects.filter(content=content).exists()
        if not sealed:
            return _row(content, uploader, media_type, shown, at, file_id)
    originals.destroy(kept.path)
    raise SealedBytes


def _row(content: StoredBytes, uploader: str, media_type: str, name: str, at: datetime, file_id: UUID | None) -> StoredFile:
    if file_id is None:
        again = StoredFile.objects.filter(content=content, uploader_id=uploader, name=name, media_type=media_type)
        return again.order_by("received_at").first() or StoredFile.objects.create(
            id=uuid4(), content=content, uploader_id=uploader, name=name, media_type=media_type, received_at=at
        )
    # Two sends of the same upload at once: get_or_create gives the second what the first has made.
    file, _made = StoredFile.objects.get_or_create(
        id=file_id,
        defaults={"content": content, "uploader_id": uploader, "name": name, "media_type": media_type, "received_at": at},
    )
    if (file.content_id, file.uploader_id) != (content.sha256, uploader):
        raise IdTaken
    return file


def seal(file: StoredFile, *, office: Actor, security_admin: Actor, ground: str, at: datetime) -> Sealing:
    """Destroy the bytes of `file`, for every upload of them, and keep digest, ground and date (rules.md, outside rules).

    Whether the two hold those roles, the caller has checked. The bytes go when the transaction has committed; called again for a
    sealed file it only makes sure that they are gone. Raises Invalid without a ground or when the two are one person.
    """
    if not ground.strip():
        raise Invalid.one("ground", "required", gettext_noop("A ground is needed."))
    if office.id == security_admin.id:
        raise Invalid.one("security_admin", "same_person", gettext_noop("Two different persons destroy a file together."))
    with transaction.atomic():
        content = StoredBytes.objects.get(pk=file.content_id)
        sealing, made = Sealing.objects.get_or_create(
            content=content,
            defaults={"at": at, "ground": ground.strip(), "office_id": office.id, "security_admin_id": security_admin.id},
        )
        if made:
            content.files.update(name="")
            append(
                at=at,
                by=office,
                signed_by=security_admin,
                action="seal_file",
                article="",
                object_type="file",
                object_id=file.id,
                before={"file_sha256": content.sha256, "size": content.size},
                after={"file_sha256": content.sha256, "sealed": True, "ground": sealing.ground, "with": security_admin.id},
            )
        transaction.on_commit(lambda: originals.destroy(content.path))
    return sealing
