"""Quadrilaterals on a page: four corners in reading order (start of the line above, its end above, its end below,
its start below), in pixels with whole numbers on pixel edges. Pure arithmetic, no images.

Since the corners are in reading order, a line that stands on its head or climbs is cut out upright, and its letters'
boxes fall where they belong on the page as it lies, without the page itself ever being turned.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archive.domain.reading import Box

Quad = NDArray[np.float32]  # shape (4, 2)
Quads = NDArray[np.float32]  # shape (n, 4, 2)
Shares = Sequence[float]


def turn_points(points: NDArray[np.float32], turn: int, width: float, height: float) -> NDArray[np.float32]:
    """Where points of a page of `width` x `height` lie after it was turned clockwise by `turn` degrees."""
    x, y = points[..., 0], points[..., 1]
    if turn == 90:
        return np.stack((height - y, x), axis=-1)
    if turn == 180:
        return np.stack((width - x, height - y), axis=-1)
    if turn == 270:
        return np.stack((y, width - x), axis=-1)
    return points


def turn_back(points: NDArray[np.float32], turn: int, width: float, height: float) -> NDArray[np.float32]:
    """The inverse of `turn_points`; `width` and `height` are those of the page as it lies, before turning."""
    if turn in (90, 270):
        return turn_points(points, 360 - turn, height, width)
    return turn_points(points, turn, width, height)


def read_from(quads: Quads, turn: int) -> Quads:
    """The same quads, read as if the page were turned clockwise by `turn` degrees first."""
    return np.roll(quads, turn // 90, axis=-2)


def lengths(quads: Quads) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Length along the line and height across it, in pixels, of each quad."""
    along = np.linalg.norm(quads[:, 1] - quads[:, 0], axis=1)
    across = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    return along, across


def slope(quads: Quads) -> float:
    """How far the lines fall to the right, in degrees: the median over lines at least three times as long as high;
    0.0 with fewer than three of them."""
    along, across = lengths(quads)
    long = quads[along > 3 * across]
    if len(long) < 3:
        return 0.0
    run = long[:, 1] - long[:, 0]
    return float(np.median(np.degrees(np.arctan2(run[:, 1], run[:, 0]))))


def level(points: NDArray[np.float32], degrees: float) -> NDArray[np.float32]:
    """Points turned about the origin so that lines falling by `degrees` lie level."""
    angle = np.radians(-degrees)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    x, y = points[..., 0], points[..., 1]
    return np.stack((x * cos - y * sin, x * sin + y * cos), axis=-1).astype(np.float32)


def parts_of(quad: Quad, starts: Shares, stops: Shares, top: float, bottom: float) -> Quads:
    """The parts of a quad between shares of its length (`starts`..`stops`, each n numbers) and of its height
    (`top`..`bottom`), all 0..1: (n, 4, 2)."""
    along, across = quad[1] - quad[0], quad[3] - quad[0]
    lengthwise = np.array((starts, stops, stops, starts), dtype=np.float32).T[:, :, None] * along
    crosswise = np.array((top, top, bottom, bottom), dtype=np.float32)[:, None] * across
    parts: Quads = np.add(quad[0], lengthwise + crosswise, dtype=np.float32)
    return parts


def from_upper_left(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """The corners in the order of a line read from left to right."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    (upper_left, lower_left), (upper_right, lower_right) = (
        side[np.argsort(side[:, 1], kind="stable")] for side in (by_x[:2], by_x[2:])
    )
    return np.stack((upper_left, upper_right, lower_right, lower_left))


def boxes_around(quads: Quads, width: int, height: int) -> list[Box]:
    """The upright boxes in whole pixels around quads, inside the page and at least one pixel large."""
    low = np.clip(np.round(quads.min(axis=1)), 0, (width - 1, height - 1)).astype(np.int64)
    high = np.clip(np.round(quads.max(axis=1)), low + 1, (width, height)).astype(np.int64)
    return [(x, y, w, h) for x, y, w, h in np.concatenate((low, high - low), axis=1).tolist()]
