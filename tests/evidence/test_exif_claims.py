"""What is believed of a photo's EXIF, which a stranger wrote."""

import struct
from datetime import UTC, datetime, timedelta

import pytest

from server.evidence.images.exif import OFFICE_ZONE, Exif, cleaned, read_exif
from server.evidence.images.limited import inspect
from tests.evidence.making import (
    Entry,
    degrees,
    exif,
    fractions,
    png_chunk,
    png_with,
    saved,
    scene,
    short,
    text,
    with_exif,
    with_segment,
)

TAKEN, TAKEN_OFFSET, CHANGED = 0x9003, 0x9011, 0x0132
HERE: dict[int, Entry] = {1: text("N"), 2: degrees(36, 4, 3000), 3: text("E"), 4: degrees(120, 22, 4800)}


def test_time_place_and_camera_are_read() -> None:
    block = exif(
        {0x010F: text("Maker"), 0x0110: text("Model 5"), 0x0131: text("Camera 1.2"), 0x0112: short(6)},
        {TAKEN: text("2026:03:14 09:26:53"), TAKEN_OFFSET: text("+08:00")},
        HERE,
    )
    found = read_exif(block)
    assert found.time == datetime(2026, 3, 14, 1, 26, 53, tzinfo=UTC)
    assert found.position == pytest.approx((120.38, 36.075), abs=1e-9)
    assert (found.position_system, found.orientation) == ("wgs84", 6)
    assert (found.make, found.model, found.software, found.problems) == ("Maker", "Model 5", "Camera 1.2", ())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_kind_of_file_carries_its_exif(kind: str) -> None:
    block = exif({0x0110: text("Model 5")}, {TAKEN: text("2026:03:14 09:26:53")}, HERE)
    data = saved(scene(64, 64), kind, exif=b"Exif\x00\x00" + block)
    found = inspect(data).exif
    assert (found.model, found.position) == ("Model 5", pytest.approx((120.38, 36.075), abs=1e-9))


def test_a_time_without_offset_is_the_offices_and_says_so() -> None:
    found = read_exif(exif(inner={TAKEN: text("2026:03:14 09:26:53")}))
    assert found.time == datetime(2026, 3, 14, 9, 26, 53, tzinfo=OFFICE_ZONE)
    assert found.problems == ("time_zone_assumed",)


@pytest.mark.parametrize("offset", ["+25:00", "8", "+0800", "+08:99", "東八區", ""])
def test_an_offset_that_makes_no_sense_is_as_none(offset: str) -> None:
    found = read_exif(exif(inner={TAKEN: text("2026:03:14 09:26:53"), TAKEN_OFFSET: text(offset)}))
    assert found.time == datetime(2026, 3, 14, 9, 26, 53, tzinfo=OFFICE_ZONE)
    assert "time_zone_assumed" in found.problems


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("0000:00:00 00:00:00", "time_unreadable"),
        ("    :  :     :  :  ", "time_unreadable"),
        ("2026:02:30 10:00:00", "time_unreadable"),
        ("2026:03:14 10:00:60", "time_unreadable"),
        ("yesterday", "time_unreadable"),
        ("9999:12:31 23:59:59", "time_out_of_range"),
        ("0001:01:01 00:00:00", "time_out_of_range"),
    ],
)
def test_a_time_that_cannot_be_is_left_out_and_named(written: str, problem: str) -> None:
    found = read_exif(exif(inner={TAKEN: text(written), TAKEN_OFFSET: text("-14:00")}))
    assert found.time is None
    assert found.problems == (problem,)


def test_the_files_last_change_stands_in_for_the_shutter_and_says_so() -> None:
    found = read_exif(exif({CHANGED: text("2026:03:14 09:26:53")}))
    assert found.time is not None
    assert "time_of_last_change" in found.problems
    both = read_exif(
        exif({CHANGED: text("2026:05:01 00:00:00")}, {TAKEN: text("2026:03:14 09:26:53"), TAKEN_OFFSET: text("+08:00")})
    )
    assert both.time == datetime(2026, 3, 14, 1, 26, 53, tzinfo=UTC)
    assert both.problems == ()


def test_south_and_west_are_negative() -> None:
    found = read_exif(exif(gps={**HERE, 1: text("S"), 3: text("W")}))
    assert found.position == pytest.approx((-120.38, -36.075), abs=1e-9)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({2: fractions((0, 0), (0, 0), (0, 0))}, "position_unreadable"),
        ({4: fractions((120, 1), (22, 0), (0, 1))}, "position_unreadable"),
        ({2: (12, 3, struct.pack(">ddd", float("nan"), 0, 0))}, "position_unreadable"),
        ({2: (12, 3, struct.pack(">ddd", float("inf"), 0, 0))}, "position_unreadable"),
        ({2: (10, 3, struct.pack(">iiiiii", -36, 1, 4, 1, 0, 1))}, "position_unreadable"),
        ({2: degrees(36, 61, 0)}, "position_unreadable"),
        ({2: text("36.075")}, "position_unreadable"),
        ({2: (5, 0, b"")}, "position_unreadable"),
        ({2: degrees(999, 0, 0)}, "position_out_of_range"),
        ({4: degrees(999, 0, 0)}, "position_out_of_range"),
        ({2: degrees(90, 0, 1)}, "position_out_of_range"),
        ({2: degrees(0, 0, 0), 4: degrees(0, 0, 0)}, "position_zero"),
        ({1: text("")}, "position_without_reference"),
        ({3: text("?")}, "position_without_reference"),
        ({18: text("TOKYO")}, "position_not_wgs84"),
    ],
)
def test_a_position_that_cannot_be_is_left_out_and_named(change: dict[int, Entry], problem: str) -> None:
    found = read_exif(exif(gps={**HERE, **change}))
    assert found.position is None
    assert found.problems == (problem,)


@pytest.mark.parametrize("missing", [1, 2, 3, 4])
def test_half_a_position_is_none(missing: int) -> None:
    found = read_exif(exif(gps={tag: entry for tag, entry in HERE.items() if tag != missing}))
    assert found.position is None
    assert found.problems[0] in ("position_unreadable", "position_without_reference")


def test_without_any_position_there_is_nothing_to_complain_about() -> None:
    assert read_exif(exif({0x0110: text("Model 5")})) == Exif(model="Model 5")
    assert read_exif(None) == Exif()


def test_text_loses_what_could_deceive_a_reader() -> None:
    assert cleaned("a\x00b\x1b[31mc\u202egpj.exe\u2066\u200b\ud800") == "ab[31mcgpj.exe"
    assert cleaned("  several\r\n\twords ") == "several words"
    assert len(cleaned("长" * 5_000)) == 200
    found = read_exif(exif({0x010F: text(b"<b>M\xff\xfe\x07aker</b>"), 0x0131: text("相机‮".encode() + b"\x00hidden")}))
    assert (found.make, found.software) == ("<b>Maker</b>", "相机")


@pytest.mark.parametrize("value", [0, 1, 9, 77])
def test_an_unknown_orientation_is_upright(value: int) -> None:
    assert read_exif(exif({0x0112: short(value)})).orientation == 1


def test_pointers_in_a_circle_end() -> None:
    block = bytearray(exif({0x0110: text("Model 5")}, {TAKEN: text("2026:03:14 09:26:53")}, HERE))
    for at in range(10, 10 + 12 * 3, 12):
        if struct.unpack_from(">H", block, at)[0] in (0x8769, 0x8825):
            struct.pack_into(">I", block, at + 8, 8)
    found = read_exif(bytes(block))
    assert (found.model, found.time, found.position, found.problems) == ("Model 5", None, None, ("pointer_loop",))


def test_ten_thousand_tags_are_not_read_to_the_end() -> None:
    tags = {tag: (3, 1, b"\x00\x01") for tag in range(0x9100, 0x9100 + 10_000)}
    found = read_exif(exif({0x0110: text("Model 5"), **tags}))
    assert found.model == "Model 5"
    assert "too_many_tags" in found.problems


def test_lengths_and_pointers_beyond_the_block_are_harmless() -> None:
    far: Entry = (2, 2**32 - 1, struct.pack(">I", 2**32 - 2))
    found = read_exif(exif({0x010F: far, 0x8769: far}, {TAKEN: (2, 19, b"\xff\xff\xff\xff")}))
    assert (found.make, found.time) == ("", None)
    assert read_exif(b"MM\x00*\xff\xff\xff\xff").problems == ("unreadable",)
    assert read_exif(b"MM\x00*\x00\x00\x00\x08\xff\xff").problems == ("too_many_tags", "unreadable")
    assert read_exif(b"Exif\x00\x00no TIFF at all").problems == ("unreadable",)


def test_a_block_cut_or_changed_anywhere_raises_nothing() -> None:
    block = exif({0x0110: text("Model 5"), 0x0112: short(6)}, {TAKEN: text("2026:03:14 09:26:53")}, HERE)
    for at in range(len(block)):
        read_exif(block[:at])
        for value in (0x00, 0x7F, 0xFF):
            read_exif(block[:at] + bytes([value]) + block[at + 1 :])


def test_any_time_that_is_believed_can_be_moved_to_any_zone() -> None:
    for written in ("1900:01:01 00:00:00", "2199:12:31 23:59:59"):
        found = read_exif(exif(inner={TAKEN: text(written), TAKEN_OFFSET: text("+14:00")}))
        assert found.time is not None
        assert found.time.astimezone(UTC) - found.time == timedelta(0)


def test_the_first_exif_block_counts_and_a_broken_one_is_no_damage() -> None:
    photo = saved(scene(64, 64))
    twice = with_exif(with_exif(photo, exif({0x0110: text("second")})), exif({0x0110: text("first")}))
    assert inspect(twice).exif.model == "first"
    broken = inspect(with_segment(photo, 0xE1, b"Exif\x00\x00" + b"\xff" * 500))
    assert (broken.damaged, broken.exif.problems) == (False, ("unreadable",))
    assert inspect(png_with(saved(scene(64, 64), "PNG"), png_chunk(b"eXIf", b"junk"))).exif.problems == ("unreadable",)
