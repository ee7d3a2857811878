"""Thumbnail and preview: upright, sRGB, small, and without anything of the file but its picture."""

import zlib

import pytest
from PIL import Image, ImageChops, ImageCms

from server.evidence.images.limited import make_renditions
from server.evidence.images.refusals import NoRendition, NotAnImage
from tests.evidence.making import (
    colour_at,
    exif,
    hollow_png,
    opened,
    png_chunk,
    png_with,
    saved,
    scene,
    short,
    text,
    with_exif,
    with_segment,
)

# EXIF orientation → what a camera held that way stores, so that the turned picture is the scene again.
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def assert_is_the_scene(rendition: bytes) -> None:
    image = opened(rendition)
    assert image.width > image.height
    assert (colour_at(image, 0.1, 0.1), colour_at(image, 0.9, 0.9)) == ("red", "blue")


def test_longest_sides_are_400_and_1600() -> None:
    made = make_renditions(saved(scene(3_000, 2_000)))
    assert opened(made["thumb"]).size == (400, 267)
    assert opened(made["preview"]).size == (1_600, 1_067)


def test_a_small_photo_is_not_enlarged() -> None:
    made = make_renditions(saved(scene(500, 300)))
    assert (opened(made["thumb"]).size, opened(made["preview"]).size) == ((400, 240), (500, 300))
    assert opened(make_renditions(saved(scene(1, 1)))["thumb"]).size == (1, 1)


def test_an_extreme_strip_keeps_at_least_a_pixel() -> None:
    assert opened(make_renditions(saved(scene(8_000, 2)))["thumb"]).size == (400, 1)


@pytest.mark.parametrize("orientation", sorted(STORED))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    turn = STORED[orientation]
    stored = scene() if turn is None else scene().transpose(turn)
    photo = saved(stored, kind, exif=b"Exif\x00\x00" + exif({0x0112: short(orientation)}))
    for rendition in make_renditions(photo).values():
        assert_is_the_scene(rendition)


def test_a_heif_is_turned_once_by_its_own_property_and_not_again_by_exif() -> None:
    turned = saved(scene().transpose(Image.Transpose.ROTATE_90), "HEIF", exif=b"Exif\x00\x00" + exif({0x0112: short(6)}))
    for rendition in make_renditions(turned).values():
        assert_is_the_scene(rendition)


def test_renditions_are_progressive_rgb_jpegs_without_metadata() -> None:
    photo = with_exif(
        saved(scene(), comment=b"secret", dpi=(300, 300), icc_profile=_profile("sRGB")), exif({0x010F: text("secret")})
    )
    photo = with_segment(photo, 0xE1, b"http://ns.adobe.com/xap/1.0/\x00<secret/>")
    for rendition in make_renditions(photo).values():
        image = opened(rendition)
        assert (image.format, image.mode, bool(image.info.get("progressive"))) == ("JPEG", "RGB", True)
        assert not {"exif", "icc_profile", "comment", "xmp", "dpi", "photoshop"} & set(image.info)
        assert b"secret" not in rendition
        assert b"Exif" not in rendition


def test_what_is_appended_to_a_photo_does_not_get_through() -> None:
    for rendition in make_renditions(saved(scene()) + b"<script>alert(1)</script>PK\x03\x04").values():
        assert b"script" not in rendition
        assert b"PK\x03\x04" not in rendition


@pytest.mark.parametrize("mode", ["L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_gray_and_cmyk_jpegs_keep_their_tones(mode: str, progressive: bool) -> None:
    preview = opened(make_renditions(saved(scene().convert(mode), progressive=progressive))["preview"])
    if mode == "CMYK":
        assert (colour_at(preview, 0.1, 0.1), colour_at(preview, 0.9, 0.9)) == ("red", "blue")
    wanted, got = scene().convert("L").resize((8, 6)), preview.convert("L").resize((8, 6))
    assert max(abs(one - other) for one, other in zip(wanted.tobytes(), got.tobytes(), strict=True)) < 25


def test_cmyk_without_adobes_mark_is_not_inverted() -> None:
    inverted = ImageChops.invert(scene().convert("CMYK"))
    photo = saved(inverted)
    at = photo.find(b"\xff\xee")
    plain = photo[:at] + photo[at + 2 + int.from_bytes(photo[at + 2 : at + 4], "big") :]
    assert_is_the_scene(make_renditions(plain)["preview"])


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_png_is_drawn(mode: str) -> None:
    preview = opened(make_renditions(saved(scene().convert("RGBA").convert(mode), "PNG"))["preview"])
    wanted, got = scene().convert("L").resize((8, 6)), preview.convert("L").resize((8, 6))
    assert max(abs(one - other) for one, other in zip(wanted.tobytes(), got.tobytes(), strict=True)) < 25


def test_sixteen_bits_are_scaled_and_not_cut() -> None:
    stripes = Image.new("I;16", (256, 64))
    for column in range(256):
        stripes.paste(column * 257, (column, 0, column + 1, 64))
    preview = opened(make_renditions(saved(stripes, "PNG"))["preview"]).convert("L")
    tones = [preview.getpixel((column, 32)) for column in (10, 128, 245)]
    assert all(isinstance(tone, int) and abs(tone - wanted) < 8 for tone, wanted in zip(tones, (10, 128, 245), strict=True))


def test_transparency_is_drawn_on_white() -> None:
    clear = Image.new("RGBA", (100, 100), (255, 0, 0, 0))
    for kind in ("PNG", "WEBP"):
        assert opened(make_renditions(saved(clear, kind, lossless=True))["preview"]).getpixel((50, 50)) == (255, 255, 255)


def test_a_colour_profile_is_applied_before_it_is_left_out() -> None:
    flat = Image.new("RGB", (64, 64), (128, 128, 128))
    linear = _with_gamma_one(_profile("sRGB"))
    for kind in ("JPEG", "PNG", "WEBP"):
        plain = opened(make_renditions(saved(flat, kind))["preview"]).getpixel((32, 32))
        through = opened(make_renditions(saved(flat, kind, icc_profile=linear))["preview"]).getpixel((32, 32))
        assert isinstance(plain, tuple)
        assert isinstance(through, tuple)
        assert abs(plain[0] - 128) < 4
        assert abs(through[0] - 188) < 6


def test_a_profile_that_is_broken_or_of_other_inks_is_passed_over() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (b"no profile at all", lab):
        assert_is_the_scene(make_renditions(saved(scene(), icc_profile=profile))["preview"])


def test_of_an_animation_of_500_frames_the_first_is_drawn() -> None:
    frames = (
        [scene(60, 40)]
        + [Image.new("RGB", (60, 40), (0, shade, 0)) for shade in range(1, 250)] * 2
        + [Image.new("RGB", (60, 40))]
    )
    for kind in ("PNG", "WEBP"):
        photo = saved(frames[0], kind, save_all=True, append_images=frames[1:])
        assert_is_the_scene(make_renditions(photo)["preview"])


def test_of_a_damaged_jpeg_what_can_be_read_is_shown() -> None:
    photo = saved(scene())
    image = opened(make_renditions(photo[: len(photo) // 2])["preview"])
    assert image.size == (800, 600)
    assert colour_at(image, 0.1, 0.1) == "red"


def test_nothing_is_drawn_of_what_cannot_be_read() -> None:
    png = saved(scene(), "PNG")
    for data in (png[: len(png) // 2], hollow_png(4_000, 4_000)):
        with pytest.raises(NoRendition):
            make_renditions(data)
    with pytest.raises(NotAnImage):
        make_renditions(b"<svg/>")


def test_a_bomb_in_a_text_or_profile_does_not_keep_the_picture_from_being_drawn() -> None:
    packed = zlib.compress(bytes(80_000_000), 9)
    bombs = [png_chunk(b"zTXt", b"Comment\x00\x00" + packed) for _ in range(5)] + [png_chunk(b"iCCP", b"p\x00\x00" + packed)]
    assert_is_the_scene(make_renditions(png_with(saved(scene(), "PNG"), *bombs))["preview"])


def _profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB" if name == "sRGB" else "LAB")).tobytes()


def _with_gamma_one(profile: bytes) -> bytes:
    """The sRGB profile with straight curves: the values in the picture then mean light, not code values."""
    changed = bytearray(profile)
    for index in range(int.from_bytes(profile[128:132], "big")):
        at = 132 + 12 * index
        if profile[at : at + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            start = int.from_bytes(profile[at + 4 : at + 8], "big")
            # A curve of no entries is the straight line.
            changed[start : start + 12] = b"curv" + bytes(8)
    return bytes(changed)
