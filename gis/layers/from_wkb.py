"""Well-known binary into rings, by us: the numbers are looked at before the geometry library sees them."""

import math
import struct

from gis.layers.raw import RawRow, Ring

_POLYGON, _MULTI_POLYGON, _LINE, _MULTI_LINE = 3, 6, 2, 5


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0
        self.had_height = False

    def take(self, layout: str) -> tuple[float, ...]:
        values = struct.unpack_from(layout, self.data, self.offset)
        self.offset += struct.calcsize(layout)
        return values

    def header(self) -> tuple[int, str, int]:
        """Kind of geometry (1…7), byte order, number of values of a position. ISO and the older extended codes."""
        order = "<" if self.take("B")[0] == 1 else ">"
        code = int(self.take(f"{order}I")[0])
        extended = (code >> 31 & 1) + (code >> 30 & 1)
        if code & 0x20000000:
            self.take(f"{order}I")  # an SRID inside: the layer's own is used
        code &= 0x0FFFFFFF
        dimensions = 2 + extended + (0, 1, 1, 2)[code // 1000 % 4]
        if dimensions > 2:
            self.had_height = True
        return code % 1000, order, dimensions

    def count(self, order: str, smallest: int) -> int:
        """How many parts follow, each of at least `smallest` bytes; no more than there are bytes for."""
        count = int(self.take(f"{order}I")[0])
        if count * smallest > len(self.data) - self.offset:
            raise ValueError("more parts than bytes")
        return count

    def ring(self, order: str, dimensions: int) -> Ring:
        count = self.count(order, 8 * dimensions)
        values = self.take(f"{order}{count * dimensions}d")
        xs, ys = values[::dimensions], values[1::dimensions]
        if not all(map(math.isfinite, xs)) or not all(map(math.isfinite, ys)):
            raise OverflowError
        return list(zip(xs, ys, strict=True))

    def polygon(self, order: str, dimensions: int) -> list[Ring]:
        return [self.ring(order, dimensions) for _ in range(self.count(order, 4))]


def row_of(number: int, fields: dict[str, object], data: bytes) -> RawRow:
    """The row with the polygons or lines of a geometry; what is wrong with it in `problem`, never an exception."""
    reader = _Reader(data)
    polygons: list[list[Ring]] = []
    lines: list[Ring] = []
    try:
        kind, order, dimensions = reader.header()
        if kind == _POLYGON:
            polygons.append(reader.polygon(order, dimensions))
        elif kind == _LINE:
            lines.append(reader.ring(order, dimensions))
        elif kind in (_MULTI_POLYGON, _MULTI_LINE):
            for _ in range(reader.count(order, 9)):
                part, order_of_part, dimensions = reader.header()
                if part != (_POLYGON if kind == _MULTI_POLYGON else _LINE):
                    return RawRow(number, fields, problem="not_a_polygon")
                if part == _POLYGON:
                    polygons.append(reader.polygon(order_of_part, dimensions))
                else:
                    lines.append(reader.ring(order_of_part, dimensions))
        else:
            return RawRow(number, fields, problem="not_a_polygon")
    except OverflowError:
        return RawRow(number, fields, problem="not_finite")
    except (struct.error, ValueError):
        return RawRow(number, fields, problem="bad_coordinates")
    if not any(polygons) and not any(lines):
        return RawRow(number, fields, problem="empty")
    return RawRow(number, fields, polygons, lines, reader.had_height)
