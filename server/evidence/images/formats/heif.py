"""HEIC and HEIF (ISO/IEC 23008-12): header, EXIF item, and whether the coded picture is whole.

libheif fills what is missing of a picture with black or with guesses and reports nothing, so the structure is checked here:
every extent must lie in the file, and the units of HEVC must fit together. A changed bit inside a unit goes unseen; the
file's digest is there for that.
"""

from dataclasses import dataclass, field

from server.evidence.images.formats import MAX_EXIF, MAX_ICC, Header
from server.evidence.images.formats.boxes import Box, Reader, boxes, first
from server.evidence.images.refusals import NotAnImage
from server.evidence.images.sniff import ImageKind, sniff

_MAX_ITEMS = 8_192
_MAX_EXTENTS = 32_768
_MAX_ASSOCIATIONS = 65_536
# Inside a unit of HEVC an escape byte keeps these apart (ITU-T H.265, 7.4.2): a hole of zeros shows at once.
_FORBIDDEN = (b"\x00\x00\x00", b"\x00\x00\x01", b"\x00\x00\x02")


@dataclass(slots=True)
class _Meta:
    """The tables of the `meta` box. Extents are (offset, length) in the file."""

    primary: int = 0
    types: dict[int, bytes] = field(default_factory=dict)
    extents: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    properties: list[Box] = field(default_factory=list)
    owned: dict[int, list[int]] = field(default_factory=dict)

    def of(self, item: int) -> list[Box]:
        """The properties of an item, in order."""
        return [self.properties[index - 1] for index in self.owned.get(item, []) if 0 < index <= len(self.properties)]


def read(data: bytes) -> Header:
    """The header of a HEIC/HEIF. Raises NotAnImage when it names no primary picture with a size."""
    meta = _meta(data)
    size, turns, depth, icc = None, 0, 8, None
    largest = 0
    for found in meta.of(meta.primary):
        reader = Reader(data, found.start, found.end)
        if found.name == b"ispe":
            reader.take(4)
            size = (reader.number(4), reader.number(4))
        elif found.name == b"irot":
            turns = reader.number(1) & 3
        elif found.name == b"pixi":
            reader.take(4)
            depth = max((reader.number(1) for _ in range(reader.number(1))), default=8)
        elif found.name == b"colr" and reader.take(4) in (b"prof", b"rICC") and found.end - found.start - 4 <= MAX_ICC:
            icc = data[found.start + 4 : found.end]
    if size is None or not all(size):
        raise NotAnImage("a HEIF without a picture of a known size")
    # Thumbnails, tiles and auxiliary pictures have sizes too; the largest is what may have to be decoded.
    for found in meta.properties:
        if found.name == b"ispe":
            reader = Reader(data, found.start + 4, found.end)
            largest = max(largest, reader.number(4) * reader.number(4))
    return Header(
        kind=ImageKind.HEIF,
        media_type=sniff(data)[1],
        width=size[0],
        height=size[1],
        largest=largest,
        bit_depth=depth,
        turns=turns,
        exif=_exif(data, meta),
        icc=icc,
    )


def flaw(data: bytes) -> str | None:
    """What is broken in the structure of the coded pictures, or None."""
    try:
        meta = _meta(data)
        # Extents may name the same bytes again and again; what is read of them is bounded by the file's own size.
        if sum(length for extents in meta.extents.values() for _, length in extents) > 2 * len(data):
            return "the coded pictures are larger than the file"
        for item, extents in meta.extents.items():
            if any(start + length > len(data) for start, length in extents):
                return "the file ends within a coded picture"
            if meta.types.get(item) == b"hvc1":
                coded = b"".join(data[start : start + length] for start, length in extents)
                wrong = _flaw_of_units(coded, _length_size(data, meta, item))
                if wrong:
                    return wrong
    except NotAnImage as refusal:
        return str(refusal)
    return None


def _flaw_of_units(coded: bytes, length_size: int) -> str | None:
    at = 0
    while at < len(coded):
        end = at + length_size + int.from_bytes(coded[at : at + length_size], "big")
        unit = coded[at + length_size : end].rstrip(b"\x00")
        # Header of a unit: forbidden_zero_bit, then the layer and temporal id, which is never 0.
        if end > len(coded) or len(unit) < 2 or unit[0] & 0x80 or not unit[1] & 7:
            return "the units of a coded picture do not fit together"
        if any(pattern in unit for pattern in _FORBIDDEN):
            return "a coded picture has a hole"
        at = end
    return None if coded else "a coded picture is empty"


def _length_size(data: bytes, meta: _Meta, item: int) -> int:
    """How many bytes hold the length of a unit, from the item's hvcC (byte 21)."""
    for found in meta.of(item):
        if found.name == b"hvcC" and found.end - found.start > 21:
            return (data[found.start + 21] & 3) + 1
    return 4


def _meta(data: bytes) -> _Meta:
    box = first(data, b"meta", 0, len(data))
    if box is None:
        raise NotAnImage("a HEIF without its table of pictures")
    start, end = box.start + 4, box.end
    meta = _Meta()
    inner = {found.name: found for found in boxes(data, start, end) if found.end <= end}
    if b"pitm" not in inner or b"iprp" not in inner or b"iloc" not in inner:
        raise NotAnImage("a HEIF without its table of pictures")
    primary = Reader(data, inner[b"pitm"].start, inner[b"pitm"].end)
    meta.primary = primary.number(2 if primary.number(4) >> 24 == 0 else 4)
    if b"iinf" in inner:
        _read_types(data, inner[b"iinf"], meta)
    _read_extents(data, inner[b"iloc"], inner.get(b"idat"), meta)
    _read_properties(data, inner[b"iprp"], meta)
    return meta


def _read_types(data: bytes, box: Box, meta: _Meta) -> None:
    version = data[box.start]
    for entry in boxes(data, box.start + (6 if version == 0 else 8), box.end):
        if entry.name != b"infe":
            continue
        reader = Reader(data, entry.start, min(entry.end, box.end))
        entry_version = reader.number(4) >> 24
        if entry_version < 2:
            continue
        item = reader.number(2 if entry_version == 2 else 4)
        reader.take(2)
        meta.types[item] = reader.take(4)


def _read_extents(data: bytes, box: Box, idat: Box | None, meta: _Meta) -> None:
    reader = Reader(data, box.start, box.end)
    version = reader.number(4) >> 24
    sizes = reader.number(2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    wide = 4 if version == 2 else 2
    items = reader.number(wide)
    if items > _MAX_ITEMS:
        raise NotAnImage("a HEIF of too many items")
    total = 0
    for _ in range(items):
        item = reader.number(wide)
        method = reader.number(2) & 15 if version in (1, 2) else 0
        reader.take(2)
        base = reader.number(base_size)
        count = reader.number(2)
        total += count
        if total > _MAX_EXTENTS:
            raise NotAnImage("a HEIF of too many extents")
        found = []
        for _ in range(count):
            reader.take(index_size)
            found.append((base + reader.number(offset_size), reader.number(length_size)))
        if method == 0:
            meta.extents[item] = [(start, length or max(0, len(data) - start)) for start, length in found]
        elif method == 1 and idat is not None:
            meta.extents[item] = [
                (idat.start + start, length or max(0, idat.end - idat.start - start)) for start, length in found
            ]


def _read_properties(data: bytes, box: Box, meta: _Meta) -> None:
    holder = first(data, b"ipco", box.start, box.end)
    if holder is None:
        raise NotAnImage("a HEIF without properties of its pictures")
    meta.properties = [
        Box(found.name, found.start, min(found.end, holder.end)) for found in boxes(data, holder.start, holder.end)
    ]
    total = 0
    for table in boxes(data, box.start, box.end):
        if table.name != b"ipma":
            continue
        reader = Reader(data, table.start, min(table.end, box.end))
        head = reader.number(4)
        wide, index_size = (2 if head >> 24 == 0 else 4), (2 if head & 1 else 1)
        entries = reader.number(4)
        if entries > _MAX_ITEMS:
            raise NotAnImage("a HEIF of too many items")
        for _ in range(entries):
            item, count = reader.number(wide), reader.number(1)
            total += count
            if total > _MAX_ASSOCIATIONS:
                raise NotAnImage("a HEIF of too many properties")
            # The highest bit says "essential".
            meta.owned[item] = [reader.number(index_size) & (0x7FFF if index_size == 2 else 0x7F) for _ in range(count)]


def _exif(data: bytes, meta: _Meta) -> bytes | None:
    """The EXIF item's content from its TIFF header on (the first four bytes say where that is)."""
    item = next((item for item, name in meta.types.items() if name == b"Exif"), None)
    if item is None:
        return None
    extents = meta.extents.get(item, [])
    if sum(length for _, length in extents) > MAX_EXIF:
        return None
    block = b"".join(data[start : start + length] for start, length in extents)
    return block[4 + int.from_bytes(block[:4], "big") :] or None
