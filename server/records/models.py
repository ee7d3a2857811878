"""The record: what was done, by whom, resting on which article.

Rows are inserted and never change; the database refuses anything else.
"""

import json
import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from server.records.actor import Actor
from server.records.canonical import canonical_json

FIRST_PREVIOUS = "0" * 64


class SealedKind(models.TextChoices):
    """Whose entries the auditor sees only as sealed ones."""

    NONE = "", _("open to the auditor")
    PETITION = "petition", _("Petition")
    ACCOUNTABILITY = "accountability", _("Accountability case")


class Entry(models.Model):
    """One thing that was done. `at` is when it happened, `recorded_at` when the server wrote it down; both aware.

    `before`, `after` and `canonical` are canonical JSON; `canonical` is that of the whole entry and is what the seal's digest
    is taken over.
    """

    id = models.UUIDField(_("id"), primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("done at"))
    recorded_at = models.DateTimeField(_("recorded at"))
    by_id = models.CharField(_("person's id"), max_length=64, db_index=True)
    by_name = models.CharField(_("done by"), max_length=200)
    by_unit = models.CharField(_("unit's code"), max_length=64, blank=True)
    by_unit_name = models.CharField(_("unit"), max_length=200, blank=True)
    signed_by_id = models.CharField(_("signer's id"), max_length=64, blank=True)
    signed_by_name = models.CharField(_("signed by"), max_length=200, blank=True)
    action = models.CharField(_("action"), max_length=64)
    article = models.CharField(_("article"), max_length=32)
    object_type = models.CharField(_("kind of object"), max_length=64)
    object_id = models.CharField(_("object's id"), max_length=64)
    problem = models.UUIDField(_("problem"), null=True, blank=True, db_index=True)
    embargo = models.UUIDField(_("inspection under embargo"), null=True, blank=True, db_index=True)
    sealed_kind = models.CharField(_("sealed"), max_length=16, blank=True, choices=SealedKind.choices)
    rule_edition = models.CharField(_("rule edition"), max_length=64, blank=True)
    before = models.TextField(_("state before"), default="null")
    after = models.TextField(_("state after"), default="null")
    canonical = models.TextField(_("canonical form"))

    class Meta:
        verbose_name = _("record entry")
        verbose_name_plural = _("record entries")
        indexes = [models.Index(fields=["object_type", "object_id"], name="records_entry_object")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"

    @property
    def by(self) -> Actor:
        return Actor(self.by_id, self.by_name, self.by_unit, self.by_unit_name)

    @property
    def before_values(self) -> dict[str, Any] | None:
        """What stood before, as plain JSON values; None where nothing did."""
        values: dict[str, Any] | None = json.loads(self.before)
        return values

    @property
    def after_values(self) -> dict[str, Any] | None:
        values: dict[str, Any] | None = json.loads(self.after)
        return values

    def canonical_form(self) -> str:
        """Work the canonical text out from the columns. It equals `canonical` unless somebody has changed one of them."""
        return canonical_json(
            {
                "id": self.id,
                "at": self.at,
                "recorded_at": self.recorded_at,
                "by": {"id": self.by_id, "name": self.by_name, "unit": self.by_unit, "unit_name": self.by_unit_name},
                "signed_by": {"id": self.signed_by_id, "name": self.signed_by_name} if self.signed_by_id else None,
                "action": self.action,
                "article": self.article,
                "object": {"type": self.object_type, "id": self.object_id},
                "problem": self.problem,
                "embargo": self.embargo,
                "sealed_kind": self.sealed_kind,
                "rule_edition": self.rule_edition,
                "before": self.before_values,
                "after": self.after_values,
            }
        )

    def spelled_canonically(self) -> bool:
        """Whether `before` and `after` are still spelled as they were written, not only of the same meaning."""
        return self.before == canonical_json(self.before_values) and self.after == canonical_json(self.after_values)


class Seal(models.Model):
    """An entry's place in the chain, given at its commit: `digest` is SHA-256 over `previous` (64 hex digits, ASCII) and the
    canonical text.
    """

    sequence = models.BigIntegerField(_("sequence"), primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal", verbose_name=_("entry"))
    digest = models.CharField(_("digest"), max_length=64)
    previous = models.CharField(_("digest before"), max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest[:12]}"


class AccessEntry(models.Model):
    """Somebody read what is worth noting: an export, an original, a petitioner's contact, a sealed entry."""

    at = models.DateTimeField(_("read at"), db_index=True)
    by_id = models.CharField(_("person's id"), max_length=64, db_index=True)
    by_name = models.CharField(_("read by"), max_length=200)
    by_unit = models.CharField(_("unit's code"), max_length=64, blank=True)
    kind = models.CharField(_("kind of reading"), max_length=64)
    object_type = models.CharField(_("kind of object"), max_length=64)
    object_id = models.CharField(_("object's id"), max_length=64, blank=True)
    amount = models.PositiveIntegerField(_("how many"), default=1)

    class Meta:
        verbose_name = _("access entry")
        verbose_name_plural = _("access entries")

    def __str__(self) -> str:
        return f"{self.by_name} {self.kind} {self.object_type} {self.object_id}"
