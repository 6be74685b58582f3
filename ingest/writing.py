"""How much of what is written on a page's picture lies under given boxes. Pure numpy: the decoder loads no OpenCV."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELL = 12  # pixels at 108 dpi: a little under the size of a printed character
RULE = 36  # a dark run so long is a ruled line or an edge, not a stroke
DARK, LIGHT = 90, 30  # grey levels below the paper's: a stroke is darker, paper lighter
FEWEST_DARK, MOST_DARK, FEWEST_LIGHT = 0.08, 0.6, 0.3  # shares of a written cell; a photograph has little paper in it


def cells(picture: NDArray[np.uint8], boxes: NDArray[np.float64]) -> tuple[int, int]:
    """Written cells of `picture` (grey, about 108 dpi) under `boxes` (left, top, right, bottom in its pixels) and
    beside them: about as many as there are characters."""
    paper = int(np.percentile(picture[::4, ::4], 90))
    dark = picture < paper - DARK
    strokes = dark & ~_runs(dark) & ~_runs(dark.T).T
    share, light = _by_cell(strokes), _by_cell(picture > paper - LIGHT)
    written = (share >= FEWEST_DARK) & (share <= MOST_DARK) & (light >= FEWEST_LIGHT)
    under = written & _covered(boxes, written.shape)
    return int(under.sum()), int(written.sum() - under.sum())


def _runs(dark: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The pixels that stand in a run of RULE dark ones or more across."""
    found = np.zeros_like(dark)
    if dark.shape[1] < RULE:
        return found
    summed = np.cumsum(np.pad(dark, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    starts = np.pad(summed[:, RULE:] - summed[:, :-RULE] == RULE, ((0, 0), (RULE, RULE - 1)))
    begun = np.cumsum(starts, axis=1, dtype=np.int32)
    found[:] = begun[:, RULE:] > begun[:, :-RULE]
    return found


def _by_cell(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    rows, columns = (side // CELL for side in mask.shape)
    tiles = mask[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL)
    shares: NDArray[np.float64] = tiles.mean(axis=(1, 3))
    return shares


def _covered(boxes: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    covered = np.zeros(shape, bool)
    for left, top, right, bottom in np.clip(boxes / CELL, 0, None):
        covered[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = True
    return covered
