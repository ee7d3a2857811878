"""The ledger: a problem, where it is, who is named in it, who may see it before its time, and how it stood on any day."""

import uuid
from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gis.layers.models import Area
from server.regulation.statuses import Status
from server.units.models import Person, Sector, Unit

STATUS_LABELS = {
    Status.REPORTED: _("Reported"),
    Status.RETURNED: _("Returned"),
    Status.MERGED: _("Merged"),
    Status.CANCELLED: _("Cancelled"),
    Status.LISTED: _("Listed"),
    Status.PLANNED: _("Planned"),
    Status.RECTIFYING: _("Rectifying"),
    Status.APPLIED: _("Acceptance applied for"),
    Status.ACCEPTING: _("In acceptance"),
    Status.PASSED: _("Passed, to be confirmed"),
    Status.PRE_ACCEPTED: _("Pre-accepted"),
    Status.SUBMITTED_UPWARD: _("Submitted upward"),
    Status.CLOSED: _("Closed"),
    Status.FILED: _("Filed"),
}


class Embargo(models.Model):
    """What was found in an unannounced inspection is hidden until its release (Article 10).

    One row for each problem of the inspection, and one for the inspection itself. Problem, visit, photo and record entry
    hold its id from the start; release sets ``lifted_at`` here and changes nothing else, so that nothing append-only is
    touched.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inspection = models.UUIDField(db_index=True)
    subject = models.UUIDField(db_index=True, help_text="The problem's id, or the inspection's own.")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["inspection", "subject"], name="one_embargo_a_subject_and_inspection")
        ]

    def __str__(self) -> str:
        return f"{self.inspection}: {self.subject}"


class Problem(models.Model):
    """An outstanding ecological problem at a place (突出生态环境问题).

    ``status`` is changed by :func:`server.problems.moves.move` alone. ``location`` is EPSG:4326 (longitude, latitude); the
    given coordinates and their system are kept beside it. The dates ``yellow_from`` … ``far_behind_from`` are written with
    every change: without an event light and pace only worsen, so a comparison with a day answers both exactly.
    """

    class Level(models.TextChoices):
        CENTRAL = "central", _("Central")
        PROVINCIAL = "provincial", _("Provincial")
        MUNICIPAL = "municipal", _("Municipal")
        DISTRICT = "district", _("District")

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    category = models.CharField(max_length=30)
    further_categories = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, choices=[(s.value, STATUS_LABELS[s]) for s in Status])
    status_since = models.DateTimeField()
    status_before = models.CharField(max_length=20, blank=True, help_text="Where restore leads back to.")

    # source (Article 5, Article 6)
    source = models.CharField(max_length=40, blank=True)
    level = models.CharField(max_length=20, blank=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    discovery = models.CharField(max_length=40, blank=True)
    discovery_file = models.UUIDField(null=True, blank=True)
    endorsed_by = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    endorsement_file = models.UUIDField(null=True, blank=True)
    quarter = models.CharField(max_length=10, blank=True)
    disclosed_on = models.DateField(null=True, blank=True)
    case_class = models.CharField(max_length=20, blank=True)
    superior_number = models.CharField(max_length=60, blank=True)
    superior_round = models.CharField(max_length=40, blank=True)
    superior_batch = models.CharField(max_length=40, blank=True)
    original_text = models.TextField(blank=True)
    common = models.BooleanField(default=False)

    # place
    location = models.PointField(srid=4326, null=True, blank=True, spatial_index=False)
    # The point's own degrees as plain columns: a box is two ranges, the same on both databases and indexed.
    lon = models.FloatField(null=True, blank=True, editable=False)
    lat = models.FloatField(null=True, blank=True, editable=False)
    given_x = models.FloatField(null=True, blank=True)
    given_y = models.FloatField(null=True, blank=True)
    given_crs = models.CharField(max_length=20, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    moved_m = models.FloatField(null=True, blank=True, help_text="Metres the pin was moved by hand from the phone's fix.")
    cell = models.BigIntegerField(null=True, blank=True, db_index=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    area_code = models.CharField(max_length=40, blank=True, db_index=True)
    town = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    park = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    whole_district = models.BooleanField(default=False)
    no_location_reason = models.TextField(blank=True)
    outside_district = models.BooleanField(default=False)
    hints = models.JSONField(default=list, blank=True)

    # report
    reported_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reporting_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    observed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    no_photo_reason = models.TextField(blank=True)
    embargo = models.ForeignKey(Embargo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    open_inspection = models.BooleanField(default=False, help_text="Found on an announced inspection.")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged_from")

    # marks that light, pace and filters need; higher rooms write them through ``marks.set_marks``
    missing_photos = models.PositiveIntegerField(default=0)
    before_photos = models.PositiveIntegerField(default=0)
    during_photos = models.PositiveIntegerField(default=0)
    after_photos = models.PositiveIntegerField(default=0)
    listed_on = models.DateField(null=True, blank=True)
    plan_kind = models.CharField(max_length=20, blank=True)
    plan_issued_on = models.DateField(null=True, blank=True)
    rule_edition = models.CharField(max_length=40, blank=True)
    accepted_by = models.CharField(max_length=20, blank=True)
    deadline = models.DateField(null=True, blank=True, db_index=True)
    deadline_text = models.CharField(max_length=60, blank=True)
    stages = models.JSONField(default=list, blank=True, help_text="[{due, reached}] in order: what pace is judged by.")
    measures_done = models.PositiveIntegerField(default=0)
    done_keys = models.JSONField(default=list, blank=True, help_text="Keys of the measures that are done.")
    measures_total = models.PositiveIntegerField(default=0)
    percents = models.JSONField(default=dict, blank=True, help_text="{main unit: {percent, on}}, the last one each.")
    flag = models.CharField(max_length=10, blank=True)
    flag_on = models.DateField(null=True, blank=True)
    last_verdict = models.CharField(max_length=20, blank=True)
    last_verdict_on = models.DateField(null=True, blank=True)
    started = models.BooleanField(default=False)
    round = models.PositiveIntegerField(default=1)
    acceptance_due = models.DateField(null=True, blank=True)
    supervision_open = models.DateField(null=True, blank=True)
    interview_open = models.DateField(null=True, blank=True)
    yellow_from = models.DateField(null=True, blank=True, db_index=True)
    red_from = models.DateField(null=True, blank=True, db_index=True)
    ahead_until = models.DateField(null=True, blank=True)
    behind_from = models.DateField(null=True, blank=True)
    far_behind_from = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, db_index=True)
    filing_number = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-received_at", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="problem_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["reported", "returned", "merged", "cancelled"]) | Q(number__isnull=False),
                name="ledger_problem_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(status="reported") | Q(number__isnull=True), name="reported_problem_has_no_number"
            ),
            models.CheckConstraint(
                condition=Q(location__isnull=False) | Q(whole_district=True) | ~Q(area_code=""), name="problem_has_a_place"
            ),
            models.CheckConstraint(
                condition=Q(location__isnull=True) | Q(cell__isnull=False, lon__isnull=False, lat__isnull=False),
                name="placed_problem_has_its_cell",
            ),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merged_into__isnull=False), name="merged_problem_names_the_other"
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="no_problem_is_merged_into_itself"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["status", "area_code"]),
            models.Index(fields=["-received_at", "id"]),
            models.Index(fields=["lon", "lat"]),
        ]

    def __str__(self) -> str:
        return f"{self.number or ''} {self.title}".strip()

    @property
    def incomplete(self) -> bool:
        """Claims photos that have not arrived."""
        return self.missing_photos > 0


class Site(models.Model):
    """点位: a place within a problem. The first has the problem's own id and is where the problem is drawn."""

    id = models.UUIDField(primary_key=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=80, blank=True)
    location = models.PointField(srid=4326, null=True, blank=True, spatial_index=False)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["problem", "position"], name="one_site_a_position")
        ]

    def __str__(self) -> str:
        return self.name or str(self.position)


class FurtherSource(models.Model):
    """The same site named again by another source: all are kept, the highest level rules (Article 5, dynamic update)."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="further_sources")
    source = models.CharField(max_length=40)
    level = models.CharField(max_length=20)
    superior_number = models.CharField(max_length=60, blank=True)
    disclosed_on = models.DateField(null=True, blank=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.source


class Involvement(models.Model):
    """A unit named in a problem. Unique by problem and unit: no unit stands on both sides (Articles 17 and 18).

    ``former_main`` keeps a unit that rectified and was replaced: it stays barred from accepting.
    """

    class Role(models.TextChoices):
        MAIN = "main", _("Main-responsible")
        SUPERVISING = "supervising", _("Supervising")
        ASSISTING = "assisting", _("Assisting")
        FORMER_MAIN = "former_main", _("Formerly main-responsible")
        FORMER_SUPERVISING = "former_supervising", _("Formerly supervising")

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="involvements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="involvements")
    role = models.CharField(max_length=20, choices=Role.choices)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["role", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["problem", "unit"], name="a_unit_stands_on_one_side_only"),
            models.UniqueConstraint(
                fields=["problem", "role", "position"],
                condition=Q(role__in=["main", "supervising"]),
                name="one_unit_a_place",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.role} {self.position}"


class Grant(models.Model):
    """A person's right to see one problem: people of an inspection, special supervisors. ``inspection`` opens its embargo too."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="grants")
    inspection = models.UUIDField(null=True, blank=True)
    ground = models.CharField(max_length=40)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "problem", "inspection"], name="one_grant_a_ground"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["person", "inspection"])]

    def __str__(self) -> str:
        return f"{self.person_id} sees {self.problem_id}"


class Standing(models.Model):
    """How a problem stood from one instant to the next, so that the district can be shown as it was on any day."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="standings")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20)
    yellow_from = models.DateField(null=True, blank=True)
    red_from = models.DateField(null=True, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["from_at", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["problem"], condition=Q(until_at__isnull=True), name="one_open_standing_a_problem"),
            models.CheckConstraint(
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")), name="standing_ends_after_start"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["from_at", "until_at"])]

    def __str__(self) -> str:
        return f"{self.problem_id} {self.status} from {self.from_at}"


class FileReference(models.Model):
    """A stored document that an action on a problem named: who sees the problem may read it (no embargo on it)."""

    file = models.UUIDField(db_index=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="documents")
    action = models.CharField(max_length=30)
    embargo = models.ForeignKey(Embargo, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "problem", "action"], name="file_named_once_an_action")
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.file}"


class NumberSeries(models.Model):
    """The last number given in a year; numbers are never used again (Article 5)."""

    year = models.PositiveIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
