"""Messages carried to people inside the product: what they have to do, or should know. They know no caller."""

from typing import ClassVar

from django.db import models

from server.units.models import Person


class Notice(models.Model):
    """One message to one person about one subject (a value: notices lie below what they speak of).

    ``code`` is a stable name whose words the faces have; ``params`` fill them. A face shows a notice only while its reader may
    still see the subject, so that no notice tells of what its reader may not know.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    code = models.CharField(max_length=40)
    subject = models.UUIDField(db_index=True)
    params = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "code", "subject", "at"], name="a_notice_once_an_event")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "read_at"])]

    def __str__(self) -> str:
        return f"{self.code} → {self.person_id}"
