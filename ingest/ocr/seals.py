"""What stands under red seals: found where there is much red, and read through the red channel, in which red ink is
as white as paper. A second pass, never the first: print in colour reads worse through it (2.8 → 17.4 % errors). Its
lines take the place of those of the first pass which they read better, and of no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.domain.reading import Box, Line
from ingest.ocr.detector import Image, shrunk
from ingest.ocr.geometry import Quads
from ingest.ocr.lines import FoundLine

COVERED = 0.5  # of the smaller of two boxes: they hold the same text
SURE = 0.9  # a line where the first pass saw none

_REDUCED = 8  # the search for red needs no more than every eighth pixel
_LEAST_SIDE = 60  # pixels of the page: a seal is at least so large
_REDNESS = 40  # how much red has to exceed green and blue, of 255


@dataclass(frozen=True, slots=True)
class RedArea:
    """A seal's place on the page, in its pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def band(self, width: int, height: int, *, upright: bool) -> RedArea:
        """The stretch of whole lines it lies on, with some paper before and after: across the page, or from top to
        bottom where lines run so."""
        if upright:
            reach = (self.bottom - self.top) // 4
            return RedArea(0, max(0, self.top - reach), width, min(height, self.bottom + reach))
        reach = (self.right - self.left) // 4
        return RedArea(max(0, self.left - reach), 0, min(width, self.right + reach), height)

    def meets(self, other: RedArea) -> bool:
        beside = self.left < other.right and other.left < self.right
        return beside and self.top < other.bottom and other.top < self.bottom

    def with_(self, other: RedArea) -> RedArea:
        return RedArea(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def red_areas(page: Image) -> list[RedArea]:
    """Where seals stand; none on a grey page."""
    if page.ndim == 2:
        return []
    height, width = page.shape[:2]
    size = max(1, width // _REDUCED), max(1, height // _REDUCED)
    small = shrunk(page, size).astype(np.int16)
    redness = small[:, :, 0] - np.maximum(small[:, :, 1], small[:, :, 2])
    mask = (redness > _REDNESS).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((7, 7), np.uint8)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return [area for i in range(1, count) if (area := _area(stats[i], width, height)) is not None]


def _area(stats: NDArray[np.int32], width: int, height: int) -> RedArea | None:
    """A seal is about as wide as high; a line of red print or a red rule is not."""
    x, y, w, h = (int(v) * _REDUCED for v in stats[:4])
    if min(w, h) < _LEAST_SIDE or max(w, h) > 4 * min(w, h):
        return None
    return RedArea(max(0, x), max(0, y), min(width, x + w), min(height, y + h))


def joined(areas: Sequence[RedArea]) -> list[RedArea]:
    """Areas that overlap as one, so that nothing is read twice."""
    joined: list[RedArea] = []
    for area in areas:
        while meeting := [other for other in joined if other.meets(area)]:
            joined = [other for other in joined if other not in meeting]
            for other in meeting:
                area = area.with_(other)
        joined.append(area)
    return joined


def red_channel(page: Image, area: RedArea) -> Image:
    return cast(
        Image,
        np.ascontiguousarray(page[area.top : area.bottom, area.left : area.right, 0]),
    )


def crossing(quads: Quads, areas: Sequence[RedArea]) -> Quads:
    """Those of the quads that lie on one of the areas; the others were read before."""
    low, high = quads.min(axis=1), quads.max(axis=1)
    kept = np.zeros(len(quads), dtype=bool)
    for area in areas:
        beside = (low[:, 0] < area.right) & (high[:, 0] > area.left)
        kept |= beside & (low[:, 1] < area.bottom) & (high[:, 1] > area.top)
    return quads[kept]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A line as found, and as it stands on the page."""

    found: FoundLine
    line: Line


def put_together(first: Sequence[Seen], again: Sequence[Seen]) -> tuple[list[Seen], list[Seen]]:
    """The lines of the first pass with those of the second in place of what they read better, and what else the
    second has to say."""
    lines, rest = list(first), []
    for seen in again:
        under = [other for other in lines if _share(other.line.box, seen.line.box) > COVERED]
        if _is_better(seen, under):
            lines = [other for other in lines if other not in under] + [seen]
        else:
            rest.append(seen)
    known = "\n".join(_plain(seen.line.text) for seen in lines)
    return lines, [seen for seen in rest if len(_plain(seen.line.text)) > 1 and _plain(seen.line.text) not in known]


def _is_better(seen: Seen, under: Sequence[Seen]) -> bool:
    """Whether a line says more than those in its place, as surely, or as much more surely."""
    letters, before = len(_plain(seen.line.text)), sum(len(_plain(other.line.text)) for other in under)
    if not under:
        return letters > 1 and seen.line.confidence >= SURE
    confidence = sum(o.line.confidence * len(o.line.text) for o in under) / sum(len(o.line.text) for o in under)
    gained = seen.line.confidence - confidence
    return (letters > before and gained > -0.04) or (letters >= 0.8 * before and gained > 0.01)


def _share(one: Box, other: Box) -> float:
    """How much of the smaller box the other covers, 0..1."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(high, 0) / max(min(one[2] * one[3], other[2] * other[3]), 1)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
