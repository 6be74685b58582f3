"""Which way up a page lies.

A small network looks at the whole page; where it is not sure, or says that the page is turned, or the page is a
drawing (it was right on 11 of 16), some lines are read both ways and the way with the more confident text wins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

import cv2
import numpy as np

from ingest.ocr.detector import Image, shrunk
from ingest.ocr.geometry import Quads, lengths, read_from
from ingest.ocr.runtime import ORIENTATION, open_model

Turn = Literal[0, 90, 180, 270]

SURE = 0.895  # right answers had 0.90 to 0.93, an upright drawing was called turned with 0.89
PROBES = 10
_SIDE = 224
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_SPREAD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


class Orientation:
    def __init__(self) -> None:
        self._model = open_model(ORIENTATION)

    def guess(self, page: Image) -> tuple[Turn, float]:
        """How far the page has to be turned clockwise to stand upright, and how sure that is (0..1)."""
        scores = self._model.run(_blob(page))[0]
        best = int(scores.argmax())
        return cast(Turn, (360 - 90 * best) % 360), float(scores[best])


def _blob(page: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The middle square of the page, its short side at 256 pixels: (1, 3, 224, 224)."""
    height, width = page.shape[:2]
    scale = 256 / min(width, height)
    size = max(_SIDE, round(width * scale)), max(_SIDE, round(height * scale))
    small = shrunk(page, size) if scale < 1 else cv2.resize(page, size, interpolation=cv2.INTER_LINEAR)
    left, top = (size[0] - _SIDE) // 2, (size[1] - _SIDE) // 2
    part = small[top : top + _SIDE, left : left + _SIDE]
    bgr = np.repeat(part[:, :, None], 3, axis=2) if part.ndim == 2 else part[:, :, ::-1]
    normal = (bgr.astype(np.float32) / 255 - _MEAN) / _SPREAD
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])


def probable_turns(quads: Quads) -> tuple[Turn, Turn]:
    """The two ways that make most of the lines lie level; `quads` are those found on the page as it lies."""
    along, across = lengths(quads)
    level = float(along[along > 1.5 * across].sum())
    upright = float(across[across > 1.5 * along].sum())
    return (90, 270) if upright > level else (0, 180)


def way_up(quads: Quads, confidence_of: Callable[[Quads], float]) -> tuple[Turn, float]:
    """The turn after which the longest lines read best, and by how much (mean confidence, 0..1) it beats its
    opposite. `confidence_of` reads quads in the order of their corners."""
    turns = probable_turns(quads)
    along, across = lengths(quads)
    longest = quads[np.argsort(-np.maximum(along, across))[:PROBES]]
    scores = [confidence_of(read_from(longest, turn)) for turn in turns]
    best = 0 if scores[0] >= scores[1] else 1
    return turns[best], abs(scores[0] - scores[1])
