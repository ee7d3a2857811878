"""Layers of areas and their editions.

A layer (towns, parks, red line …) is loaded again when its boundaries change; each loading is an edition with the time
from which it holds. Editions are never rewritten: what was located in one keeps pointing at that edition's areas.
All geometry is WGS 84 (EPSG:4326), longitude first.
"""

import uuid

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What the areas of a layer are for."""

    ADMINISTRATIVE = "administrative", _("Towns and subdistricts")
    PARK = "park", _("Park")
    PROTECTED_AREA = "protected_area", _("Protected area")
    RED_LINE = "red_line", _("Ecological red line")
    BASE = "base", _("Drawn on the map only")


class Layer(models.Model):
    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)

    class Meta:
        constraints = [models.CheckConstraint(name="layer_kind_known", condition=Q(kind__in=Kind.values))]

    def __str__(self) -> str:
        return self.name


class LayerEdition(models.Model):
    """One loading of a layer, in force from `in_force_from` until before `in_force_to` (null: still)."""

    # Never used twice, not even after a transaction that was undone: what is kept in memory is kept by it.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    in_force_from = models.DateTimeField()
    in_force_to = models.DateTimeField(null=True, blank=True)
    source_name = models.CharField(max_length=255, help_text="Name of the file it was read from")
    digest = models.CharField(max_length=64, help_text="SHA-256 of that file, hexadecimal")
    loaded_at = models.DateTimeField()
    given_srs = models.CharField(max_length=40, help_text="The coordinate system of the file: EPSG:n, gcj02 or bd09")
    report = models.JSONField(default=dict, help_text="What was repaired, dropped and noticed while reading")

    class Meta:
        ordering = ["layer", "number"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "number"], name="edition_number_once"),
            models.UniqueConstraint(fields=["layer"], condition=Q(in_force_to__isnull=True), name="edition_one_in_force"),
            models.CheckConstraint(
                name="edition_ends_after_start", condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer_id} {self.number}"


class Area(models.Model):
    """An area of one edition. Codes are unique in an edition and mean the same area in the next."""

    edition = models.ForeignKey(LayerEdition, on_delete=models.PROTECT, related_name="areas")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    # Points are located in memory (see locating.py), so neither database needs a spatial index of its own.
    geometry = models.MultiPolygonField(srid=4326, spatial_index=False)
    simplified = models.TextField(help_text="GeoJSON geometry for maps and phones; edges shared with neighbours stay identical")
    min_x = models.FloatField()
    min_y = models.FloatField()
    max_x = models.FloatField()
    max_y = models.FloatField()

    class Meta:
        ordering = ["edition", "code"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="area_code_once")]
        indexes = [models.Index(fields=["edition", "min_x", "max_x", "min_y", "max_y"], name="area_box")]

    def __str__(self) -> str:
        return self.name


class DrawnLine(models.Model):
    """A line of a base layer (river, road): drawn, never used to locate anything."""

    edition = models.ForeignKey(LayerEdition, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120, blank=True)
    geometry = models.MultiLineStringField(srid=4326, spatial_index=False)
    simplified = models.TextField(help_text="GeoJSON geometry for maps and phones")

    class Meta:
        ordering = ["edition", "code"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="line_code_once")]

    def __str__(self) -> str:
        return self.name or self.code
