"""Units, people, what each person holds and for whom they stand in, and which unit answers for what."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis.layers.models import Area
from server.units.roles import ADMINISTRATORS, UNIT_ROLES, Role


class Unit(models.Model):
    """A town, subdistrict, the park or a department (Article 3, Article 4)."""

    class Kind(models.TextChoices):
        TOWN = "town", _("Town")
        SUBDISTRICT = "subdistrict", _("Subdistrict")
        PARK = "park", _("Park service centre")
        DEPARTMENT = "department", _("District department")

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=100, unique=True)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    sector_authority = models.BooleanField(default=False, help_text="Reports every quarter (Article 6).")
    houses_office = models.BooleanField(default=False, help_text="The bureau that is also the rectification office.")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=["town", "subdistrict", "park", "department"]), name="unit_kind_known"),
            models.UniqueConstraint(fields=["houses_office"], condition=Q(houses_office=True), name="one_unit_houses_the_office"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(AbstractUser):
    """Somebody who can sign in. What they may do stands in their holdings alone; Django's own flags give nothing here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(max_length=60)
    first_name = None  # type: ignore[assignment]  # one name, as written in Chinese
    last_name = None  # type: ignore[assignment]  # one name, as written in Chinese

    objects: ClassVar[UserManager["Person"]] = UserManager()  # type: ignore[assignment]  # Self and Person are the same here
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering: ClassVar[list[str]] = ["username"]

    def __str__(self) -> str:
        return self.name or self.username


class RoleHolding(models.Model):
    """A role that a person holds: for a unit, for some areas or sectors (empty: the whole district), from a day, until a day."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    role = models.CharField(max_length=30, choices=Role.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="holdings")
    areas = models.JSONField(default=list, blank=True)
    sectors = models.JSONField(default=list, blank=True)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True, help_text="The last day on which it holds.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(role__in=sorted(UNIT_ROLES)) | Q(unit__isnull=False), name="unit_role_names_its_unit"
            ),
            models.CheckConstraint(
                condition=Q(until_date__isnull=True) | Q(until_date__gte=F("from_date")), name="holding_ends_after_start"
            ),
            # 等保 2.0: system, security and audit administration are never in one hand.
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(role__in=sorted(ADMINISTRATORS), until_date__isnull=True),
                name="one_administrator_role_a_person",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["role", "unit"])]

    def __str__(self) -> str:
        return f"{self.person} {self.role} {self.unit_id or ''}"


class StandIn(models.Model):
    """代行: a head or district leader who is away is represented, with a document and dates."""

    holding = models.ForeignKey(RoleHolding, on_delete=models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="standing_in")
    document = models.UUIDField(help_text="The delegation, a stored file.")
    from_date = models.DateField()
    until_date = models.DateField()
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until_date__gte=F("from_date")), name="stand_in_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.holding}"


class AreaUnit(models.Model):
    """Which unit answers for an area of one edition."""

    area = models.OneToOneField(Area, on_delete=models.PROTECT, related_name="answered_by")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="answers_for")

    def __str__(self) -> str:
        return f"{self.area_id} → {self.unit_id}"


class Sector(models.Model):
    """行业、领域 of the responsibility list (Article 4)."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class Responsibility(models.Model):
    """One sector's line of the responsibility list, as in force between two days (Article 4)."""

    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="lines")
    district_leader = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sector"], condition=Q(until_date__isnull=True), name="one_open_line_a_sector"),
        ]

    def __str__(self) -> str:
        return f"{self.sector_id} from {self.from_date}"


class ResponsibleUnit(models.Model):
    """A supervising unit of a line, in order; the first leads."""

    line = models.ForeignKey(Responsibility, on_delete=models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["line", "unit"], name="unit_once_a_line"),
            models.UniqueConstraint(fields=["line", "position"], name="position_once_a_line"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.position} {self.unit_id}"


class PasswordTrial(models.Model):
    """A password given to sign with that was not (yet) found right; a right one clears the person's row of them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "at"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d %H:%M}"
