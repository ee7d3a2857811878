"""Photos of problems and the claims made of them, and the phones that sign what they saw.

A photo and its claim join, whichever comes second.
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from server.files.models import StoredFile
from server.problems.models import Embargo, Problem
from server.units.models import Person


class PhotoStage(models.TextChoices):
    BEFORE = "before", _("Before")
    DURING = "during", _("During")
    AFTER = "after", _("After")


class SignatureState(models.TextChoices):
    """What looking at a capture statement showed. Only ``valid`` proves anything; nothing of it refuses a photo."""

    UNSIGNED = "unsigned", _("Not signed")
    MALFORMED = "malformed", _("The statement cannot be read")
    UNKNOWN_DEVICE = "unknown_device", _("Signed by no phone of this person's")
    REVOKED = "revoked", _("Signed by a phone that was revoked")
    BAD_SIGNATURE = "bad_signature", _("The signature does not fit")
    OTHER_PHOTO = "other_photo", _("The statement speaks of another photo")
    OTHER_PERSON = "other_person", _("The statement speaks of another person")
    VALID = "valid", _("Signed")


class Device(models.Model):
    """A phone of one person, known by the public half of its key (JWK, P-256); the private half never leaves it.

    ``whole_until``: its statements 1 … n are here, each once and each naming the one before; the first gap or fork ends it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=100)
    public_key = models.JSONField(help_text="JWK: kty, crv, x, y.")
    thumbprint = models.CharField(max_length=43, help_text="RFC 7638, SHA-256, base64url.")
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    whole_until = models.PositiveBigIntegerField(default=0)
    # What the phone itself last said of what it has not sent.
    waiting = models.PositiveIntegerField(null=True, blank=True)
    oldest = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    # How far the server's clock was ahead of the phone's own when it last said what time it has, and when that was.
    clock_offset_s = models.FloatField(null=True, blank=True)
    clock_seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-enrolled_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "thumbprint"], name="a_key_once_a_person"),
        ]

    def __str__(self) -> str:
        return self.name


class Statement(models.Model):
    """What one phone said of one shot, or of one thrown away (no photo). Two of one number are a fork, and both stay."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="statements")
    n = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the statement before; none at first.")
    sha256 = models.CharField(max_length=64, help_text="Of the statement's own bytes.")
    photo = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=SignatureState.choices)
    text = models.TextField(blank=True, help_text="Of a shot thrown away; a photo keeps its own.")
    signature = models.CharField(max_length=120, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["device", "n", "received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Not by number: a fork must be kept to be seen.
            models.UniqueConstraint(fields=["device", "sha256", "state"], name="a_statement_once_a_device"),
            models.CheckConstraint(condition=Q(n__gte=1), name="statement_numbers_from_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["device", "n"])]

    def __str__(self) -> str:
        return f"{self.device_id} {self.n}"


class Photo(models.Model):
    """A photo as it came: the original is write-once in ``server.files``; what is here was declared or read from it.

    Positions are WGS 84 degrees. ``fingerprint`` is a signed 64-bit perceptual hash of the upright picture. ``stated_…`` is
    what its statement says, by the phone's own clock; ``clock_offset_s`` how far the server's clock is ahead of that one, as
    the phone corrected it, or without a statement as it was when the photo was sent. ``sharpness`` and ``brightness``: see
    ``images.quality``.
    """

    id = models.UUIDField(primary_key=True)
    uploader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=40)
    received_at = models.DateTimeField(db_index=True)

    photo_stage = models.CharField(max_length=10, choices=PhotoStage.choices)
    site = models.UUIDField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    heading = models.FloatField(null=True, blank=True)
    statement = models.TextField(blank=True, help_text="The capture statement, the very bytes as sent.")
    signature = models.CharField(max_length=120, blank=True)
    signature_state = models.CharField(max_length=16, choices=SignatureState.choices, default=SignatureState.UNSIGNED)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, blank=True, related_name="photos")
    statement_n = models.PositiveBigIntegerField(null=True, blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)
    stated_position_age_s = models.FloatField(null=True, blank=True)
    stated_accuracy_m = models.FloatField(null=True, blank=True)
    clock_offset_s = models.FloatField(null=True, blank=True)
    in_district = models.BooleanField(null=True, blank=True)

    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    exif_time = models.DateTimeField(null=True, blank=True)
    exif_lon = models.FloatField(null=True, blank=True)
    exif_lat = models.FloatField(null=True, blank=True)
    exif = models.JSONField(default=dict, blank=True)
    damaged = models.BooleanField(default=False)
    damage_detail = models.CharField(max_length=200, blank=True)
    fingerprint = models.BigIntegerField(null=True, blank=True)
    sharpness = models.FloatField(null=True, blank=True)
    brightness = models.FloatField(null=True, blank=True)
    rendered_at = models.DateTimeField(null=True, blank=True)
    render_failed = models.BooleanField(default=False)

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, blank=True, related_name="photos")
    embargo = models.ForeignKey(Embargo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["captured_at", "received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(photo_stage__in=["before", "during", "after"]), name="photo_stage_known"),
            models.CheckConstraint(condition=Q(source__in=["", "camera", "library"]), name="photo_source_known"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_stage} {self.sha256[:12]}"


class Claim(models.Model):
    """A report, visit, progress, supervision record or application says that this photo is its own.

    A photo belongs to one problem, and to one report, visit or progress; an application may name what the problem holds.
    """

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        VISIT = "visit", _("Visit")
        PROGRESS = "progress", _("Progress")
        SUPERVISION = "supervision", _("On-site supervision")
        APPLICATION = "application", _("Application")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    photo = models.UUIDField(db_index=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="claims")
    record_kind = models.CharField(max_length=12, choices=Kind.choices)
    record_id = models.UUIDField(db_index=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    observed_at = models.DateTimeField()
    claimed_at = models.DateTimeField()
    embargo = models.ForeignKey(Embargo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["photo", "record_kind", "record_id"], name="a_photo_claimed_once_a_record"),
            # One photo shows one thing on one occasion; only an application names photos that another record brought.
            models.UniqueConstraint(
                fields=["photo"], condition=~Q(record_kind="application"), name="a_photo_belongs_to_one_record"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["record_kind", "record_id"])]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.record_id}: {self.photo}"
