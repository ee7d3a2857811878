"""Which calendar years and rule editions are in force, and who put them there."""

from typing import ClassVar

from django.db import models


class CalendarYear(models.Model):
    """The State Council's notice for one year: which days rest and which weekend days are worked (调休)."""

    year = models.PositiveIntegerField(primary_key=True)
    rest = models.JSONField(help_text="ISO dates that rest.")
    work = models.JSONField(help_text="ISO dates of weekends that are worked.")
    notice = models.CharField(max_length=80)
    in_force_since = models.DateTimeField()
    put_in_force_by = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar[list[str]] = ["year"]

    def __str__(self) -> str:
        return f"{self.year} {self.notice}"
