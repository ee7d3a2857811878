"""Application, opinions, decision, confirmation, filing, reopening: every round is kept (Articles 16 to 18)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from server.problems.models import Involvement, Problem
from server.units.models import Person, Unit


class Application(models.Model):
    """验收申请: one application of the first main unit; a new one starts a new clock (Articles 16 and 17)."""

    class Outcome(models.TextChoices):
        OPEN = ""
        WITHDRAWN = "withdrawn"
        SENT_BACK = "sent_back"
        PASSED = "passed"
        FAILED = "failed"
        RESTARTED = "restarted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="applications")
    round = models.PositiveIntegerField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    statement = models.TextField()
    received_at = models.DateTimeField()
    due = models.DateField()
    due_provisional = models.BooleanField(default=False)
    suspended_until = models.DateField(null=True, blank=True)
    registration_form = models.UUIDField(null=True, blank=True)
    files = models.JSONField(default=list, blank=True)
    pairs = models.JSONField(default=list, blank=True, help_text="[{before, after}] photo ids.")
    during = models.JSONField(default=list, blank=True)
    waivers = models.JSONField(default=list, blank=True)
    no_app_photo = models.JSONField(default=list, blank=True)
    doubts = models.JSONField(default=list, blank=True, help_text="What is shown to the lead and refuses nothing.")
    outcome = models.CharField(max_length=12, blank=True, choices=Outcome.choices)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_text = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["problem"], condition=Q(outcome=""), name="one_open_application_a_problem"),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} round {self.round}"


class Opinion(models.Model):
    """A supervising unit's opinion; a later one of the same unit replaces it, both are kept.

    ``seat`` is the unit's place among the supervising units: a unit that rectifies has no such place (Articles 17 and 18).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions")
    seat = models.ForeignKey(Involvement, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    result = models.CharField(max_length=4)
    text = models.TextField()
    checklist = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(result__in=["pass", "fail"]), name="opinion_is_pass_or_fail")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.result}"


class Decision(models.Model):
    """The lead unit's decision, signed by its head; one an application."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    seat = models.ForeignKey(Involvement, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    at = models.DateTimeField()
    late = models.BooleanField(default=False, help_text="Decided after the ten working days: the lead's lateness.")
    result = models.CharField(max_length=4)
    text = models.TextField()
    demands = models.JSONField(default=list, blank=True)
    form = models.UUIDField(null=True, blank=True)
    opinions_given = models.JSONField(
        default=list, help_text="[{unit, name, result}] as they stood; missing ones named with none."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(result__in=["pass", "fail"]), name="decision_is_pass_or_fail")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.result}"


class Closure(models.Model):
    """The district leader's word on a passed application. Names who rectified and who accepted (Article 18)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="closures")
    confirmed = models.BooleanField()
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    signed_on = models.DateField()
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    form = models.UUIDField(null=True, blank=True)
    rectified_by = models.JSONField(default=list, help_text="[{code, name}]")
    accepted_by = models.JSONField(default=list, help_text="[{code, name}], the lead first")

    def __str__(self) -> str:
        return f"{self.application_id} {'confirmed' if self.confirmed else 'declined'}"


class SuperiorResult(models.Model):
    """What the province, city or superior sector department decided (Article 17)."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="superior_results")
    round = models.PositiveIntegerField()
    submitted_to = models.CharField(max_length=20)
    submitted_at = models.DateTimeField()
    file = models.UUIDField(null=True, blank=True)
    result = models.CharField(max_length=4, blank=True)
    document = models.UUIDField(null=True, blank=True)
    date = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(result__in=["", "pass", "fail"]), name="superior_says_pass_or_fail")
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.submitted_to} {self.result}"


class Filing(models.Model):
    """备案 by the office; countersigned where its own bureau rectified or led."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="filings")
    round = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    countersigned_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    countersign_document = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="filing_numbers_are_not_used_again")
        ]

    def __str__(self) -> str:
        return self.number


class Reopening(models.Model):
    """A closed problem found again: a new round, both units named (Article 18)."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="reopenings")
    round = models.PositiveIntegerField()
    reason = models.CharField(max_length=12)
    text = models.TextField()
    visit = models.UUIDField(null=True, blank=True)
    document = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    rectified_by = models.JSONField(default=list)
    accepted_by = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(reason__in=["rebound", "incomplete"]), name="reopened_for_a_known_reason")
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.reason}"
