"""A page as a form: its pieces of text where they stand on the upright page, in rows, with labels and their values.
Pure; recognises no meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from statistics import median

from opencc import OpenCC

from archive.domain.reading import Box, Line, Reading

SAME_ROW = 0.5  # share of the lower piece's height that two pieces of one row have in common
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """`text` for comparing: width folded, simplified, without white space."""
    folded = unicodedata.normalize("NFKC", text)
    return str(_simplifier().convert(_SPACES.sub("", folded)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text and its edges on the upright page. `letter` is the height of its letters in pixels, which a
    slanting line's box exceeds. `under_seal`: seen by the second pass alone."""

    text: str
    left: int
    top: int
    right: int
    bottom: int
    letter: float
    confidence: float = 1.0
    under_seal: bool = False

    @property
    def height(self) -> int:
        return max(self.bottom - self.top, 1)

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def shares_row_with(self, other: Piece) -> bool:
        common = min(self.bottom, other.bottom) - max(self.top, other.top)
        return common > SAME_ROW * min(self.height, other.height)


@dataclass(frozen=True)
class Sheet:
    """One page. `number` from 1; `rows` from the top, each from the left."""

    number: int
    width: int
    height: int
    pieces: tuple[Piece, ...]
    rows: tuple[tuple[Piece, ...], ...] = field(default=())

    @property
    def text(self) -> str:
        """All pieces, comparable, a line feed between them."""
        return "\n".join(plain(piece.text) for piece in self.pieces)

    def above(self, share: float) -> list[Piece]:
        """The pieces that begin in the upper `share` of the page."""
        return [piece for piece in self.pieces if piece.top < share * self.height]

    @property
    def letter_height(self) -> float:
        """The height of its running text, in pixels."""
        sizes = [p.letter for p in self.pieces if len(p.text) > 3] or [p.letter for p in self.pieces]
        return max(float(median(sizes)), 1.0) if sizes else 1.0

    @cached_property
    def labelled(self) -> Sequence[Labelled]:
        """Each label with its value: in one piece parted by a colon, or the label's piece and what stands right of it.
        Looked for once, since every field asks."""
        return tuple(_labelled(self))

    def right_of(self, piece: Piece) -> Piece | None:
        """The next piece in the same row."""
        after = [p for p in self.pieces if p.left >= piece.right - piece.height and p.shares_row_with(piece)]
        return min((p for p in after if p is not piece), key=lambda p: p.left, default=None)

    def left_of(self, piece: Piece) -> Piece | None:
        before = [p for p in self.pieces if p.right <= piece.left + piece.height and p.shares_row_with(piece)]
        return max((p for p in before if p is not piece), key=lambda p: p.right, default=None)


def sheet_of(reading: Reading, number: int) -> Sheet:
    """The page of a reading, turned upright. Turning by 90 degrees swaps width and height."""
    turned = reading.rotation in (90, 270)
    width, height = (reading.height, reading.width) if turned else (reading.width, reading.height)
    first = list(_with_joined_letters([_piece(line, reading) for line in reading.lines if line.text.strip()]))
    second = [_piece(line, reading, under_seal=True) for line in reading.second]
    pieces = tuple(sorted([*first, *second], key=lambda p: (p.middle[1], p.left)))
    return Sheet(number, width, height, pieces, tuple(_rows(first)))


def _piece(line: Line, reading: Reading, *, under_seal: bool = False) -> Piece:
    left, top, right, bottom = _upright(line.box, reading)
    return Piece(
        line.text.strip(), left, top, right, bottom, _letter_height(line, reading), line.confidence, under_seal
    )


def _letter_height(line: Line, reading: Reading) -> float:
    across = 2 if reading.rotation in (90, 270) else 3
    wide = [box[across] for letter, box in zip(line.text, line.boxes, strict=False) if _HAN.match(letter)]
    return float(median(wide or [box[across] for box in line.boxes] or [line.box[across]]))


def _upright(box: Box, reading: Reading) -> tuple[int, int, int, int]:
    """Left, top, right, bottom after the page was turned clockwise by the reading's rotation."""
    x, y, w, h = box
    if reading.rotation == 90:
        return reading.height - y - h, x, reading.height - y, x + w
    if reading.rotation == 180:
        return reading.width - x - w, reading.height - y - h, reading.width - x, reading.height - y
    if reading.rotation == 270:
        return y, reading.width - x - w, y + h, reading.width - x
    return x, y, x + w, y + h


def _with_joined_letters(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Letters set wide apart as one piece (图　名): each is read as a piece of one letter."""
    single = [p for p in pieces if len(p.text) == 1 and _HAN.match(p.text)]
    used: set[int] = set()
    for row in _rows(single):
        for one, other in pairwise(row):
            if id(one) in used or id(other) in used or other.left - one.right > 4 * one.height:
                continue
            used |= {id(one), id(other)}
            top, bottom = min(one.top, other.top), max(one.bottom, other.bottom)
            sure = min(one.confidence, other.confidence)
            yield Piece(one.text + other.text, one.left, top, other.right, bottom, max(one.letter, other.letter), sure)
    yield from (p for p in pieces if id(p) not in used)


def _rows(pieces: Sequence[Piece]) -> list[tuple[Piece, ...]]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: p.middle[1]):
        if rows and rows[-1][0].shares_row_with(piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [tuple(sorted(row, key=lambda p: p.left)) for row in rows]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with the label that stands before it, comparable, without its colon."""

    label: str
    value: str
    piece: Piece  # that holds the value
    page: int


_INLINE = re.compile(r"^\s*([^:：]{1,16})[:：]\s*(.*)$")


def _labelled(sheet: Sheet) -> Iterator[Labelled]:
    for piece in sheet.pieces:
        found = _INLINE.match(piece.text)
        if found and found[2]:
            yield Labelled(plain(found[1]), found[2].strip(), piece, sheet.number)
            continue
        label = plain(found[1] if found else piece.text)
        beside = sheet.right_of(piece) if 2 <= len(label) <= 10 else None
        if beside is not None and not piece.under_seal:
            yield Labelled(label, beside.text.strip(), beside, sheet.number)
