"""A, B or C: how far a photo can be relied on, judged by plain facts and found in lists without a query for each."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import ImageEnhance, ImageFilter

from server.evidence import devices
from server.evidence.actions import take_in
from server.evidence.checks import checks_of
from server.evidence.grades import GradeFacts, grade
from server.evidence.models import Photo
from server.evidence.queries import grade_of, photos_of
from server.evidence.tasks import render_photo
from tests.evidence.making import saved, scene
from tests.evidence.signing import SigningPhone
from tests.photographs import jpeg
from tests.world import IN_STONE_BRIDGE, T0, World, day

BEST = GradeFacts(
    in_app=True,
    signed=True,
    position_age_s=30,
    accuracy_m=30,
    inside_district=True,
    clock_offset_s=-120,
    numbers_whole=True,
)


def test_taken_in_the_app_signed_and_right_in_every_way_is_an_a() -> None:
    assert grade(BEST) == "A"


@pytest.mark.parametrize(
    "weaker",
    [
        {"signed": False},
        {"position_age_s": 31},
        {"position_age_s": -31},
        {"position_age_s": None},
        {"accuracy_m": 30.5},
        {"accuracy_m": None},
        {"inside_district": False},
        {"inside_district": None},
        {"clock_offset_s": 121},
        {"clock_offset_s": None},
        {"numbers_whole": False},
        {"whole": False},
    ],
)
def test_in_the_app_but_weaker_is_a_b(weaker: dict[str, Any]) -> None:
    assert grade(replace(BEST, **weaker)) == "B"


def test_chosen_from_files_is_a_c_however_good_the_rest() -> None:
    assert grade(replace(BEST, in_app=False)) == "C"


# --- on real rows --------------------------------------------------------------------------------------------------------


def enrolled(world: World) -> SigningPhone:
    phone = SigningPhone()
    phone.device = devices.enrol("phone", phone.jwk, by=world.inspector, at=T0)[0].pk
    return phone


def taken(world: World, phone: SigningPhone, shade: int, **different: Any) -> Photo:
    data = jpeg(shade=shade)
    return take_in(uuid4(), data, phone.declare(data, T0, **different), by=world.inspector, at=day(0, 1))[0]


def graded(photo: Photo) -> str:
    return grade_of(Photo.objects.get(pk=photo.pk))


@pytest.mark.django_db
def test_a_photo_of_an_enrolled_phone_gets_its_a(world: World) -> None:
    assert graded(taken(world, enrolled(world), 80)) == "A"
    assert graded(Photo.objects.get(pk=world.photo())) == "B"


@pytest.mark.django_db
def test_an_a_waits_for_the_numbers_before_it(world: World) -> None:
    phone = enrolled(world)
    first = jpeg(shade=80)
    declared = phone.declare(first, T0)
    second = taken(world, phone, 81)
    assert graded(second) == "B"
    take_in(uuid4(), first, declared, by=world.inspector, at=T0)
    assert graded(second) == "A"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "different",
    [
        {"position": None},
        {"position": {"lon": 118.31, "lat": 30.91, "accuracy_m": 3_000, "time": T0.isoformat()}},
        {"position": {"lon": 118.31, "lat": 30.91, "accuracy_m": 5, "time": (T0 - timedelta(minutes=5)).isoformat()}},
        {"position": {"lon": 118.32, "lat": 30.91, "accuracy_m": 5, "time": T0.isoformat()}},
        {"time": (T0 - timedelta(minutes=3)).isoformat()},
        {"time": "yesterday"},
    ],
    ids=["no position", "imprecise", "old position", "another position than declared", "clock off", "no time"],
)
def test_what_was_signed_and_not_what_was_declared_makes_an_a(world: World, different: dict[str, Any]) -> None:
    assert graded(taken(world, enrolled(world), 80, **different)) == "B"


@pytest.mark.django_db
def test_a_list_of_photos_is_graded_without_a_query_for_each(world: World) -> None:
    photos = [taken(world, enrolled(world), 80 + n).pk for n in range(4)]
    problem = world.report(photos=photos)
    with CaptureQueriesContext(connection) as few:
        list(photos_of(problem, world.inspector, T0))
    with CaptureQueriesContext(connection) as same:
        assert [grade_of(photo) for photo in photos_of(problem, world.inspector, T0)] == ["A"] * 4
    assert len(same) == len(few)


# --- checks --------------------------------------------------------------------------------------------------------------


def codes(photo: Photo) -> set[str]:
    return {check.code for check in checks_of(Photo.objects.get(pk=photo.pk))}


@pytest.mark.django_db
def test_an_honest_photo_has_nothing_against_it(world: World) -> None:
    photo = taken(world, enrolled(world), 80)
    world.report(photos=[photo.pk], location=IN_STONE_BRIDGE)
    render_photo.func(str(photo.pk))
    assert codes(photo) == set()


@pytest.mark.django_db
def test_before_and_after_of_one_visit_are_told(world: World) -> None:
    before = Photo.objects.get(pk=world.photo(at=T0, shade=60))
    after = Photo.objects.get(pk=world.photo(at=day(0, 1), stage="after", shade=61))
    late = Photo.objects.get(pk=world.photo(at=day(9), stage="after", shade=62))
    world.report(photos=[before.pk, after.pk, late.pk])
    assert "one_session" in codes(before) & codes(after)
    assert "one_session" not in codes(late)


@pytest.mark.django_db
def test_an_after_that_is_older_than_the_before_is_told(world: World) -> None:
    before = Photo.objects.get(pk=world.photo(at=day(5), shade=60))
    old = Photo.objects.get(pk=world.photo(at=T0, stage="after", shade=61))
    new = Photo.objects.get(pk=world.photo(at=day(9), stage="after", shade=62))
    world.report(at=day(9), photos=[before.pk, old.pk, new.pk])
    assert "older_than_before" in codes(old)
    assert "older_than_before" not in codes(new) | codes(before)


@pytest.mark.django_db
def test_a_clock_that_was_wrong_is_told_as_a_notice_and_a_photo_of_the_future_as_a_warning(world: World) -> None:
    slow = taken(world, enrolled(world), 80, time=(T0 - timedelta(hours=2)).isoformat())
    assert [(c.code, c.level, c.figures) for c in checks_of(slow)] == [("time_differs", "notice", {"seconds": 7200})]
    data = jpeg(shade=81)
    future = take_in(uuid4(), data, enrolled(world).declare(data, day(2)), by=world.inspector, at=T0)[0]
    assert [(c.code, c.level, c.figures) for c in checks_of(future)] == [("time_differs", "warning", {"hours": 48.0})]


def chosen(world: World, data: bytes, name: str = "IMG_1.jpg", source: str = "library") -> Photo:
    declared = replace(SigningPhone().declare(data, T0), source=source, filename=name, statement="", signature="")
    photo = take_in(uuid4(), data, declared, by=world.inspector, at=T0)[0]
    render_photo.func(str(photo.pk))
    return photo


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "kind", "source", "told"),
    [
        ("Screenshot_2026.jpg", "JPEG", "library", True),
        ("截屏2026.jpg", "JPEG", "library", True),
        ("IMG_1.png", "PNG", "library", True),
        ("IMG_1.jpg", "JPEG", "library", False),
        ("shot.png", "PNG", "camera", False),
    ],
)
def test_screenshots_are_told_by_name_or_by_being_no_cameras(world: World, name: str, kind: str, source: str, told: bool) -> None:
    assert ("screenshot" in codes(chosen(world, saved(scene(), kind), name, source))) is told


@pytest.mark.django_db
def test_blurred_and_dark_pictures_are_told_from_their_pixels(world: World) -> None:
    sharp, blurred, dark = (
        chosen(world, saved(picture))
        for picture in (
            scene(),
            scene().filter(ImageFilter.GaussianBlur(8)),
            ImageEnhance.Brightness(scene()).enhance(0.12),
        )
    )
    assert not {"blurred", "dark"} & codes(sharp)
    assert "blurred" in codes(blurred)
    assert "dark" in codes(dark)
    assert "dark" not in codes(blurred)


@pytest.mark.django_db
def test_library_small_and_edited_are_told(world: World) -> None:
    photo = chosen(world, saved(scene(320, 240)))
    Photo.objects.filter(pk=photo.pk).update(exif={"software": "Adobe Photoshop 25"})
    assert codes(photo) == {"from_library", "small", "edited"}
