"""What the office coordinates: for now the suggestions and complaints that people send (国办函〔2026〕12号)."""

from typing import ClassVar

from django.db import models

from server.units.models import Person


class Suggestion(models.Model):
    """意见建议: a complaint or suggestion that reaches the office."""

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    page = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]

    def __str__(self) -> str:
        return self.text[:40]
