"""Where hits lie, made ready for drawing: touching words as one box, pieces of the scan to cut out. Pure geometry, in
pixels of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from archive.domain.query import Span
from archive.domain.reading import Box

STRIP = (400, 95)  # how a strip stands on the screen
LINES = 3.4  # a strip shows so many heights of its hit
Size = tuple[int, int]


def joined_spans(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap are one: 消火栓 and 移位 in 消火栓移位 are one hit."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def widened(boxes: Iterable[Box], page: Size) -> list[Box]:
    """Each box a little wider than its words, inside the page."""
    return [_inside(_grown(box), page) for box in boxes]


def _grown(box: Box) -> Box:
    x, y, w, h = box
    margin = max(2, round(min(w, h) * 0.08))
    return (x - margin, y - margin // 2, w + 2 * margin, h + margin)


def _inside(box: Box, page: Size) -> Box:
    x, y = max(0, box[0]), max(0, box[1])
    right, bottom = min(page[0], box[0] + box[2]), min(page[1], box[1] + box[3])
    return (x, y, max(1, right - x), max(1, bottom - y))


def region_around(box: Box, page: Size, shown: Size = STRIP) -> Box:
    """The piece of the page that shows `box` with the lines around it, in the proportions of `shown`."""
    height = max(LINES * min(box[2], box[3]), 1.3 * box[3], 60)
    width = max(height * shown[0] / shown[1], 1.2 * box[2])
    width = min(width, page[0])
    height = min(width * shown[1] / shown[0], page[1])  # of a box higher than that the middle
    x = _placed(box[0] + box[2] / 2, width, page[0])
    y = _placed(box[1] + box[3] / 2, height, page[1])
    return (x, y, max(1, int(width)), max(1, int(height)))


def _placed(centre: float, length: float, whole: int) -> int:
    return int(max(0, min(centre - length / 2, whole - length)))


def turned(box: Box, page: Size, rotation: int) -> Box:
    """The box on the page turned clockwise by `rotation`, a right angle; `page` is the size before turning."""
    x, y, w, h = box
    width, height = page
    match rotation % 360:
        case 90:
            return (height - y - h, x, h, w)
        case 180:
            return (width - x - w, height - y - h, w, h)
        case 270:
            return (y, width - x - w, h, w)
    return box


def follows(box: Box, after: Box) -> bool:
    """Whether `after` stands to the right of `box` on the same line."""
    shared = min(box[1] + box[3], after[1] + after[3]) - max(box[1], after[1])
    return after[0] >= box[0] + box[2] // 2 and shared > min(box[3], after[3]) / 2


def region_upright(box: Box, page: Size, rotation: int, shown: Size = STRIP) -> Box:
    """As `region_around`, in the proportions of `shown` once the page has been turned by `rotation`; in pixels of the
    page before turning."""
    lying = rotation % 180 == 90
    upright = (page[1], page[0]) if lying else page
    return turned(region_around(turned(box, page, rotation), upright, shown), upright, -rotation)


def lower_edge(box: Box, rotation: int) -> str:
    """The side of the box that is below once the page has been turned, as a path of SVG."""
    x, y, w, h = box
    match rotation % 360:
        case 90:
            return f"M{x + w} {y}v{h}"
        case 180:
            return f"M{x} {y}h{w}"
        case 270:
            return f"M{x} {y}v{h}"
    return f"M{x} {y + h}h{w}"


@dataclass(frozen=True, slots=True)
class Strip:
    """A piece of a page with its hits: `boxes` all hits in it, `now` the place of the first one that is new in it,
    `number` that hit's number in the document, from 1."""

    page: int
    region: Box
    boxes: tuple[Box, ...]
    now: int
    number: int


def strips(pages: Sequence[tuple[int, Size, int, Sequence[Box]]], most: int) -> tuple[list[Strip], int]:
    """The strips that show all hits of (page number, size, rotation, boxes), each hit once, at most `most`; and how
    many hits there are."""
    made: list[Strip] = []
    number = 0
    for page, size, rotation, boxes in pages:
        shown: set[int] = set()
        for at, box in enumerate(boxes):
            number += 1
            if at in shown or len(made) >= most:
                continue
            region = region_upright(box, size, rotation)
            inside = [n for n, other in enumerate(boxes) if _holds(region, other)] or [at]
            shown.update(inside)
            now = inside.index(at) if at in inside else 0
            made.append(Strip(page, region, tuple(boxes[n] for n in inside), now, number))
    return made, number


def _holds(region: Box, box: Box) -> bool:
    """Whether the middle of `box` lies in `region`."""
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return region[0] <= x < region[0] + region[2] and region[1] <= y < region[1] + region[3]
