"""Photos for the tests, drawn and put together here, byte by byte where no encoder would write such a thing."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image, ImageDraw

Entry = tuple[int, int, bytes]


def scene(width: int = 800, height: int = 600) -> Image.Image:
    """A bank with a river: red at the top left, blue at the bottom right, enough texture to notice damage."""
    grain = np.random.default_rng(7).integers(0, 60, (height, width, 1), dtype=np.uint8)
    down, across = np.mgrid[0:height, 0:width]
    colours = np.stack([180 - 90 * across / width, 90 + 60 * down / height, 60 + 90 * across / width], axis=2)
    image = Image.fromarray((colours + grain).clip(0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 3, height // 3), fill=(210, 20, 20))
    draw.rectangle((2 * width // 3, 2 * height // 3, width, height), fill=(20, 20, 210))
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The image as a file of that kind."""
    output = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(image).save(output, **{"quality": 60, **options})
    else:
        image.save(output, kind, **options)
    return output.getvalue()


def opened(data: bytes) -> Image.Image:
    """A rendition's pixels."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def colour_at(image: Image.Image, across: float, down: float) -> str:
    """The strongest of red, green, blue at a place given as parts of width and height."""
    pixel = image.convert("RGB").getpixel((int(across * (image.width - 1)), int(down * (image.height - 1))))
    assert isinstance(pixel, tuple)
    return ("red", "green", "blue")[pixel.index(max(pixel))]


def with_segment(jpeg: bytes, marker: int, payload: bytes) -> bytes:
    """A JPEG with one more segment right after its start."""
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload + jpeg[2:]


def with_exif(jpeg: bytes, block: bytes) -> bytes:
    """A JPEG with an EXIF block."""
    return with_segment(jpeg, 0xE1, b"Exif\x00\x00" + block)


def png_chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG with its right checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_with(png: bytes, *chunks: bytes) -> bytes:
    """A PNG with further chunks after its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def hollow_jpeg(width: int, height: int) -> bytes:
    """A JPEG whose frame header claims a size that its data cannot have."""
    jpeg = bytearray(saved(scene(64, 64)))
    at = jpeg.find(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(jpeg)


def hollow_png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its data cannot have."""
    png = saved(scene(64, 64), "PNG")
    return png[:8] + png_chunk(b"IHDR", struct.pack(">II", width, height) + png[24:29]) + png[33:]


def text(value: str | bytes) -> Entry:
    """An EXIF text."""
    content = (value.encode() if isinstance(value, str) else value) + b"\x00"
    return 2, len(content), content


def fractions(*pairs: tuple[int, int]) -> Entry:
    """EXIF fractions, big-endian."""
    return 5, len(pairs), b"".join(struct.pack(">II", *pair) for pair in pairs)


def short(value: int) -> Entry:
    """One EXIF number of 16 bits, big-endian."""
    return 3, 1, struct.pack(">H", value)


def degrees(whole: int, minutes: int, hundredths: int) -> Entry:
    """Degrees, minutes and hundredths of seconds."""
    return fractions((whole, 1), (minutes, 1), (hundredths, 100))


def exif(
    main: Mapping[int, Entry] | None = None, inner: Mapping[int, Entry] | None = None, gps: Mapping[int, Entry] | None = None
) -> bytes:
    """An EXIF block, big-endian, with its three directories."""
    directories = [dict(main or {}), dict(inner or {}), dict(gps or {})]
    directories[0] |= {0x8769: (4, 1, b"    "), 0x8825: (4, 1, b"    ")}
    places, at = [], 8
    for directory in directories:
        places.append(at)
        at += 6 + 12 * len(directory) + sum(len(entry[2]) for entry in directory.values() if len(entry[2]) > 4)
    directories[0][0x8769] = (4, 1, struct.pack(">I", places[1]))
    directories[0][0x8825] = (4, 1, struct.pack(">I", places[2]))
    return (
        b"MM\x00*"
        + struct.pack(">I", 8)
        + b"".join(_directory(directory, place) for directory, place in zip(directories, places, strict=True))
    )


def _directory(entries: Mapping[int, Entry], place: int) -> bytes:
    table, values = struct.pack(">H", len(entries)), b""
    values_at = place + 6 + 12 * len(entries)
    for tag, (kind, count, content) in sorted(entries.items()):
        held = content.ljust(4, b"\x00") if len(content) <= 4 else struct.pack(">I", values_at + len(values))
        table += struct.pack(">HHI", tag, kind, count) + held
        values += content if len(content) > 4 else b""
    return table + bytes(4) + values
