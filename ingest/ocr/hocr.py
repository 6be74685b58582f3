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
    """A line with one box a letter of `text`; a space between words has the gap."""

    text: str
    boxes: tuple[Edges, ...]
    confidence: float  # 0..1


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    edges: Edges
    confidence: float


def lines_of(hocr: bytes) -> list[HeardLine]:
    """The lines in Tesseract's order, without empty ones."""
    root = ElementTree.fromstring(hocr)
    heard = [
        _line(element) for element in root.iter() if element.get("class") in _LINES
    ]
    return [line for line in heard if line.text.strip()]


def _line(element: ElementTree.Element) -> HeardLine:
    words = [
        list(_letters(word))
        for word in element.iter()
        if word.get("class") == "ocrx_word"
    ]
    letters = _spaced([word for word in words if word])
    boxes = _even(
        [letter.edges for letter in letters], [letter.text for letter in letters]
    )
    sure = [letter.confidence for letter in letters if letter.text != " "]
    return HeardLine(
        "".join(letter.text for letter in letters),
        boxes,
        sum(sure) / len(sure) if sure else 0.0,
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


def _even(boxes: Sequence[Edges], letters: Sequence[str]) -> tuple[Edges, ...]:
    """The boxes of a line with one height: Tesseract's own run from half a letter to one and a half."""
    wide = [
        box for box, letter in zip(boxes, letters, strict=True) if is_wide(letter)
    ] or list(boxes)
    if not wide:
        return ()
    top = round(median(box[1] for box in wide))
    bottom = max(round(median(box[3] for box in wide)), top + 1)
    return tuple((left, top, right, bottom) for left, _, right, _ in boxes)
