"""The sample pages' readings by the default engine, kept so that what is done with readings can be tested in seconds.

    python -m bench.readings        reads every sample page anew (about a minute and a half) and keeps what it read

Kept are each line's text, box, height of letters and confidence; letters' boxes are spread evenly over the line.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from archive.config import Settings
from archive.domain.reading import Box, Line, Reading
from bench.pages import Scan, sample_pages

KEPT = Path(__file__).resolve().parent.parent / "tests" / "resources" / "sample_readings.json.gz"


def kept_reading(scan: Scan) -> Reading:
    """What was read from the page. Raises KeyError where nothing is kept of it as it is now."""
    width, height, rotation, lines, second = _kept()[_key(scan)]
    return Reading(
        engine="rapidocr",
        version="kept",
        width=width,
        height=height,
        dpi=300,
        rotation=rotation,
        lines=tuple(_line(kept, rotation) for kept in lines),
        second=tuple(_line(kept, rotation) for kept in second),
    )


@cache
def _kept() -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(KEPT.read_bytes())))


@cache
def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _key(scan: Scan) -> str:
    return f"{_hash(scan.path)}/{scan.number}"


def _line(kept: Sequence[Any], rotation: int) -> Line:
    text, x, y, width, height, letter, confidence = kept
    boxes = tuple(_spread((x, y, width, height), letter, len(text), upright=rotation in (0, 180)))
    return Line(text=text, box=(x, y, width, height), boxes=boxes, confidence=confidence)


def _spread(box: Box, letter: int, count: int, *, upright: bool) -> Iterator[Box]:
    x, y, width, height = box
    for at in range(count):
        if upright:
            start, stop = x + width * at // count, x + width * (at + 1) // count
            yield start, y + (height - letter) // 2, max(stop - start, 1), letter
        else:
            start, stop = y + height * at // count, y + height * (at + 1) // count
            yield x + (width - letter) // 2, start, letter, max(stop - start, 1)


def _packed(reading: Reading) -> list[Any]:
    across = 3 if reading.rotation in (0, 180) else 2

    def packed(line: Line) -> list[Any]:
        letter = int(median(box[across] for box in line.boxes or (line.box,)))
        return [line.text, *line.box, letter, round(line.confidence, 3)]

    lines, second = ([packed(line) for line in part] for part in (reading.lines, reading.second))
    return [reading.width, reading.height, reading.rotation, lines, second]


def main() -> None:
    from ingest.ocr.rapid import RapidOcrEngine

    engine = RapidOcrEngine(Settings())
    found = {}
    for scan in sample_pages():
        found[_key(scan)] = _packed(engine.read(scan.pixels(), drawing=scan.kind == "drawing"))
        print(scan.name, flush=True)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_bytes(gzip.compress(json.dumps(found, ensure_ascii=False).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
