"""Where each letter of a line stands, from the recogniser's rough places and the ink itself.

The network says where it saw a letter to about a sixth of the letter's width, and the detector's box is about twice
as high as the text; the ink in the line's picture gives the exact edges. Pure functions over the strip.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.ocr.detector import Image, darkest
from ingest.ocr.recogniser import HEIGHT, ReadLine

Profile = NDArray[np.float32]

HAN_INK = 0.92  # share of the em a line of Han fills with ink, from top to bottom
CAPITAL = 0.73  # height of capitals and digits in ems
ASCENT = 0.88  # of the em lies above the base line
PULL = 0.02  # how strongly a border is drawn to the middle between two letters, in lines of ink a pixel


@dataclass(frozen=True, slots=True)
class Spans:
    """Shares (0..1) of the strip: the line from `top` to `bottom`, each letter from `starts[i]` to `stops[i]`."""

    top: float
    bottom: float
    starts: tuple[float, ...]
    stops: tuple[float, ...]


def letter_spans(strip: Image, line: ReadLine) -> Spans:
    """The places of the letters of `line` (at least one) in its picture."""
    ink = ink_of(strip)
    top, bottom = _band(ink, wide=any(map(is_wide, line.text)))
    em = max(bottom - top, 4.0)
    columns = ink[max(0, int(top)) : max(1, int(bottom + 0.999))].sum(axis=0, dtype=np.float32)
    starts, stops = _columns(columns, line, em)
    width = float(strip.shape[1])
    return Spans(
        top / HEIGHT,
        bottom / HEIGHT,
        tuple(s / width for s in starts),
        tuple(s / width for s in stops),
    )


def is_wide(letter: str) -> bool:
    """Whether a letter fills a square (Han, full-width forms)."""
    return unicodedata.east_asian_width(letter) in "WF"


def ink_of(strip: Image) -> NDArray[np.uint8]:
    """1 where there is ink. Red is looked through where enough ink remains, so that a seal is no letter."""
    if strip.ndim == 3:
        red, dark = strip[:, :, 0], darkest(strip)
        grey = red if np.ptp(red) > 0.6 * np.ptp(dark) else dark
    else:
        grey = strip
    _, ink = cv2.threshold(np.ascontiguousarray(grey), 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return ink.astype(np.uint8, copy=False)


def _band(ink: NDArray[np.uint8], *, wide: bool) -> tuple[float, float]:
    """Top and bottom of the em square, in pixels of the strip. The detector centres its box on the line, so the band
    of inked rows around the middle is the text, and what lies beyond a gap is a rule or a neighbour."""
    rows = ink.sum(axis=1, dtype=np.float32)
    rows[rows > 0.85 * ink.shape[1]] = 0  # a ruled line
    inked = rows > max(1.0, 0.04 * float(rows.max(initial=0.0)))
    middle = [r for r in range(HEIGHT // 4, 3 * HEIGHT // 4) if inked[r]]
    if not middle:
        return HEIGHT * 0.2, HEIGHT * 0.8
    first, last = middle[0], middle[-1]
    while first > 0 and inked[max(0, first - 2) : first].any():
        first -= 1
    while last < HEIGHT - 1 and inked[last + 1 : last + 3].any():
        last += 1
    return _em_square(float(first), float(last + 1), wide=wide)


def _em_square(first: float, last: float, *, wide: bool) -> tuple[float, float]:
    height = last - first
    if wide:
        slack = height * (1 / HAN_INK - 1) / 2
        return first - slack, last + slack
    em = height / CAPITAL
    return last - em * ASCENT, last + em * (1 - ASCENT)


def _columns(columns: Profile, line: ReadLine, em: float) -> tuple[list[float], list[float]]:
    """Left and right edge of each letter in pixels of the strip."""
    width = len(columns)
    centres = [c * width for c in line.centres]
    sizes = [em if is_wide(letter) else em * 0.55 for letter in line.text]
    borders = [max(0.0, centres[0] - sizes[0] * 0.62)]
    for i in range(1, len(centres)):
        borders.append(_border(columns, centres[i - 1], centres[i], sizes[i - 1], sizes[i]))
    borders.append(min(float(width), centres[-1] + sizes[-1] * 0.62))
    edges = [_edges(columns, borders[i], borders[i + 1], sizes[i]) for i in range(len(centres))]
    return [left for left, _ in edges], [right for _, right in edges]


def _border(columns: Profile, left: float, right: float, left_size: float, right_size: float) -> float:
    """The border between two letters: where there is least ink near the place their widths suggest."""
    expected = left + (right - left) * left_size / (left_size + right_size)
    reach = (right - left) * 0.3
    low, high = (
        int(max(0, expected - reach)),
        int(min(len(columns), expected + reach + 1)),
    )
    if high <= low:
        return expected
    places = np.arange(low, high, dtype=np.float32) + 0.5
    cost = columns[low:high] + PULL * HEIGHT * np.abs(places - expected)
    return float(places[int(cost.argmin())])


def _edges(columns: Profile, left: float, right: float, size: float) -> tuple[float, float]:
    """A letter's edges inside its borders: no wider than its kind allows, centred on its ink."""
    if right - left <= size * 1.15:
        return left, right
    inked = np.flatnonzero(columns[int(left) : int(right + 0.999)] > 0)
    if not len(inked):
        return left, right
    first, last = int(left) + float(inked[0]), int(left) + float(inked[-1]) + 1
    size = max(size, last - first)
    middle = (first + last) / 2
    return max(left, middle - size / 2), min(right, middle + size / 2)
