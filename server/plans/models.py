"""The rectification plan (整改方案) and its versions. A version, once issued, is never changed (Article 7)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from server.problems.models import Problem
from server.units.models import Person, Unit


class Plan(models.Model):
    """One version. The units' names and the rule edition are kept as they were when it was issued."""

    class Kind(models.TextChoices):
        IMMEDIATE = "immediate", _("Immediate")
        LONG_TERM = "long_term", _("Long-term")
        LEGACY = "legacy", _("Legacy")
        CONTINUOUS = "continuous", _("Continuous")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind.choices)
    goal = models.TextField()
    deadline = models.DateField(null=True, blank=True)
    deadline_text = models.CharField(max_length=60, blank=True)
    risk_control = models.TextField(blank=True)
    superior_reference = models.CharField(max_length=200, blank=True)
    accepted_by = models.CharField(max_length=20, blank=True)
    approvals = models.JSONField(default=list, blank=True)
    document = models.UUIDField(null=True, blank=True)
    document_number = models.CharField(max_length=60, blank=True)
    common = models.BooleanField(default=False)
    mechanism = models.TextField(blank=True)
    extended_check = models.TextField(blank=True)
    units = models.JSONField(help_text="{main, supervising, assisting: [{code, name}]} as named in this version.")
    rule_edition = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ground = models.TextField(blank=True)
    approved_by = models.CharField(max_length=120, blank=True)
    standard_text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["problem", "version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["problem", "version"], name="one_plan_a_version"),
            models.CheckConstraint(condition=Q(kind="continuous") | Q(deadline__isnull=False), name="plan_has_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} v{self.version}"


class Measure(models.Model):
    """重点措施. ``key`` stays the same through the versions, so that what is done stays done."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="measures")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    text = models.TextField()
    goal = models.TextField(blank=True)
    deadline = models.DateField(null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "key"], name="a_measure_once_a_version"),
            models.UniqueConstraint(fields=["plan", "position"], name="one_measure_a_place"),
        ]

    def __str__(self) -> str:
        return self.text[:40]


class Stage(models.Model):
    """阶段性目标 of a long-term plan; ``key`` stays through the versions."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="stages")
    key = models.UUIDField(default=uuid.uuid4)
    position = models.PositiveIntegerField()
    goal = models.TextField()
    due = models.DateField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["plan", "key"], name="a_stage_once_a_version"),
            models.UniqueConstraint(fields=["plan", "position"], name="one_stage_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.due} {self.goal[:40]}"
