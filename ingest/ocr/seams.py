"""Puts together what was found in overlapping tiles of a large page: a line cut by a seam becomes one again, a line
seen by two tiles counts once. Pure geometry."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.geometry import Quads, from_upper_left

SAME_LINE = 0.6  # share of the lower line's height (or width, for upright ones) two parts have in common
SAME_PLACE = 0.7  # share of the smaller part inside the larger


def join_over_seams(found: Sequence[Quads]) -> Quads:
    """All quads of all tiles (in the coordinates of the whole page), without doubles."""
    parts: list[tuple[int, NDArray[np.float32]]] = []
    for number, quads in enumerate(found):
        parts.extend((number, quad) for quad in quads)
    joined: list[tuple[int, NDArray[np.float32]]] = []
    for number, quad in sorted(parts, key=lambda part: -_area(part[1])):
        place = next(
            (i for i, (n, other) in enumerate(joined) if n != number and _belong(quad, other)),
            None,
        )
        if place is None:
            joined.append((number, quad))
        else:
            joined[place] = (joined[place][0], _around(joined[place][1], quad))
    if not joined:
        return np.empty((0, 4, 2), dtype=np.float32)
    return np.stack([quad for _, quad in joined])


def _belong(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    common = np.minimum(one.max(axis=0), other.max(axis=0)) - low
    if (common <= 0).any():
        return False
    sizes = np.stack((np.ptp(one, axis=0), np.ptp(other, axis=0)))
    if common.prod() >= SAME_PLACE * sizes.prod(axis=1).min():
        return True
    across = 1 if (sizes[:, 0] > sizes[:, 1]).all() else 0 if (sizes[:, 0] < sizes[:, 1]).all() else None
    return across is not None and common[across] >= SAME_LINE * sizes[:, across].min()


def _around(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    rectangle = cv2.minAreaRect(np.concatenate((one, other)).astype(np.float32))
    return from_upper_left(np.asarray(cv2.boxPoints(rectangle), dtype=np.float32))


def _area(quad: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]) * np.linalg.norm(quad[3] - quad[0]))
