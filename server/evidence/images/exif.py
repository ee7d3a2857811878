"""What a photo's EXIF claims: time, place, orientation, camera. Everything in it was written by a stranger.

A reader of our own (TIFF 6.0, EXIF 2.32) that visits three directories once each and reads a dozen tags: pointer loops, ten
thousand tags and lengths beyond the file cost nothing. What cannot be believed is left out and named in `problems`.
"""

import math
import struct
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
MAX_TEXT = 200
_MAX_ENTRIES = 1_024
_MAX_VALUE = 1_024
# Years beyond these make astimezone() overflow, or are no photo's.
_YEARS = range(1900, 2200)

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d"}
_MAKE, _MODEL, _ORIENTATION, _SOFTWARE, _CHANGED = 0x010F, 0x0110, 0x0112, 0x0131, 0x0132
_EXIF_AT, _GPS_AT = 0x8769, 0x8825
# Which time, its offset: the shutter first, then the digitising, last the file's last change.
_TIMES = ((0x9003, 0x9011), (0x9004, 0x9012), (_CHANGED, 0x9010))
_LAT_REF, _LAT, _LON_REF, _LON, _DATUM = 1, 2, 3, 4, 18

Problem = Literal[
    "unreadable",
    "pointer_loop",
    "too_many_tags",
    "time_unreadable",
    "time_out_of_range",
    "time_zone_assumed",
    "time_of_last_change",
    "position_unreadable",
    "position_out_of_range",
    "position_zero",
    "position_without_reference",
    "position_not_wgs84",
    "orientation_unreadable",
]


@dataclass(frozen=True, slots=True)
class Exif:
    """What is believed of a photo's EXIF.

    `time` is aware (Asia/Shanghai, marked `time_zone_assumed`, where the photo names no offset). `position` is (lon, lat) in
    degrees, WGS 84. `orientation` is 1 … 8 as in EXIF; 1 = upright. Texts hold no control or direction characters.
    """

    time: datetime | None = None
    position: tuple[float, float] | None = None
    position_system: str = "wgs84"
    orientation: int = 1
    make: str = ""
    model: str = ""
    software: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    type: int
    count: int
    value: bytes


_Directory = dict[int, _Entry]


def read_exif(block: bytes | None) -> Exif:
    """Read an EXIF block, from its TIFF header on ("Exif" and two zeros before it are allowed). None: a photo without EXIF.

    Never raises.
    """
    if not block:
        return Exif()
    block = block.removeprefix(b"Exif\x00\x00")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return Exif(problems=("unreadable",))
    reading = _Reading(block, order)
    main = reading.directory(struct.unpack_from(order + "I", block, 4)[0])
    inner = reading.pointed(main, _EXIF_AT)
    gps = reading.pointed(main, _GPS_AT)
    return Exif(
        time=_time(reading, main, inner),
        position=_position(reading, gps),
        orientation=_orientation(reading, main),
        make=_text(main, _MAKE),
        model=_text(main, _MODEL),
        software=_text(main, _SOFTWARE),
        problems=tuple(reading.problems),
    )


def cleaned(text: str, limit: int = MAX_TEXT) -> str:
    """Text from a stranger without NUL, control, direction or other invisible characters, at most `limit` long."""
    words = "".join(" " if letter in "\t\r\n" else letter for letter in text.replace("\ufffd", ""))
    shown = "".join(letter for letter in words if unicodedata.category(letter)[0] != "C")
    return " ".join(shown.split())[:limit].rstrip()


class _Reading:
    """One pass over a block: which directories were visited, and what was wrong."""

    def __init__(self, block: bytes, order: str) -> None:
        self._block, self._order = block, order
        self._visited: set[int] = set()
        self.problems: list[Problem] = []

    def problem(self, name: Problem) -> None:
        """Note a problem once."""
        if name not in self.problems:
            self.problems.append(name)

    def directory(self, at: int) -> _Directory:
        """The entries of the directory at an offset, with values cut to what any of our tags can need."""
        if at in self._visited:
            self.problem("pointer_loop")
            return {}
        self._visited.add(at)
        if at < 8 or at + 2 > len(self._block):
            self.problem("unreadable")
            return {}
        count = self._unpack("H", at)
        if count > _MAX_ENTRIES:
            self.problem("too_many_tags")
        entries: _Directory = {}
        for index in range(min(count, _MAX_ENTRIES)):
            place = at + 2 + 12 * index
            if place + 12 > len(self._block):
                self.problem("unreadable")
                break
            tag, type_, number = struct.unpack_from(self._order + "HHI", self._block, place)
            size = _TYPE_SIZES.get(type_, 0) * number
            start = place + 8 if size <= 4 else self._unpack("I", place + 8)
            entries.setdefault(tag, _Entry(type_, number, self._block[start : start + min(size, _MAX_VALUE)]))
        return entries

    def pointed(self, directory: _Directory, tag: int) -> _Directory:
        """The directory that an entry points to, or an empty one."""
        entry = directory.get(tag)
        if entry is None:
            return {}
        at = self.numbers(entry)
        return self.directory(int(at[0])) if at and math.isfinite(at[0]) else {}

    def numbers(self, entry: _Entry) -> list[float]:
        """The values of an entry as numbers. A fraction over 0 is NaN, never an exception."""
        size = _TYPE_SIZES.get(entry.type, 0)
        whole = len(entry.value) - len(entry.value) % size if size else 0
        if entry.type in (5, 10):
            pairs = struct.iter_unpack(self._order + ("II" if entry.type == 5 else "ii"), entry.value[:whole])
            return [above / below if below else math.nan for above, below in pairs]
        if entry.type not in _NUMBERS:
            return []
        return [float(number) for (number,) in struct.iter_unpack(self._order + _NUMBERS[entry.type], entry.value[:whole])]

    def _unpack(self, form: str, at: int) -> int:
        number: int = struct.unpack_from(self._order + form, self._block, at)[0]
        return number


def _raw_text(directory: _Directory, tag: int) -> str:
    entry = directory.get(tag)
    if entry is None or entry.type not in (2, 7):
        return ""
    return entry.value.split(b"\x00", 1)[0].decode("utf-8", errors="replace")


def _text(directory: _Directory, tag: int) -> str:
    return cleaned(_raw_text(directory, tag))


def _orientation(reading: _Reading, main: _Directory) -> int:
    entry = main.get(_ORIENTATION)
    if entry is None:
        return 1
    numbers = reading.numbers(entry)
    if numbers and numbers[0] in range(1, 9):
        return int(numbers[0])
    # Some cameras write 0 for "do not know".
    if not numbers or numbers[0] != 0:
        reading.problem("orientation_unreadable")
    return 1


def _time(reading: _Reading, main: _Directory, inner: _Directory) -> datetime | None:
    for tag, offset_tag in _TIMES:
        directory = main if tag == _CHANGED else inner
        text = _raw_text(directory, tag).strip()
        # "0000:00:00 00:00:00" and blanks are what cameras without a clock write.
        if not text.strip(" :0"):
            if text:
                reading.problem("time_unreadable")
            continue
        found = _parsed_time(reading, text, _raw_text(inner, offset_tag).strip())
        if found and tag == _CHANGED:
            reading.problem("time_of_last_change")
        return found
    return None


def _parsed_time(reading: _Reading, text: str, offset: str) -> datetime | None:
    digits = text.replace("-", ":").replace("T", " ")[:19]
    try:
        local = datetime.strptime(digits, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 (the zone stands in another tag)
    except ValueError:
        reading.problem("time_unreadable")
        return None
    if local.year not in _YEARS:
        reading.problem("time_out_of_range")
        return None
    zone = _parsed_offset(offset)
    if zone is None:
        reading.problem("time_zone_assumed")
        return local.replace(tzinfo=OFFICE_ZONE)
    return local.replace(tzinfo=zone)


def _parsed_offset(text: str) -> timezone | None:
    """The zone of "+08:00" or "Z"; None where it is missing, malformed, or more than 14 hours."""
    if text == "Z":
        return timezone(timedelta(0))
    sign, hours, colon, minutes = text[:1], text[1:3], text[3:4], text[4:6]
    digits = hours + minutes
    if len(text) != 6 or sign not in "+-" or colon != ":" or not (digits.isascii() and digits.isdigit()):
        return None
    distance = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) > 59 or distance > timedelta(hours=14):
        return None
    return timezone(-distance if sign == "-" else distance)


def _position(reading: _Reading, gps: _Directory) -> tuple[float, float] | None:
    if _LAT not in gps and _LON not in gps:
        return None
    lat, lon = _degrees(reading, gps.get(_LAT)), _degrees(reading, gps.get(_LON))
    if lat is None or lon is None:
        reading.problem("position_unreadable")
        return None
    lat_ref, lon_ref = _raw_text(gps, _LAT_REF).strip().upper(), _raw_text(gps, _LON_REF).strip().upper()
    # Without its letter a figure names two or four places on earth; guessing one would be making evidence.
    if lat_ref not in ("N", "S") or lon_ref not in ("E", "W"):
        reading.problem("position_without_reference")
        return None
    if lat > 90 or lon > 180:
        reading.problem("position_out_of_range")
        return None
    if lat == 0 and lon == 0:
        reading.problem("position_zero")
        return None
    datum = "".join(filter(str.isalnum, _text(gps, _DATUM).upper()))
    if datum not in ("", "WGS84", "WGS1984", "CGCS2000"):
        reading.problem("position_not_wgs84")
        return None
    return (-lon if lon_ref == "W" else lon, -lat if lat_ref == "S" else lat)


def _degrees(reading: _Reading, entry: _Entry | None) -> float | None:
    """Degrees, minutes, seconds as one number of degrees; None for 0/0, NaN, infinity, or what is negative."""
    parts = reading.numbers(entry)[:3] if entry else []
    if not parts or any(not math.isfinite(part) or part < 0 for part in parts):
        return None
    if any(part >= 60.001 for part in parts[1:]):
        return None
    return math.fsum(part / divisor for part, divisor in zip(parts, (1, 60, 3600), strict=False))
