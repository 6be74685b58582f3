"""What is a word: decided here once, for every engine and for highlights. Must not know any engine.

Text is folded character by character (width and compatibility forms by NFKC, case, accents, traditional to
simplified); what is neither letter, digit nor Han is ignored. Two streams of tokens come out of it:

`units`     each Han character, each run of letters, each run of digits is one position;
`shingles`  each unit with the one that follows it, across line breaks and punctuation: 施工, 第_3, hx_8000; the last
            stands alone. They are rarer than units by far, so a run of units is asked as a run of these.

Letters and digits are apart: `HX-8000`, `HX8000` and `HX 8000` are the same two units, `460675.64` is 460675 and 64.
Kana, bopomofo and hangul count as Han, since they are written without spaces too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

JOINT = "_"  # between the two of a shingle; nothing in a unit looks like it, and two Han need none
LONGEST_UNIT = 64  # longer runs are cut: OCR reads hatching as hundreds of ones, and engines limit a term

IGNORED, HAN, LETTER, DIGIT = 0, 1, 2, 3

# Unified ideographs with their extensions, 〇 and 々, kana, bopomofo, hangul syllables.
HAN_RANGES = (
    (0x3005, 0x3007),
    (0x3041, 0x3096),
    (0x309D, 0x309F),
    (0x30A1, 0x30FA),
    (0x30FC, 0x30FF),
    (0x3105, 0x312F),
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
HAN_CLASS = "".join(f"{chr(low)}-{chr(high)}" for low, high in HAN_RANGES)  # for character classes of `re`

_SPACE = 0x20
_TABLE_END = 0x323B0  # beyond it nothing is a word
_EUROPEAN_END = 0x0530  # Latin, Greek and Cyrillic lose their accents
# Where characters have a compatibility form, a case, an accent, or are not seen: all blocks but those of plain Han,
# Yi, hangul and the rare scripts of the first supplementary plane. Simplifying is a table of its own.
_WITH_OTHER_FORMS = (
    (0x0000, 0x3400),
    (0xF900, 0x10000),
    (0x1D400, 0x1D800),
    (0x1F100, 0x1F300),
    (0x2F800, 0x2FA20),
)
_OTHER = 0  # in the table: becomes several characters, or none

Codes = NDArray[np.uint32]


class Unit(NamedTuple):
    """One position of the `units` stream, folded, with its offsets in the text's own characters."""

    text: str
    start: int
    end: int
    kind: int  # HAN, LETTER or DIGIT


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text: every ignored character is a space. `origin` maps its offsets to the text's own (one more entry
    than characters); None where they are the same."""

    text: str
    origin: NDArray[np.intp] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The offsets in the text's own characters of a part that is not empty."""
        if self.origin is None:
            return start, end
        return int(self.origin[start]), int(self.origin[end - 1]) + 1


@dataclass(frozen=True, slots=True)
class Tokens:
    """Both streams as text with a space between tokens, as engines take it."""

    shingles: str
    units: str


class _Tables(NamedTuple):
    fold: Codes  # code point to folded code point; _OTHER: see `several`
    spaced: Codes  # the same, with a space for what is ignored
    kind: NDArray[np.uint8]
    several: dict[int, str]


def fold(text: str) -> Folded:
    """`text` folded, with the way back to its own offsets."""
    tables = _tables()
    plain = np.minimum(_codes(text), _TABLE_END)
    codes = tables.spaced[plain]
    if codes.all():
        return Folded(_joined(codes), None)
    codes = tables.fold[plain]
    pieces = [
        tables.several[ord(letter)] if code == _OTHER else chr(code) for letter, code in zip(text, codes, strict=True)
    ]
    origin = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    codes = _codes("".join(pieces))
    spaced = np.where(_kinds(codes, tables) == IGNORED, np.uint32(_SPACE), codes)
    return Folded(_joined(spaced), np.append(origin, len(text)))


def tokens(text: str) -> Tokens:
    """Both streams of `text`."""
    codes = _codes(fold(text).text)
    word, starts, kinds = _words(codes)
    return Tokens(_shingles(word, starts, kinds), _spaced(word, starts))


def units(text: str) -> list[Unit]:
    """The `units` stream of `text` with offsets; for queries and other short texts."""
    folded = fold(text)
    codes = _codes(folded.text)
    places = np.flatnonzero(codes != _SPACE)
    word, starts, kinds = _words(codes)
    if not len(word):
        return []
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(word)) - 1
    found = []
    for begin, end in zip(first.tolist(), last.tolist(), strict=True):
        low, high = int(places[begin]), int(places[end]) + 1
        found.append(Unit(folded.text[low:high], *folded.span(low, high), int(kinds[begin])))
    return found


def shingles_of(run: Sequence[Unit]) -> list[str]:
    """The shingles of a run of at least two units, as `tokens` makes them."""
    return [
        f"{one.text}{'' if one.kind == following.kind == HAN else JOINT}{following.text}"
        for one, following in pairwise(run)
    ]


def squeezed(text: str) -> str:
    """`text` folded, without anything that is ignored: what `Contains` compares."""
    if text.isascii():  # ids, dates, states: a command that meets no other need not make the tables
        return "".join(letter for letter in text.lower() if letter.isalnum())
    return fold(text).text.replace(" ", "")


def _words(codes: Codes) -> tuple[Codes, NDArray[np.bool_], NDArray[np.uint8]]:
    """The characters that count, which of them begin a unit, and their kinds."""
    places = np.flatnonzero(codes != _SPACE)
    word = codes[places]
    kinds = _kinds(word, _tables())
    starts = np.ones(len(word), dtype=np.bool_)
    starts[1:] = (kinds[1:] == HAN) | (kinds[1:] != kinds[:-1]) | (np.diff(places) > 1)
    order = np.arange(len(word))
    begun = np.maximum.accumulate(np.where(starts, order, 0)) if len(word) else order
    return word, starts | ((order - begun) % LONGEST_UNIT == 0), kinds


def _spaced(word: Codes, starts: NDArray[np.bool_]) -> str:
    if not len(word):
        return ""
    places = np.arange(len(word)) + np.cumsum(starts) - 1
    out = np.full(int(places[-1]) + 1, _SPACE, dtype=np.uint32)
    out[places] = word
    return _joined(out)


def _shingles(word: Codes, starts: NDArray[np.bool_], kinds: NDArray[np.uint8]) -> str:
    first = np.flatnonzero(starts)
    second, end = (np.append(first[step:], [len(word)] * step)[: len(first)] for step in (1, 2))
    han = kinds[first] == HAN
    joint = np.append(~(han[:-1] & han[1:]), np.zeros(min(len(han), 1), dtype=np.bool_))
    sizes = end - first
    places = np.cumsum(sizes + joint + 1) - (sizes + joint + 1)
    of = np.repeat(np.arange(len(first)), sizes)
    source = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)
    out = np.full(int((sizes + joint + 1).sum()), _SPACE, dtype=np.uint32)
    out[(places + second - first)[joint]] = ord(JOINT)
    out[places[of] + source - first[of] + (joint[of] & (source >= second[of]))] = word[source]
    return _joined(out)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")


def _joined(codes: Codes) -> str:
    return codes.astype("<u4", copy=False).tobytes().decode("utf-32-le")


def _kinds(codes: Codes, tables: _Tables) -> NDArray[np.uint8]:
    return tables.kind[np.minimum(codes, _TABLE_END)]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    """Made once a process, in about a tenth of a second."""
    fold_table = np.arange(_TABLE_END + 1, dtype=np.uint32)
    fold_table[_TABLE_END] = _SPACE
    simplified = _simplified()
    fold_table[[ord(old) for old in simplified]] = [ord(new) for new in simplified.values()]
    several = {_OTHER: " "}  # the character of that code itself is none that counts
    for code in (code for low, high in _WITH_OTHER_FORMS for code in range(low, high)):
        folded = _folded(chr(code), simplified)
        fold_table[code] = ord(folded) if len(folded) == 1 else _OTHER
        if len(folded) != 1:
            several[code] = folded
    kinds = _kind_table()
    ignored = (fold_table != _OTHER) & (kinds[np.minimum(fold_table, _TABLE_END)] == IGNORED)
    return _Tables(fold_table, np.where(ignored, np.uint32(_SPACE), fold_table), kinds, several)


def _kind_table() -> NDArray[np.uint8]:
    letters = np.arange(_TABLE_END + 1, dtype=np.uint32).view("U1")
    table = np.where(np.char.isalnum(letters), LETTER, IGNORED).astype(np.uint8)
    table[_TABLE_END] = IGNORED
    table[ord("0") : ord("9") + 1] = DIGIT
    for low, high in HAN_RANGES:
        table[low : high + 1] = HAN
    return table


def _simplified() -> dict[str, str]:
    han = [chr(code) for low, high in HAN_RANGES for code in range(low, high + 1)]
    # One character a line: OpenCC converts words where it can, and offsets must stay.
    turned = OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {old: new for old, new in zip(han, turned, strict=True) if old != new and len(new) == 1}


def _folded(letter: str, simplified: dict[str, str]) -> str:
    if unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return ""  # soft hyphens, zero-width spaces, variation selectors, loose accents
    wide = unicodedata.normalize("NFKC", letter).casefold()
    if wide.isalpha() and ord(letter) < _EUROPEAN_END:
        wide = "".join(c for c in unicodedata.normalize("NFKD", wide) if not unicodedata.combining(c))
    digits = (str(unicodedata.decimal(c)) if c.isdecimal() else c for c in wide)
    shown = "".join(simplified.get(c, c) for c in digits)
    # ① before a number, a raised 2 behind one: they must not grow together with it.
    return f" {shown} " if unicodedata.category(letter) == "No" else shown
