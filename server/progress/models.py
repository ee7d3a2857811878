"""What main units report of carrying out (Article 8). Rows are added, never changed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from server.problems.models import Problem
from server.units.models import Person, Unit


class Progress(models.Model):
    """One report of progress by one main unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="progress")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    percent = models.PositiveIntegerField()
    text = models.TextField()
    done = models.JSONField(default=list, blank=True)
    reached = models.JSONField(default=list, blank=True)
    flag = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(percent__lte=100), name="percent_at_most_100")
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.unit_id} {self.percent} %"
