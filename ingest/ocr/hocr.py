"""Tesseract's hOCR with letters' boxes, as lines. Pure parsing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from xml.etree import ElementTree

from ingest.ocr.letters import is_wide

Edges = tuple[int, int, int, int]  # left, top, right, bottom

_LINES = ("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat")
_BOX = re.compile(r"bboxe?s? (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_SURE = re.compile(r"x_conf ([\d.]+)")


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A line of text, the box of its ink, and for each letter its middle (pixels from the left of the page) and
    confidence (0..1); a space between words stands in the middle of the gap."""

    text: str
    box: Edges
    middles: tuple[float, ...]
    confidences: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    edges: Edges
    confidence: float


def lines_of(hocr: bytes) -> list[HeardLine]:
    """The lines in Tesseract's order, without empty ones."""
    root = ElementTree.fromstring(hocr)
    heard = [_line(element) for element in root.iter() if element.get("class") in _LINES]
    return [line for line in heard if line.text.strip()]


def _line(element: ElementTree.Element) -> HeardLine:
    words = [list(_letters(word)) for word in element.iter() if word.get("class") == "ocrx_word"]
    letters = _spaced([word for word in words if word])
    return HeardLine(
        "".join(letter.text for letter in letters),
        _box(letters),
        tuple((letter.edges[0] + letter.edges[2]) / 2 for letter in letters),
        tuple(letter.confidence for letter in letters),
    )


def _letters(word: ElementTree.Element) -> Iterator[_Letter]:
    for part in word.iter():
        place = part.get("title", "")
        box, sure = (
            _BOX.search(place.replace("x_bboxes", "bboxes")),
            _SURE.search(place),
        )
        if part.get("class") == "ocrx_cinfo" and part.text and box and sure:
            left, top, right, bottom = (int(number) for number in box.groups())
            for letter in part.text:
                yield _Letter(letter, (left, top, right, bottom), float(sure[1]) / 100)


def _spaced(words: Sequence[list[_Letter]]) -> list[_Letter]:
    """All letters of a line; a space where two words of Latin letters or digits meet. Tesseract parts Chinese into
    words too, where nobody writes a space."""
    line: list[_Letter] = []
    for word in words:
        if line and not is_wide(line[-1].text) and not is_wide(word[0].text):
            before, after = line[-1].edges, word[0].edges
            gap = (before[2], before[1], max(after[0], before[2] + 1), before[3])
            line.append(_Letter(" ", gap, 1.0))
        line.extend(word)
    return line


def _box(letters: Sequence[_Letter]) -> Edges:
    """The box of a line: Tesseract's letters run from half to one and a half of their height, the median is right."""
    wide = [letter.edges for letter in letters if is_wide(letter.text)] or [letter.edges for letter in letters]
    if not wide:
        return 0, 0, 1, 1
    top, bottom = (
        round(median(box[1] for box in wide)),
        round(median(box[3] for box in wide)),
    )
    left, right = (
        min(letter.edges[0] for letter in letters),
        max(letter.edges[2] for letter in letters),
    )
    return left, top, max(right, left + 1), max(bottom, top + 1)
