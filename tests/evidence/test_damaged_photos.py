"""A photo with a good header and broken data is kept and marked; a whole one is never marked."""

import struct

import numpy as np
import pytest
from PIL import Image

from server.evidence.images import limited
from server.evidence.images.limited import inspect
from server.evidence.images.refusals import ImageRefused
from tests.evidence.making import exif, png_chunk, png_with, saved, scene, short, with_exif, with_segment

WHOLE = {
    "plain": saved(scene()),
    "progressive": saved(scene(), progressive=True),
    "gray": saved(scene().convert("L")),
    "gray_progressive": saved(scene().convert("L"), progressive=True),
    "cmyk": saved(scene().convert("CMYK")),
    "cmyk_progressive": saved(scene().convert("CMYK"), progressive=True),
    "rgb_without_conversion": saved(scene(), keep_rgb=True),
    "full_colour": saved(scene(), subsampling=0, quality=98),
    "restart_markers": saved(scene(), restart_marker_rows=1),
    "one_pixel": saved(scene(1, 1)),
    "odd_size": saved(scene(801, 603)),
    "script_appended": saved(scene()) + b"<script>alert(1)</script>",
    "zip_appended": saved(scene()) + b"PK\x03\x04" * 500,
    "second_picture_appended": saved(scene()) + saved(scene(160, 120)),
    "padded_by_the_camera": saved(scene())[:-2] + bytes(64) + b"\xff\xd9",
    "stray_bytes_between_segments": saved(scene())[:20] + b"\x00\x00\x00" + saved(scene())[20:],
    "odd_jfif_revision": saved(scene()).replace(b"JFIF\x00\x01\x01", b"JFIF\x00\x09\x09", 1),
    "broken_colour_profile": with_segment(saved(scene()), 0xE2, b"ICC_PROFILE\x00\x05\x02no profile"),
}


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_whole_jpeg_is_not_called_damaged(name: str) -> None:
    found = inspect(WHOLE[name])
    assert not found.damaged, found.damage_detail
    assert found.fingerprint is not None


_JPEG = WHOLE["plain"]
_MIDDLE = len(_JPEG) // 2
BROKEN = {
    "half": _JPEG[:_MIDDLE],
    "half_closed_with_an_end_marker": _JPEG[:_MIDDLE] + b"\xff\xd9",
    "without_its_last_bytes": _JPEG[:-20],
    "hole_cut_out": _JPEG[:_MIDDLE] + _JPEG[_MIDDLE + 700 :],
    "hole_of_zeros": _JPEG[:_MIDDLE] + bytes(700) + _JPEG[_MIDDLE + 700 :],
    "hole_of_ones": _JPEG[:_MIDDLE] + b"\xff" * 700 + _JPEG[_MIDDLE + 700 :],
    "another_file_in_the_middle": _JPEG[:_MIDDLE] + b"<html>not found</html>" * 40 + _JPEG[_MIDDLE + 880 :],
    "only_the_header": _JPEG[: _JPEG.find(b"\xff\xda")],
    "only_the_first_bytes_of_the_scan": _JPEG[: _JPEG.find(b"\xff\xda") + 40],
    "half_progressive": WHOLE["progressive"][: len(WHOLE["progressive"]) // 2] + b"\xff\xd9",
    "half_cmyk": WHOLE["cmyk"][: len(WHOLE["cmyk"]) // 2] + b"\xff\xd9",
    "half_gray": WHOLE["gray"][: len(WHOLE["gray"]) // 2] + b"\xff\xd9",
    "half_with_an_odd_jfif_revision": WHOLE["odd_jfif_revision"][:_MIDDLE] + b"\xff\xd9",
    "rest_is_not_padding": _JPEG[:-2] + b"something else is here" + b"\xff\xd9",
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_jpeg_is_marked_and_raises_nothing(name: str) -> None:
    found = inspect(BROKEN[name])
    assert found.damaged
    assert found.damage_detail
    assert (found.width, found.height, found.fingerprint) == (800, 600, None)


def test_damage_hides_neither_the_exif_nor_the_upright_size() -> None:
    photo = with_exif(_JPEG, exif({0x0112: short(6)}))
    found = inspect(photo[: len(photo) // 2])
    assert found.damaged
    assert (found.width, found.height, found.exif.orientation) == (600, 800, 6)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF"])
def test_the_other_kinds_are_marked_when_cut(kind: str) -> None:
    whole = saved(scene(), kind)
    middle = len(whole) // 2
    assert not inspect(whole).damaged
    assert inspect(whole[:middle]).damaged
    assert inspect(whole[:-3]).damaged
    assert inspect(whole[:middle] + whole[middle + 300 :]).damaged


@pytest.mark.parametrize("kind", ["PNG", "HEIF"])
def test_a_hole_of_zeros_is_found_where_the_kind_allows_it(kind: str) -> None:
    # A lossy WebP decodes any bytes to some picture and holds no checksum: there only the file's digest can tell.
    whole = saved(scene(), kind)
    middle = len(whole) // 2
    assert inspect(whole[:middle] + bytes(300) + whole[middle + 300 :]).damaged


def test_one_changed_bit_of_a_png_is_found_by_its_checksum() -> None:
    png = bytearray(saved(scene(), "PNG"))
    png[len(png) // 2] ^= 1
    assert "checksum" in inspect(bytes(png)).damage_detail


def test_a_broken_text_of_a_png_is_no_damage_of_its_picture() -> None:
    broken = png_chunk(b"tEXt", b"Comment\x00hello")[:-1] + b"!"
    assert not inspect(png_with(saved(scene(), "PNG"), broken)).damaged


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_whole(mode: str) -> None:
    image = scene(200, 150).convert("RGBA").convert(mode) if mode != "I;16" else _deep(200, 150)
    assert not inspect(saved(image, "PNG")).damaged


def test_a_jpeg_of_an_unsupported_precision_is_marked_not_raised() -> None:
    jpeg = bytearray(_JPEG)
    jpeg[jpeg.find(b"\xff\xc0") + 4] = 12
    assert "precision" in inspect(bytes(jpeg)).damage_detail


def test_in_the_child_a_large_or_progressive_jpeg_is_judged_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "PLAIN_PIXELS", 0)
    assert inspect(_JPEG).fingerprint == inspect(WHOLE["restart_markers"]).fingerprint
    assert not inspect(_JPEG).damaged
    assert inspect(BROKEN["half_closed_with_an_end_marker"]).damaged


def test_random_damage_never_raises() -> None:
    numbers = np.random.default_rng(3)
    for kind in ("JPEG", "PNG", "WEBP", "HEIF"):
        whole = saved(scene(160, 120), kind)
        for _ in range(25):
            broken = bytearray(whole)
            for place in numbers.integers(64, len(whole), 12):
                broken[place] = numbers.integers(0, 256)
            try:
                inspect(bytes(broken))
            except ImageRefused:
                continue


def _deep(width: int, height: int) -> Image.Image:
    row = struct.pack(f"<{width}H", *(column * 65_535 // (width - 1) for column in range(width)))
    return Image.frombytes("I;16", (width, height), row * height)
