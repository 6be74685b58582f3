"""Finds the lines of text on a page: PP-OCRv6 tiny's detection network and what has to be done before and after it.

Gives quads in the page's pixels, in no particular order. Reads no text.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.deadline import NEVER, Deadline
from ingest.ocr.geometry import Quads, from_upper_left, turn_back
from ingest.ocr.runtime import DETECTOR, Floats, Model, open_model
from ingest.ocr.seams import join_over_seams

Image = NDArray[np.uint8]  # (height, width) or (height, width, 3) RGB

# A4 at 300 dpi with its long side at 1280, and the network's work for anything smaller.
A4_SCALE = 1280 / 3508
A4_PIXELS = 1280 * 905
LARGEST_PIXELS = 20_000_000  # A0 at 300 dpi at that scale
TILE = 1600  # pixels of a tile's side, on the reduced page
OVERLAP = 160
STRIDE = 32  # of the network
CELL = 8  # pixels of the reduced page, in which ink is looked for
MARGIN = 24
FAINTEST = 12  # of 255: what is less darker than the paper around is no ink

PIXEL_THRESHOLD = 0.2
LINE_THRESHOLD = 0.4
GROWTH = 1.4  # the network marks the core of a line; its edge lies further out by area * GROWTH / perimeter
SMALLEST = 3.0  # pixels on the reduced page

_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32).reshape(3, 1, 1) * 255
_SPREAD = np.array([0.229, 0.224, 0.225], dtype=np.float32).reshape(3, 1, 1) * 255


@dataclass(frozen=True, slots=True)
class Tile:
    left: int
    top: int
    right: int
    bottom: int


class Detector:
    def __init__(self) -> None:
        self._model: Model = open_model(DETECTOR)

    def find(
        self, page: Image, *, turn: int = 0, dpi: int = 0, scale: float = 0.0, deadline: Deadline = NEVER
    ) -> Quads:
        """Quads (n, 4, 2) of the lines, corners in reading order if the page stands upright after it is turned
        clockwise by `turn` degrees. Coordinates are of the page as it lies. `scale` 0: chosen by the page's size; a
        part of a page is looked at as its page is. Raises Unreadable where the deadline is over before a tile."""
        height, width = page.shape[:2]
        small = reduced(page, scale or scale_for(width, height, dpi))
        if turn:
            small = cast(Image, np.ascontiguousarray(np.rot90(small, -(turn // 90))))
        quads = self._find_in_tiles(small, deadline)
        if turn in (90, 270):
            quads *= np.array((height / small.shape[1], width / small.shape[0]), dtype=np.float32)
        else:
            quads *= np.array((width / small.shape[1], height / small.shape[0]), dtype=np.float32)
        return turn_back(quads, turn, width, height)

    def _find_in_tiles(self, small: Image, deadline: Deadline) -> Quads:
        parts = list(tiles(small.shape[1], small.shape[0]))
        if len(parts) == 1:
            parts = [inked(small)]
        corners = [np.array((part.left, part.top), dtype=np.float32) for part in parts]
        found = [
            self._find_in(small[part.top : part.bottom, part.left : part.right], deadline) + corner
            for part, corner in zip(parts, corners, strict=True)
        ]
        return join_over_seams(found) if len(found) > 1 else found[0]

    def _find_in(self, image: Image, deadline: Deadline) -> Quads:
        deadline.check()
        return quads_of(self._model.run(blob(image))[0, 0], image.shape[1], image.shape[0])


def scale_for(width: int, height: int, dpi: int) -> float:
    """How much a page is reduced for the detector.

    Letters keep the size they have on an A4 page at 300 dpi reduced to 1280 pixels (a drawing of 5778 x 3250 had 45,
    15 and 6 % errors at 960, 1280 and 2000), finer scans are reduced further, and small pages not at all.
    """
    pixels = width * height
    finer = (dpi / 300) ** 2 if 300 < dpi <= 1200 else 1.0
    wanted = min(max(pixels * A4_SCALE**2 / finer, A4_PIXELS), LARGEST_PIXELS)
    return min(1.0, math.sqrt(wanted / pixels))


def reduced(page: Image, scale: float) -> Image:
    """The page at `scale`, RGB, sides rounded to multiples of 32 (the network's stride), at least 32."""
    height, width = page.shape[:2]
    size = (
        max(32, round(width * scale / 32) * 32),
        max(32, round(height * scale / 32) * 32),
    )
    if scale >= 1:
        return cast(Image, cv2.resize(page, size, interpolation=cv2.INTER_LINEAR))
    return shrunk(page, size)


def shrunk(page: Image, size: tuple[int, int]) -> Image:
    """The page at a smaller size (width, height): halved while it can be, then what is left to do between four points
    each. Averaging that last step, less than a half, costs ten times as much and reads no better."""
    while page.shape[1] >= 2 * size[0] and page.shape[0] >= 2 * size[1]:
        page = halved(page)
    return cast(Image, cv2.resize(page, size, interpolation=cv2.INTER_LINEAR))


def halved(page: Image) -> Image:
    """The page at half its size, each pixel the mean of four; an odd last row or column is left out, which makes it ten
    times as fast."""
    half = max(1, page.shape[1] // 2), max(1, page.shape[0] // 2)
    return cast(Image, cv2.resize(page[: half[1] * 2, : half[0] * 2], half, interpolation=cv2.INTER_AREA))


def darkest(image: Image) -> Image:
    """The darkest channel of each pixel, (height, width); channel by channel is twenty times as fast as by the axis."""
    if image.ndim == 2:
        return image
    return cast(Image, np.minimum(np.minimum(image[:, :, 0], image[:, :, 1]), image[:, :, 2]))


def inked(small: Image) -> Tile:
    """The part of a reduced page that has anything on it, with a margin; the whole page where it is blank. An A4 page
    has margins of a third of its area, which the network need not see."""
    height, width = small.shape[:2]
    grey = darkest(small)
    cells = shrunk(grey, (max(1, width // CELL), max(1, height // CELL)))
    paper = cv2.medianBlur(cv2.dilate(cells, np.ones((5, 5), np.uint8)), 11)
    marked = paper.astype(np.int16) - cells > FAINTEST
    rows, columns = (np.flatnonzero(marked.sum(axis=axis) > 1) for axis in (1, 0))
    if not len(rows) or not len(columns):
        return Tile(0, 0, width, height)
    left, right = _stretch(columns, width)
    top, bottom = _stretch(rows, height)
    return Tile(left, top, right, bottom)


def _stretch(cells: NDArray[np.intp], length: int) -> tuple[int, int]:
    """From the first cell to the last with a margin, in pixels: a multiple of the network's stride."""
    start = max(0, (int(cells[0]) * CELL - MARGIN) // STRIDE * STRIDE)
    stop = min(length, -(-((int(cells[-1]) + 1) * CELL + MARGIN) // STRIDE) * STRIDE)
    return start, stop


def blob(image: Image) -> Floats:
    """The network's input: (1, 3, height, width), BGR, normalised."""
    channels = np.broadcast_to(image, (3, *image.shape)) if image.ndim == 2 else image[:, :, ::-1].transpose(2, 0, 1)
    batch = np.empty((1, *channels.shape), dtype=np.float32)
    np.subtract(channels, _MEAN, out=batch[0])
    batch[0] /= _SPREAD
    return batch


def tiles(width: int, height: int) -> Iterator[Tile]:
    """Overlapping tiles that cover a reduced page; one where it is not much larger than a tile."""
    if width * height <= 1.15 * TILE * TILE:
        yield Tile(0, 0, width, height)
        return
    for top, bottom in _spans(height):
        for left, right in _spans(width):
            yield Tile(left, top, right, bottom)


def _spans(length: int) -> Iterator[tuple[int, int]]:
    count = max(1, math.ceil((length - OVERLAP) / (TILE - OVERLAP)))
    step = math.ceil((length - OVERLAP) / count / 32) * 32
    for start in range(0, count * step, step):
        yield start, min(length, start + step + OVERLAP)


def quads_of(heat: Floats, width: int, height: int) -> Quads:
    """Quads around what the network marks as text; `heat` is its map (height, width), 0..1."""
    mask = (heat > PIXEL_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = [quad for contour in contours if (quad := _quad_of(contour, heat)) is not None]
    if not found:
        return np.empty((0, 4, 2), dtype=np.float32)
    return np.clip(np.stack(found), 0, (width, height)).astype(np.float32)


def _quad_of(contour: cv2.typing.MatLike, heat: Floats) -> NDArray[np.float32] | None:
    (x, y), (w, h), angle = cv2.minAreaRect(contour)
    w, h = w + 1, h + 1  # contours run through the centres of pixels
    if min(w, h) < SMALLEST:
        return None
    core = cv2.boxPoints(((x, y), (w, h), angle))
    if _mean_inside(heat, core) < LINE_THRESHOLD:
        return None
    growth = w * h * GROWTH / (w + h)
    grown = cv2.boxPoints(((x + 0.5, y + 0.5), (w + growth, h + growth), angle))
    return from_upper_left(np.asarray(grown, dtype=np.float32))


def _mean_inside(heat: Floats, corners: object) -> float:
    points = np.asarray(corners, dtype=np.float32)
    low = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 1, heat.shape[::-1])
    part = heat[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(part.shape, dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(points - low).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])
