"""Files as the database knows them. All three tables are append-only in the database itself (`server.records.guards`)."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredBytes(models.Model):
    """Bytes that are stored once, whoever sent them and how often. `path` is their content address in the default storage."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size = models.BigIntegerField(_("size in bytes"))
    path = models.CharField(_("path"), max_length=120)
    kept_at = models.DateTimeField(_("kept since"))

    class Meta:
        verbose_name = _("stored bytes")
        verbose_name_plural = _("stored bytes")

    def __str__(self) -> str:
        return self.sha256

    @property
    def sealing_or_none(self) -> "Sealing | None":
        """The order by which the bytes were destroyed; None while they are there."""
        return getattr(self, "sealing", None)


class StoredFile(models.Model):
    """One upload: who sent which bytes, when, under which name. The same bytes may belong to several uploads.

    `uploader_id` is the person's id as a value; `name` is for showing only and never part of a path.
    """

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    content = models.ForeignKey(StoredBytes, on_delete=models.PROTECT, related_name="files", verbose_name=_("bytes"))
    media_type = models.CharField(_("media type"), max_length=100)
    name = models.CharField(_("name"), max_length=200, blank=True)
    uploader_id = models.CharField(_("uploader's id"), max_length=64, db_index=True)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")

    def __str__(self) -> str:
        return self.name or str(self.id)

    @property
    def sha256(self) -> str:
        return self.content_id

    @property
    def size(self) -> int:
        """Bytes; of the original, also after it was sealed."""
        return self.content.size

    @property
    def sealed_at(self) -> datetime | None:
        sealing = self.content.sealing_or_none
        return sealing.at if sealing else None

    def as_record(self) -> dict[str, object]:
        """What an entry of the record says of this file.

        `verify_records` looks for every `file_sha256` among the stored bytes.
        """
        return {"file": self.id, "file_sha256": self.sha256, "size": self.size, "media_type": self.media_type}


class Sealing(models.Model):
    """Bytes that office and security administrator together destroyed. Digest, ground and date stay (rules.md, outside rules)."""

    content = models.OneToOneField(
        StoredBytes, on_delete=models.PROTECT, primary_key=True, related_name="sealing", verbose_name=_("bytes")
    )
    at = models.DateTimeField(_("destroyed at"))
    ground = models.TextField(_("ground"))
    office_id = models.CharField(_("office's person"), max_length=64)
    security_admin_id = models.CharField(_("security administrator"), max_length=64)

    class Meta:
        verbose_name = _("sealing")
        verbose_name_plural = _("sealings")

    def __str__(self) -> str:
        return f"{self.content_id} {self.at:%Y-%m-%d}"


class PartialUpload(models.Model):
    """Bytes that arrive in parts (`server.files.partial`). Not append-only: it goes when the file is whole, or expires.

    `owner_id` is the person's id as a value; `key` is the caller's own name for what is sent, one upload for each; `note` is
    whatever the caller wants back when the bytes are whole.
    """

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    owner_id = models.CharField(_("owner's id"), max_length=64)
    key = models.CharField(_("key"), max_length=200)
    size = models.BigIntegerField(_("size in bytes"))
    offset = models.BigIntegerField(_("bytes received"), default=0)
    note = models.JSONField(_("note"), default=dict)
    begun_at = models.DateTimeField(_("begun at"))
    expires_at = models.DateTimeField(_("expires at"), db_index=True)
    finished_at = models.DateTimeField(_("whole since"), null=True, blank=True)

    class Meta:
        verbose_name = _("partial upload")
        verbose_name_plural = _("partial uploads")
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "key"], name="one_upload_a_key"),
            models.CheckConstraint(
                condition=models.Q(offset__gte=0) & models.Q(offset__lte=models.F("size")), name="offset_within_the_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.offset}/{self.size}"


class PartialChunk(models.Model):
    """One part that is safely stored: a file of its own, never appended to."""

    upload = models.ForeignKey(PartialUpload, on_delete=models.CASCADE, related_name="chunks", verbose_name=_("upload"))
    offset = models.BigIntegerField(_("offset"))
    size = models.BigIntegerField(_("size in bytes"))
    path = models.CharField(_("path"), max_length=120)

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["offset"]
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="one_chunk_an_offset")]

    def __str__(self) -> str:
        return f"{self.upload_id} {self.offset}+{self.size}"
