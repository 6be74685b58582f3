"""What stands under red seals: found where there is much red, and read through the red channel, in which red ink is
as white as paper. A second pass, never the first: print in colour reads worse through it (2.8 → 17.4 % errors)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from archive.domain.reading import Line
from ingest.ocr.detector import Image

_REDUCED = 8  # the search for red needs no more than every eighth pixel
_LEAST_SIDE = 60  # pixels of the page: a seal is at least so large
_REDNESS = 40  # how much red has to exceed green and blue, of 255


@dataclass(frozen=True, slots=True)
class RedArea:
    """A stretch of the page with a seal, a margin around it, in the page's pixels."""

    left: int
    top: int
    right: int
    bottom: int

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
    small = cv2.resize(page, size, interpolation=cv2.INTER_AREA).astype(np.int16)
    redness = small[:, :, 0] - np.maximum(small[:, :, 1], small[:, :, 2])
    mask = (redness > _REDNESS).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((7, 7), np.uint8)).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return _joined([area for i in range(1, count) if (area := _area(stats[i], width, height)) is not None])


def _area(stats: NDArray[np.int32], width: int, height: int) -> RedArea | None:
    """A seal is about as wide as high; a line of red print or a red rule is not."""
    x, y, w, h = (int(v) * _REDUCED for v in stats[:4])
    if min(w, h) < _LEAST_SIDE or max(w, h) > 4 * min(w, h):
        return None
    reach_x, reach_y = w, h // 4
    return RedArea(
        max(0, x - reach_x),
        max(0, y - reach_y),
        min(width, x + w + reach_x),
        min(height, y + h + reach_y),
    )


def _joined(areas: list[RedArea]) -> list[RedArea]:
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


def what_differs(second: Sequence[Line], first: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of the second pass whose text no line of the first one holds."""
    known = "\n".join(_plain(line.text) for line in first)
    return tuple(line for line in second if len(_plain(line.text)) > 1 and _plain(line.text) not in known)


def _plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
