"""What was read from one page: lines of text with their boxes. Pure.

All boxes are in pixels of the page as the file holds it (EXIF orientation and /Rotate applied, before any turning
and deskewing of ours); x to the right, y down. `rotation` says how far the page has to be turned clockwise to stand
upright, and is shown, never applied to boxes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from archive.domain.record import Part

Box = tuple[int, int, int, int]  # x, y, width, height


class Line(Part):
    """One line of text. `boxes` holds one box a character of `text` (same length), or is empty where the engine
    gives none; then the line's box is split evenly."""

    text: str
    box: Box
    boxes: tuple[Box, ...] = ()
    confidence: float = 1.0  # 0..1


class Reading(Part):
    """The text of one page, by one engine. `key` is part of the place where it is kept."""

    engine: str  # "rapidocr", "tesseract", "textlayer"
    version: str
    parameters: str = ""
    width: int  # pixels of the page's image
    height: int
    dpi: int = 0  # 0 = unknown
    rotation: Literal[0, 90, 180, 270] = 0
    lines: tuple[Line, ...] = ()
    second: tuple[Line, ...] = ()  # a second pass, e.g. what stands under a red seal: searched, not shown as text

    @property
    def key(self) -> str:
        """Engine, version and parameters as one name, safe in a path."""
        name = f"{self.engine}-{self.version}-{self.parameters}".rstrip("-")
        return "".join(c if c.isalnum() or c in "-._" else "_" for c in name)

    @property
    def text(self) -> str:
        """The page's text: the lines, then those of the second pass, a line feed between them. Offsets of hits
        refer to this string."""
        return "\n".join(line.text for line in (*self.lines, *self.second))

    @property
    def confidence(self) -> float:
        """Mean confidence by character, 0..1; 1.0 for an empty page."""
        letters = sum(len(line.text) for line in self.lines)
        return sum(line.confidence * len(line.text) for line in self.lines) / letters if letters else 1.0

    def boxes_of(self, spans: Iterable[tuple[int, int]]) -> list[Box]:
        """The boxes that cover the text offsets `spans` (start, end); one box a line and span."""
        found: list[Box] = []
        wanted = sorted(spans)
        at = 0
        for line in (*self.lines, *self.second):
            end = at + len(line.text)
            for start, stop in wanted:
                if start < end and stop > at:
                    found.append(_part_of(line, max(start - at, 0), min(stop - at, len(line.text))))
            at = end + 1
        return found


def _part_of(line: Line, start: int, stop: int) -> Box:
    if len(line.boxes) == len(line.text):
        return around(line.boxes[start:stop])
    x, y, width, height = line.box
    letters = max(len(line.text), 1)
    if height > width * 1.5 and letters > 1:  # written downwards
        return (x, y + height * start // letters, width, max(1, height * (stop - start) // letters))
    return (x + width * start // letters, y, max(1, width * (stop - start) // letters), height)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of `boxes` (at least one)."""
    held = list(boxes)
    left = min(b[0] for b in held)
    top = min(b[1] for b in held)
    right = max(b[0] + b[2] for b in held)
    bottom = max(b[1] + b[3] for b in held)
    return (left, top, right - left, bottom - top)
