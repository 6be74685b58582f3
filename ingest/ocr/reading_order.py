"""The order in which the lines of a page are read.

Rows from top to bottom, each from left to right; columns one after the other where the page clearly has columns of
running text; columns from the right where the text runs downwards. A table keeps its rows. Pure geometry: takes boxes
of a page that stands upright and level.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]  # (n, 4): left, top, right, bottom

SAME_ROW = 0.5  # share of the lower box's height
COLUMN_LINES = 5  # fewer lines are no column
FULL = 0.75  # a line that fills so much of its column's width is running text
FULL_LINES = 0.6  # share of a column's lines that are full; cells of a table hardly ever are
TALL = 2.0


def reading_order(boxes: Boxes) -> list[int]:
    """The indices of `boxes` in the order of reading."""
    if not len(boxes):
        return []
    everything = list(range(len(boxes)))
    if _runs_downwards(boxes):
        return _by_columns_from_the_right(boxes, everything)
    return _ordered(boxes, everything)


def rows_of(boxes: Boxes, among: Sequence[int]) -> list[list[int]]:
    """`among` in rows from top to bottom, each from left to right."""
    rows: list[list[int]] = []
    edges: list[tuple[float, float]] = []
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    for i in sorted(among, key=lambda i: float(middles[i])):
        top, bottom = float(boxes[i, 1]), float(boxes[i, 3])
        if rows:
            row_top, row_bottom = edges[-1]
            common = min(bottom, row_bottom) - max(top, row_top)
            if common > SAME_ROW * min(bottom - top, row_bottom - row_top):
                count = len(rows[-1])
                rows[-1].append(i)
                # The mean edges: a row does not creep down the page with each box it takes in.
                edges[-1] = (
                    (row_top * count + top) / (count + 1),
                    (row_bottom * count + bottom) / (count + 1),
                )
                continue
        rows.append([i])
        edges.append((top, bottom))
    return [sorted(row, key=lambda i: float(boxes[i, 0])) for row in rows]


def _ordered(boxes: Boxes, among: Sequence[int]) -> list[int]:
    for above, columns, below in _column_parts(boxes, among):
        inside = [i for column in columns for i in _ordered(boxes, column)]
        return [*_in_rows(boxes, above), *inside, *_ordered(boxes, below)]
    return _in_rows(boxes, among)


def _in_rows(boxes: Boxes, among: Sequence[int]) -> list[int]:
    return [i for row in rows_of(boxes, among) for i in row]


def _column_parts(boxes: Boxes, among: Sequence[int]) -> list[tuple[list[int], list[list[int]], list[int]]]:
    """The first stretch of the page that has two columns: what is above it, the columns, what is below; at most one.

    A gutter is tried at the middle of each gap between boxes that start right of it; lines that cross it end the
    stretch.
    """
    if len(among) < 2 * COLUMN_LINES:
        return []
    best: tuple[int, tuple[list[int], list[list[int]], list[int]]] | None = None
    for gutter in _gutters(boxes, among):
        part = _split_at(boxes, among, gutter)
        if part is not None:
            size = sum(len(column) for column in part[1])
            if best is None or size > best[0]:
                best = (size, part)
    return [best[1]] if best else []


def _gutters(boxes: Boxes, among: Sequence[int]) -> list[float]:
    """Places between columns: left edges shared by many lines, a little to the left of them."""
    heights = boxes[among, 3] - boxes[among, 1]
    step = float(np.median(heights))
    lefts = np.sort(boxes[among, 0])
    found: list[float] = []
    for left in lefts:
        if found and left - found[-1] < 2 * step:
            continue
        if int(((lefts >= left) & (lefts < left + 2 * step)).sum()) >= COLUMN_LINES and left > lefts[0] + 4 * step:
            found.append(float(left) - 0.3 * step)
    return found


def _split_at(boxes: Boxes, among: Sequence[int], gutter: float) -> tuple[list[int], list[list[int]], list[int]] | None:
    """Splits the longest stretch of lines that do not cross `gutter`; None if its halves are not columns of text."""
    crossing = sorted(float(boxes[i, 1]) for i in among if boxes[i, 0] < gutter < boxes[i, 2])
    free = [i for i in among if not boxes[i, 0] < gutter < boxes[i, 2]]
    limits = [-np.inf, *crossing, np.inf]
    stretches = [[i for i in free if start <= boxes[i, 1] < stop] for start, stop in pairwise(limits)]
    stretch = max(stretches, key=len)
    columns = [
        [i for i in stretch if boxes[i, 2] <= gutter],
        [i for i in stretch if boxes[i, 0] >= gutter],
    ]
    if not all(_is_running_text(boxes, column) for column in columns):
        return None
    inside = set(stretch)
    top = min(float(boxes[i, 1]) for i in stretch)
    rest = [i for i in among if i not in inside]
    return (
        [i for i in rest if boxes[i, 1] < top],
        columns,
        [i for i in rest if boxes[i, 1] >= top],
    )


def _is_running_text(boxes: Boxes, column: Sequence[int]) -> bool:
    if len(column) < COLUMN_LINES:
        return False
    widths = boxes[column, 2] - boxes[column, 0]
    heights = boxes[column, 3] - boxes[column, 1]
    full_width = float(np.percentile(widths, 90))
    letters = full_width / float(np.median(heights))
    return letters >= 6 and float((widths >= FULL * full_width).mean()) >= FULL_LINES


def _runs_downwards(boxes: Boxes) -> bool:
    widths, heights = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    tall = heights > TALL * widths
    return bool(tall.sum() >= 3 and heights[tall].sum() > widths[~tall].sum())


def _by_columns_from_the_right(boxes: Boxes, among: Sequence[int]) -> list[int]:
    """Columns are rows of the page turned a quarter to the left, so that its right side is on top."""
    turned = np.stack((boxes[:, 1], -boxes[:, 2], boxes[:, 3], -boxes[:, 0]), axis=1)
    return _in_rows(turned, among)
