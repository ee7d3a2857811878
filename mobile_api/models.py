"""What the API itself has to remember: which tokens belong to which password, and which actions were already done."""

from typing import ClassVar

from django.db import models
from knox.models import AuthToken

from server.units.models import Person


class TokenStamp(models.Model):
    """The password a token was given for, as Django's session hash: a changed password ends the token."""

    token = models.OneToOneField(AuthToken, on_delete=models.CASCADE, primary_key=True, related_name="stamp")
    password = models.CharField(max_length=128)

    def __str__(self) -> str:
        return self.token_id


class IdempotencyKey(models.Model):
    """An action that was done under a client's key. The same key again does nothing; refused actions leave none behind."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    problem = models.UUIDField()
    action = models.CharField(max_length=30)
    key = models.CharField(max_length=200)
    content_sha256 = models.CharField(max_length=64)
    done_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "problem", "action", "key"], name="an_action_once_a_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "done_at"])]

    def __str__(self) -> str:
        return f"{self.action} {self.problem} {self.key}"
