"""What is taken as a photo is judged by content and header, before anything is decoded."""

import pytest

from server.evidence.images import header as headers
from server.evidence.images.header import read_header
from server.evidence.images.limited import inspect
from server.evidence.images.refusals import EmptyFile, NotAnImage, TooLargeFile, TooManyPixels
from server.evidence.images.sniff import ImageKind, sniff
from tests.evidence.making import hollow_jpeg, hollow_png, png_with, saved, scene


@pytest.mark.parametrize(
    ("kind", "expected", "media_type"),
    [
        ("JPEG", ImageKind.JPEG, "image/jpeg"),
        ("PNG", ImageKind.PNG, "image/png"),
        ("WEBP", ImageKind.WEBP, "image/webp"),
        ("HEIF", ImageKind.HEIF, "image/heic"),
    ],
)
def test_the_four_kinds_are_known_by_their_content(kind: str, expected: ImageKind, media_type: str) -> None:
    found = inspect(saved(scene(320, 240), kind))
    assert (found.kind, found.media_type) == (expected, media_type)
    assert (found.width, found.height, found.frames, found.damaged) == (320, 240, 1, False)


NO_PHOTOS = {
    "html": b"<!doctype html><html><body>photo</body></html>",
    "html_with_a_comment_first": b"<!-- \xff\xd8\xff --><html></html>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "pdf": b"%PDF-1.7\n1 0 obj\n<< >>\nendobj",
    "mp4": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41",
    "quicktime": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ",
    "avif": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
    "avif_that_says_mif1": b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00avifmif1miaf",
    "gif": saved(scene(32, 32), "GIF"),
    "tiff": saved(scene(32, 32), "TIFF"),
    "bmp": saved(scene(32, 32), "BMP"),
    "zip": b"PK\x03\x04" + bytes(60),
    "wave": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30),
    "text": "一张照片".encode(),
}


@pytest.mark.parametrize("name", sorted(NO_PHOTOS))
def test_other_files_are_refused_whatever_their_name(name: str) -> None:
    with pytest.raises(NotAnImage):
        sniff(NO_PHOTOS[name])
    with pytest.raises(NotAnImage):
        inspect(NO_PHOTOS[name])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_file_that_ends_within_its_header_is_no_photo(kind: str) -> None:
    for length in (3, 12, 16, 20):
        with pytest.raises(NotAnImage):
            inspect(saved(scene(64, 64), kind)[:length])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_file_cut_anywhere_in_its_head_makes_the_reader_fail(kind: str) -> None:
    whole = saved(scene(64, 64), kind)
    for length in range(1, min(len(whole), 900)):
        try:
            inspect_header = read_header(whole[:length])
        except NotAnImage:
            continue
        assert (inspect_header.width, inspect_header.height) == (64, 64)


def test_an_empty_file_is_told_apart_from_one_that_is_no_photo() -> None:
    with pytest.raises(EmptyFile):
        inspect(b"")


def test_sixty_megabytes_are_taken_and_a_byte_more_is_not() -> None:
    photo = saved(scene(64, 64))
    assert read_header(photo + bytes(headers.MAX_BYTES - len(photo))).width == 64
    with pytest.raises(TooLargeFile):
        read_header(photo + bytes(headers.MAX_BYTES - len(photo) + 1))


def test_a_jpeg_of_250_megapixels_is_taken_and_a_row_more_is_refused_from_the_header() -> None:
    assert read_header(hollow_jpeg(20_000, 12_500)).pixels == 250_000_000
    with pytest.raises(TooManyPixels):
        inspect(hollow_jpeg(20_000, 12_501))


def test_a_png_of_64_megapixels_is_taken_and_a_row_more_is_refused_from_the_header() -> None:
    assert read_header(hollow_png(8_000, 8_000)).pixels == 64_000_000
    with pytest.raises(TooManyPixels):
        inspect(hollow_png(8_000, 8_001))
    with pytest.raises(TooManyPixels):
        inspect(hollow_png(2**31 - 1, 2**31 - 1))


def test_a_webp_and_a_heif_that_claim_more_than_64_megapixels_are_refused() -> None:
    canvas = (16_382).to_bytes(3, "little")
    webp = b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + canvas + canvas
    with pytest.raises(TooManyPixels):
        inspect(b"RIFF" + (4 + len(webp)).to_bytes(4, "little") + b"WEBP" + webp)
    heif = bytearray(saved(scene(64, 64), "HEIF"))
    at = heif.find(b"ispe") + 8
    heif[at : at + 8] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(TooManyPixels):
        inspect(bytes(heif))


def test_a_picture_without_extent_is_no_photo() -> None:
    for data in (hollow_png(0, 100), hollow_jpeg(0, 100)):
        with pytest.raises(NotAnImage):
            inspect(data)


def test_depth_and_colours_are_read_from_the_header() -> None:
    gray, inks = read_header(saved(scene(64, 64).convert("L"))), read_header(saved(scene(64, 64).convert("CMYK")))
    assert (gray.colour, inks.colour) == ("gray", "cmyk")
    deep = read_header(saved(scene(64, 64).convert("I;16"), "PNG"))
    assert (deep.colour, deep.bit_depth) == ("gray", 16)
    assert read_header(saved(scene(64, 64).convert("P"), "PNG")).colour == "palette"


def test_frames_of_an_animation_are_counted() -> None:
    frames = [scene(32, 32).rotate(angle) for angle in range(0, 360, 36)]
    for kind in ("PNG", "WEBP"):
        assert inspect(saved(frames[0], kind, save_all=True, append_images=frames[1:])).frames == 10


def test_two_hundred_thousand_chunks_or_segments_do_not_hold_the_reader_up() -> None:
    png = png_with(saved(scene(32, 32), "PNG"), b"\x00\x00\x00\x00abCd\x00\x00\x00\x00" * 250_000)
    assert inspect(png).damaged
    jpeg = saved(scene(32, 32))
    with pytest.raises(NotAnImage):
        inspect(jpeg[:2] + b"\xff\xfe\x00\x02" * 250_000 + jpeg[2:])
