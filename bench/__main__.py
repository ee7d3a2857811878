"""Measure the rows and print the table. `scripts/bench` prepares the database and calls this."""

import argparse
import json
import sys
import time
import traceback
from pathlib import Path

import django

from bench.registry import Row, Size, Times, load_rows


def figure(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:.0f} {unit}"
    return f"{value * 1000:.2f} ms" if value < 1 else f"{value:.2f} s"


def line(row: Row, times: Times) -> tuple[str, ...]:
    ratio = times.ours / times.peer
    allowed = "" if row.at_most is None else f"≤ {row.at_most:g}"
    verdict = "" if row.at_most is None else ("holds" if ratio <= row.at_most else "TOO SLOW")
    return (row.name, row.peer, figure(times.ours, row.unit), figure(times.peer, row.unit), f"{ratio:.2f}", allowed, verdict)


def table(lines: list[tuple[str, ...]]) -> str:
    lines = [("what", "beside", "ours", "peer", "ratio", "allowed", ""), *lines]
    widths = [max(len(cells[column]) for cells in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip() for cells in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--quick", action="store_true", help="smaller data and fewer rounds: under three minutes")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    parser.add_argument("only", nargs="*", help="only rows whose name holds one of these")
    options = parser.parse_args()
    django.setup()
    size = Size(quick=options.quick)
    lines, figures, wrong = [], {}, []
    for row in load_rows():
        if options.only and not any(part.lower() in row.name.lower() for part in options.only):
            continue
        print(f"· {row.name} … ", end="", file=sys.stderr, flush=True)
        started = time.monotonic()
        try:
            times = row.measure(size)
        except Exception:
            print("failed", file=sys.stderr)
            traceback.print_exc()
            wrong.append(f"{row.name}: failed")
            continue
        print(f"{time.monotonic() - started:.1f} s", file=sys.stderr)
        lines.append(line(row, times))
        figures[row.name] = {"peer": row.peer, "ours": times.ours, "theirs": times.peer, "unit": row.unit, "at_most": row.at_most}
        if row.at_most is not None and times.ours > row.at_most * times.peer:
            wrong.append(f"{row.name}: {times.ours / times.peer:.2f} × {row.peer}, allowed {row.at_most:g}")
    print(table(lines))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False))
    for complaint in wrong:
        print(complaint, file=sys.stderr)
    return bool(wrong) or not lines


if __name__ == "__main__":
    sys.exit(main())
