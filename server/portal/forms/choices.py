"""What can be chosen in forms, with the words for it."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from server.evidence.models import Photo
from server.portal import words
from server.portal.filters import governed_areas
from server.portal.forms.fields import Choices
from server.problems.models import Problem
from server.problems.policy import visible_to
from server.regulation import categories, discovery, sources
from server.regulation.statuses import LEDGER, Status
from server.units.models import Person, Sector, Unit
from server.units.predicates import OFFICE_ZONE

SYSTEMS: Choices = (
    ("wgs84", gettext_lazy("WGS 84 (phones, GPS)")),
    ("EPSG:4490", gettext_lazy("CGCS2000, degrees")),
    ("gcj02", gettext_lazy("GCJ-02 (AMap, Tencent)")),
    ("bd09", gettext_lazy("BD-09 (Baidu)")),
    ("EPSG:4549", gettext_lazy("CGCS2000, 3° zone on 120°E, without zone number")),
    ("EPSG:4548", gettext_lazy("CGCS2000, 3° zone on 117°E, without zone number")),
    ("EPSG:4528", gettext_lazy("CGCS2000, 3° zone 40, with zone number")),
    ("EPSG:4527", gettext_lazy("CGCS2000, 3° zone 39, with zone number")),
)


def of(names: Mapping[str, Promise]) -> Choices:
    return list(names.items())


def source_choices() -> Choices:
    return [(s.code, f"{words.level_name(s.level)}・{words.source_name(s.code)}") for s in sources.SOURCES]


def category_choices() -> Choices:
    return [(code, words.category_name(code)) for code in categories.BY_CODE]


def discovery_choices() -> Choices:
    return [(code, words.discovery_name(code)) for code in discovery.BY_CODE]


def sector_choices() -> Choices:
    return list(Sector.objects.values_list("code", "name"))


def unit_choices(*, departments: bool = False) -> Choices:
    units = Unit.objects.all()
    if departments:
        units = units.filter(kind=Unit.Kind.DEPARTMENT)
    return list(units.values_list("code", "name"))


def area_choices(at: datetime) -> Choices:
    return [*((area.code, area.name) for area in governed_areas(at)), ("district", _("Whole district"))]


def site_choices(problem: Problem) -> Choices:
    return [
        (str(site.pk), site.name or (_("First site") if site.position == 0 else _("Site %(n)s") % {"n": site.position + 1}))
        for site in problem.sites.all()
    ]


def photo_words(photo: Photo, number: int) -> str:
    """ "整改前 2 · 05-12 10:08"."""
    taken = (photo.captured_at or photo.exif_time or photo.received_at).astimezone(OFFICE_ZONE)
    return f"{words.word(words.STAGE_NAMES, photo.photo_stage)} {number}・{taken:%m-%d %H:%M}"


def photo_choices(photos: list[Photo], stage: str) -> Choices:
    of_stage = [photo for photo in photos if photo.photo_stage == stage and not photo.damaged]
    return [(str(photo.pk), photo_words(photo, n)) for n, photo in enumerate(of_stage, 1)]


def merge_choices(problem: Problem, person: Person, at: datetime) -> Choices:
    """Problems it may join: of the ledger, the same area's and category's first."""
    among = visible_to(person, at).filter(status__in=sorted(LEDGER | {Status.REPORTED})).exclude(pk=problem.pk)
    rows = list(among.order_by("-received_at").values_list("pk", "number", "title", "area_code", "category")[:300])
    rows.sort(key=lambda row: (row[3] != problem.area_code, row[4] != problem.category))
    return [(str(pk), f"{number or _('not listed yet')} {title}") for pk, number, title, _area, _category in rows]


def people_choices(people: list[Person]) -> Choices:
    return [(person.username, str(person)) for person in people]
