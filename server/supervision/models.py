"""On-site supervision (现场督办, Article 13(3)): thin now; the ladder's other steps follow."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from server.problems.models import Problem
from server.units.models import Person, Unit


class SupervisionRecord(models.Model):
    """The leading group on site with the supervising unit: who went, the written opinion, and the reply owed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="supervision_records")
    date = models.DateField()
    people = models.JSONField(default=list)
    opinion = models.TextField()
    document = models.UUIDField(null=True, blank=True)
    reply_due = models.DateField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reply = models.TextField(blank=True)
    reply_file = models.UUIDField(null=True, blank=True)
    replied_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replying_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["date", "at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(reply_due__gte=F("date")), name="reply_is_due_after_the_visit"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(replied_at__isnull=False), name="only_a_reply_is_accepted"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.date}"
