"""Inspections, their people and stops, visits, and what phones sent: first submissions and what was set aside (Article 10)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from server.problems.models import Embargo, Problem
from server.units.models import Person, Unit


class Inspection(models.Model):
    """A check of one kind on one day, led by somebody, with people and a route of known problems (or none)."""

    class Kind(models.TextChoices):
        SPOT_CHECK = "spot_check", _("Spot check")
        SPECIAL_INSPECTION = "special_inspection", _("Special inspection")
        OVERSIGHT = "oversight", _("Leader-led oversight")
        SELF_CHECK = "self_check", _("Self-check")
        LOOK_BACK = "look_back", _("Look-back")
        CAMPAIGN = "campaign", _("Campaign")
        SITE_CHECK = "site_check", _("Site check")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    announced = models.BooleanField()
    led_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    units = models.ManyToManyField(Unit, blank=True, related_name="+")
    people = models.ManyToManyField(Person, blank=True, related_name="inspections")
    date = models.DateField()
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-date", "-made_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "spot_check",
                        "special_inspection",
                        "oversight",
                        "self_check",
                        "look_back",
                        "campaign",
                        "site_check",
                    ]
                ),
                name="inspection_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.date}"

    @property
    def is_open(self) -> bool:
        """Announced, or released: nothing of it is hidden."""
        return self.announced or self.released_at is not None


class Stop(models.Model):
    """A known problem on the route."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="stops")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["inspection", "problem"], name="a_problem_once_a_route")
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}: {self.position}"


class Found(models.Model):
    """A problem reported on an inspection."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="found")
    problem = models.OneToOneField(Problem, on_delete=models.PROTECT, related_name="found_on")

    def __str__(self) -> str:
        return f"{self.inspection_id}: {self.problem_id}"


class Visit(models.Model):
    """现场检查: one known problem, one place, one time. Positions are WGS 84 degrees, the given ones kept."""

    class Verdict(models.TextChoices):
        RECTIFIED = "rectified", _("Rectified")
        CLOSED_HOLDS = "closed_holds", _("Closure holds")
        ON_SCHEDULE = "on_schedule", _("On schedule")
        BEHIND = "behind", _("Behind")
        NOT_STARTED = "not_started", _("Not started")
        REBOUND = "rebound", _("Rebound")

    id = models.UUIDField(primary_key=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="visits")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    lon = models.FloatField()
    lat = models.FloatField()
    given_x = models.FloatField()
    given_y = models.FloatField()
    given_crs = models.CharField(max_length=20)
    accuracy_m = models.FloatField(null=True, blank=True)
    area_code = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    notes = models.TextField(blank=True)
    people = models.JSONField(default=list, blank=True)
    measures = models.JSONField(default=list, blank=True, help_text="[{id, state}]")
    enterprise = models.CharField(max_length=120, blank=True)
    referred_to_enforcement = models.BooleanField(default=False)
    embargo = models.ForeignKey(Embargo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hints = models.JSONField(default=list, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["observed_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(verdict__in=["rectified", "closed_holds", "on_schedule", "behind", "not_started", "rebound"]),
                name="visit_verdict_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.verdict}"


class Submission(models.Model):
    """The first accepted sending of a report or visit under its uuid. The same again answers from here.

    ``title``: the report's as it was sent, or the visited problem's as the visitor saw it. ``clock_offset_s``: how far the
    server's clock was ahead of the phone's own, where the phone said.
    """

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        VISIT = "visit", _("Visit")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    body_sha256 = models.CharField(max_length=64, help_text="Of the body's bytes first accepted.")
    content_sha256 = models.CharField(
        max_length=64, help_text="Of its canonical content: another order of keys is the same content."
    )
    title = models.CharField(max_length=120, blank=True)
    clock_offset_s = models.FloatField(null=True, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "-received_at", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class SetAside(models.Model):
    """What could not be taken in, kept for the office to look at, never dropped.

    A second content under a known uuid (at most so many a person a day), or an item of a phone's archive with the ``reason``;
    a photo's bytes are the stored ``file``, and ``body_sha256`` is theirs. Settling one adds to it and takes nothing away.
    """

    class Decision(models.TextChoices):
        KEPT_FIRST = "kept_first", _("The first one stands")
        TAKEN_UP = "taken_up", _("Its content was taken up in another way")
        NOTHING_TO_DO = "nothing_to_do", _("Looked at, nothing to do")

    submission = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=10)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80, blank=True)
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    file = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, blank=True)
    looked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(max_length=20, blank=True, choices=Decision.choices)
    words = models.TextField(blank=True, help_text="Why it was settled so.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "person", "body_sha256"], name="set_aside_once"),
            # Settled: who, when, how and why, all of it; or nothing of it yet.
            models.CheckConstraint(
                condition=Q(looked_at__isnull=True, looked_by__isnull=True, decision="", words="")
                | Q(looked_at__isnull=False, looked_by__isnull=False, decision__in=["kept_first", "taken_up", "nothing_to_do"])
                & ~Q(words=""),
                name="set_aside_settled_whole",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["received_at"], condition=Q(looked_at__isnull=True), name="set_aside_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.submission}"
