"""Whether the text a file brings along for a page can be trusted, and that text as a reading.

The rule, first match wins, with the thresholds in `Thresholds`:

1. too little: under 20 characters, or under 60 on a page that is mostly one image (a watermark over a scan);
2. garbage: many characters without a mapping; controls, private and unassigned characters; Latin letter triples or
   Han pairs that no language has; few clean tokens; accented letters everywhere (bytes read in the wrong encoding);
   five scripts at once; too little variety; nearly all punctuation;
3. misplaced: under too many characters there is no ink in the page's picture;
4. too little, again: on a page that is mostly one image more is written beside the characters' boxes than under them
   (a fax's head line, a stamp of the scanning program).

Anything else is good. The thresholds were measured on 1,575 pages of foreign files: 86 % of the garbage is found and
0.5 % of good pages are refused; those of the fourth rule on the samples (docs/ingest.md). A text in which one character
in ten is wrong, or in which the Chinese is missing and the Latin left, is not found by any rule of this kind. Pure:
nothing here opens a file.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from archive.domain.reading import Box, Line, Reading, around
from ingest import writing
from ingest.languages import are_pairs, latin_triples

RULE = 2  # goes into the readings' key: a new rule reads anew


class Verdict(StrEnum):
    GOOD = "good"
    TOO_LITTLE = "too_little"
    GARBAGE = "garbage"
    MISPLACED = "misplaced"


@dataclass(frozen=True)
class Letters:
    """A page's characters in reading order, "\\n" between lines. `boxes`: left, top, right, bottom in pixels of the
    page's picture, one a character (all 0 for what has none). `ink`: narrow boxes of some visible characters."""

    text: str
    boxes: NDArray[np.float64]
    ink: NDArray[np.float64]
    counted: int  # characters of the page, before those without a meaning were dropped
    unmapped: int  # of these, without any mapping to Unicode
    map_errors: float  # share of characters whose mapping is in doubt
    rotation: Literal[0, 90, 180, 270] = 0


@dataclass(frozen=True)
class Thresholds:
    least: int = 20  # characters
    least_on_scan: int = 60
    scan_share: float = 0.6  # of the page under one image
    unmapped: float = 0.20
    kept: float = 0.15  # of the counted characters
    odd: float = 0.05
    triples: float = 0.58
    clean_tokens: float = 0.45
    han_pairs: float = 0.30
    accented: float = 0.30
    scripts: int = 5
    map_errors: float = 0.50
    entropy: float = 1.5  # bits a character
    punctuation: float = 0.60
    contrast: float = 40.0  # grey levels under a character's box, at 108 dpi
    on_ink: float = 0.70  # of the boxes
    beside: int = 60  # written cells beside the boxes, and more than under them


RULES = Thresholds()
ENOUGH = 10  # triples or pairs, to judge by them
LEADING_SHARE = 0.3  # of the letters: so many Latin or Han make them the page's writing

_LEADERS = re.compile(r"[.…·・_\-—=]{3,}")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]{3,}")
_PUNCTUATION = (
    "".join(chr(c) for c in range(33, 127) if not chr(c).isalnum()) + "，。、；：？！“”‘’（）《》【】—…·「」℃%°±×"
)
_CLEAN = re.compile(
    r"[A-Za-z\u00c0-\u024f]+(?:['’][a-z]+)?(?:[-/][A-Za-z\u00c0-\u024f]+)*"  # a word
    r"|[A-Z0-9]+(?:[-./#:×*+][A-Za-z0-9]+)*"  # a number or a code
    r"|\d+(?:[.,:]\d+)*[A-Za-z%℃°²³]{0,4}"  # a quantity
)


def judge(letters: Letters, image_share: float, picture: NDArray[np.uint8], scale: float) -> Verdict:
    """The verdict on a page's text. `picture` is the page in grey at about 108 dpi, `scale` its pixels for each
    pixel of the boxes; `image_share` the part of the page under its largest image."""
    words = judge_words(letters, RULES.least_on_scan if image_share > RULES.scan_share else RULES.least)
    if words is not Verdict.GOOD:
        return words
    if on_ink(letters.ink, picture, scale) < RULES.on_ink:
        return Verdict.MISPLACED
    return Verdict.TOO_LITTLE if image_share > RULES.scan_share and _is_wanting(letters, picture, scale) else words


def _is_wanting(letters: Letters, picture: NDArray[np.uint8], scale: float) -> bool:
    """Whether the characters are the smaller part of what is written on the page."""
    under, beside = writing.cells(picture, letters.boxes * scale)
    return beside >= RULES.beside and beside > under


def judge_words(letters: Letters, least: int = RULES.least) -> Verdict:
    """The verdict on the characters alone, for a page without a picture: never MISPLACED."""
    text = _LEADERS.sub("", letters.text.replace("\ufffe", ""))
    visible = "".join(text.split())
    if max(len(visible), letters.unmapped) < least:
        return Verdict.TOO_LITTLE
    return Verdict.GARBAGE if is_garbage(letters, text, visible) else Verdict.GOOD


def is_garbage(letters: Letters, text: str, visible: str) -> bool:
    """Whether the characters cannot be the text a person sees."""
    leaders = len("".join(letters.text.split())) - len(visible)
    counted = max(letters.counted - leaders, 1)
    if letters.unmapped > RULES.unmapped * counted or len(visible) < RULES.kept * counted:
        return True
    if sum(map(_is_odd, visible)) > RULES.odd * len(visible):
        return True
    language = _language(visible, text)
    if language is False or _clean_tokens(text) < RULES.clean_tokens:
        return True
    alphabet = [c for c in visible if c.isalpha()]
    if sum("\u00a0" <= c <= "\u024f" for c in alphabet) > RULES.accented * max(len(alphabet), 1):
        return True
    if _scripts(alphabet) >= RULES.scripts or (letters.map_errors > RULES.map_errors and language is None):
        return True
    return _entropy(visible) < RULES.entropy or _punctuation(visible) > RULES.punctuation


def on_ink(boxes: NDArray[np.float64], picture: NDArray[np.uint8], scale: float) -> float:
    """The share of `boxes` with something drawn under them."""
    if not len(boxes):
        return 0.0
    hits = 0
    for left, top, right, bottom in boxes * scale:
        x, y = max(int(left), 0), max(int(top), 0)
        part = picture[y : max(math.ceil(bottom), y + 1), x : max(math.ceil(right), x + 1)]
        hits += bool(part.size) and int(part.max()) - int(part.min()) > RULES.contrast
    return hits / len(boxes)


def reading(letters: Letters, width: int, height: int, dpi: int, version: str) -> Reading:
    """The characters as lines with a box each, in a page of `width` x `height` pixels."""
    lines = tuple(_lines(letters, width, height))
    digest = hashlib.sha256("\n".join(f"{line.text}{line.box}" for line in lines).encode()).hexdigest()[:12]
    # Two files may show the same picture with different text under it: the text is part of the key.
    return Reading(
        engine="textlayer",
        version=version,
        parameters=f"rule{RULE}-{digest}",
        width=width,
        height=height,
        dpi=dpi,
        rotation=letters.rotation,
        lines=lines,
    )


# --- signs of garbage


def _is_odd(letter: str) -> bool:
    return letter == "\ufffd" or unicodedata.category(letter) in (
        "Cc",
        "Cn",
        "Co",
        "Cs",
    )


def _language(visible: str, text: str) -> bool | None:
    """Whether the letters go together as in some language; None where there are too few to tell."""
    alphabet = sum(c.isalpha() for c in visible)
    known: list[bool] = []
    triples = [word[at : at + 3] for word in _latin_words(text) for at in range(len(word) - 2)]
    if len(triples) >= 2 * ENOUGH and sum(map(len, _latin_words(text))) > LEADING_SHARE * alphabet:
        known.append(sum(triple in latin_triples() for triple in triples) >= RULES.triples * len(triples))
    codes = np.frombuffer(visible.encode("utf-32-le", "replace"), "<u4")
    han = (codes >= 0x4E00) & (codes < 0xA000)
    both = han[:-1] & han[1:]
    if both.sum() >= ENOUGH and han.sum() > LEADING_SHARE * alphabet:
        known.append(bool(are_pairs(codes[:-1][both], codes[1:][both]).mean() >= RULES.han_pairs))
    return all(known) if known else None


def _latin_words(text: str) -> list[str]:
    apart = (unicodedata.normalize("NFKD", word.lower()) for word in _LATIN_WORD.findall(text))
    return ["".join(c for c in word if "a" <= c <= "z") for word in apart]


def _clean_tokens(text: str) -> float:
    """The share of characters that stand in tokens a person would write: words, numbers, codes, other scripts."""
    tokens = text.split()
    clean = sum(len(token) for token in tokens if _is_clean(token))
    return clean / max(sum(map(len, tokens)), 1)


def _is_clean(token: str) -> bool:
    core = token.strip(_PUNCTUATION)
    if not core or _CLEAN.fullmatch(core):
        return True
    other = sum(c.isalpha() and c > "\u024f" for c in core)
    return other >= 0.3 * len(core)


def _scripts(alphabet: list[str]) -> int:
    """How many scripts have three letters or more."""
    found = Counter(unicodedata.name(c, "?").split(" ", 1)[0].split("-")[0] for c in alphabet)
    return sum(count >= 3 for count in found.values())


def _entropy(visible: str) -> float:
    counts = Counter(visible).values()
    total = sum(counts)
    return -sum(n / total * math.log2(n / total) for n in counts)


def _punctuation(visible: str) -> float:
    return sum(unicodedata.category(c)[0] in "PS" for c in visible) / max(len(visible), 1)


# --- the reading


def _lines(letters: Letters, width: int, height: int) -> list[Line]:
    lines: list[Line] = []
    start = 0
    for part in letters.text.split("\n"):
        boxes = letters.boxes[start : start + len(part)]
        start += len(part) + 1
        if line := _line(part, boxes, width, height):
            lines.append(line)
    return lines


def _line(text: str, boxes: NDArray[np.float64], width: int, height: int) -> Line | None:
    """One line, white space at its ends taken off; None where nothing of it lies on the page."""
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    if first >= last:
        return None
    filled = _filled(boxes[first:last])
    if filled is None:
        return None
    corners = np.clip(filled, 0, [width, height, width, height])
    if not ((corners[:, 2] > corners[:, 0]) & (corners[:, 3] > corners[:, 1])).any():
        return None
    whole = np.floor(corners).astype(int)
    whole[:, 2:] = np.maximum(np.ceil(corners[:, 2:]).astype(int), whole[:, :2] + 1)
    held: tuple[Box, ...] = tuple((x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in whole.tolist())
    return Line(text=text[first:last], box=around(held), boxes=held)


def _filled(boxes: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Boxes in which a character without one (a space) takes the gap between its neighbours."""
    has = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
    if not has.any():
        return None
    places = np.flatnonzero(has)
    before = places[np.maximum(np.searchsorted(places, np.arange(len(boxes)), "right") - 1, 0)]
    after = places[np.minimum(np.searchsorted(places, np.arange(len(boxes)), "left"), len(places) - 1)]
    filled = boxes.copy()
    for at in np.flatnonzero(~has):
        left, right = boxes[before[at]], boxes[after[at]]
        filled[at] = _gap(left, right)
    return filled


def _gap(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    if abs(right[0] - left[0]) >= abs(right[1] - left[1]):  # across
        ends = sorted((float(min(left[2], right[2])), float(max(left[0], right[0]))))
        return np.array([ends[0], min(left[1], right[1]), ends[1], max(left[3], right[3])])
    ends = sorted((float(min(left[3], right[3])), float(max(left[1], right[1]))))
    return np.array([min(left[0], right[0]), ends[0], max(left[2], right[2]), ends[1]])
