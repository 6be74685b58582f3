"""Whether a page shows nothing but paper (空白页): such a page gets no number in its volume.

The rule: without a margin of 8 % on every side (punched holes, shadows of the lid), looked at with a hundred points an
inch or so, fewer than 5 in 100,000 points are ink. Ink is what is 60 of 255 darker than the paper in a square of two by
two points: half a millimetre, a pen's stroke, so dust is none. Measured (docs/ingest.md): blank sheets with all kinds
of wear have at most 0.5 in 100,000, the emptiest written page 306. Whether text was read on it is asked besides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from archive.ports import Pixels

POINTS = 1170  # along the longer side: an A4 page at 100 dpi
MARGIN = 0.08
DARKER = 60  # than the paper, of 255
MOST_INK = 5e-5
LIGHT = 128  # paper is lighter


def is_blank(pixels: Pixels) -> bool:
    """Whether the page has no ink by the rule above."""
    return ink_share(pixels) < MOST_INK


def ink_share(pixels: Pixels) -> float:
    """The share of ink inside the margins, 0..1."""
    grey = _inner(pixels)
    if grey.shape[0] < 2 or grey.shape[1] < 2:
        return 1.0  # nothing can be said of so small a picture
    shades = Image.fromarray(grey).histogram()
    paper = int(np.searchsorted(np.cumsum(shades), grey.size / 2))  # the median
    if paper < LIGHT:
        return 1.0  # a dark picture is none of paper
    dark = grey < paper - DARKER
    strokes = dark[:-1, :-1] & dark[1:, :-1] & dark[:-1, 1:] & dark[1:, 1:]
    return float(strokes.mean())


def _inner(pixels: Pixels) -> NDArray[np.uint8]:
    """The darkest channel of every n-th point, without the margins."""
    step = max(1, round(max(pixels.width, pixels.height) / POINTS))
    rows = np.frombuffer(pixels.data, np.uint8).reshape(pixels.height, pixels.width, pixels.channels)
    points = rows[::step, ::step]
    high, wide = (round(side * MARGIN) for side in points.shape[:2])
    points = points[high : points.shape[0] - high, wide : points.shape[1] - wide]
    darkest = points[:, :, 0]
    for channel in range(1, pixels.channels):
        darkest = np.minimum(darkest, points[:, :, channel])
    return np.ascontiguousarray(darkest)
