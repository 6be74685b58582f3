"""How far a reading is from the truth: the share of characters to be changed. Knows no engine.

Compared without white space, width folded, kinds of one punctuation mark as one. The order of reading does not count:
an engine is free to read a table by rows or by columns. Each line of the truth is looked for in the whole reading,
the longest first, and taken out where it fits best; what is left over on either side counts as wrong, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]

FITS = 0.5  # of a line's characters may be wrong in the place where it fits
_TAKEN = -1
_GAP = np.array([_TAKEN], dtype=np.int64)  # so that what stood on both sides does not become one line
_ONE_MARK = str.maketrans(
    {
        **dict.fromkeys("“”„‟″＂「」『』", '"'),
        **dict.fromkeys("‘’‚′＇`", "'"),
        **dict.fromkeys("—–−‐‑―─一", "-"),
        **dict.fromkeys("·•・‧∙.。", "."),
        **dict.fromkeys("〔〕【】〖〗［］[]()", "|"),
        **dict.fromkeys("、,", ","),
        **dict.fromkeys("×✕✖", "x"),
    }
)


def compared(text: str) -> str:
    """`text` as it is compared."""
    folded = unicodedata.normalize("NFKC", text).translate(_ONE_MARK)
    return "".join(folded.split())


def character_error(read: str, truth: str) -> float:
    """The share (0..) of the truth's characters that are wrong, missing or too many in `read`; 0 where both are empty.
    Lines are parted by line feeds."""
    return mean_character_error([(read, truth)])


def mean_character_error(pairs: Iterable[tuple[str, str]]) -> float:
    """The same over many pages, each (read, truth), weighted by their characters."""
    wrong = letters = 0
    for read, truth in pairs:
        wrong += wrong_characters(read, truth)
        letters += len(compared(truth))
    return wrong / letters if letters else float(wrong > 0)


def wrong_characters(read: str, truth: str) -> int:
    """How many characters have to be put in, taken out or changed."""
    rest = _codes(compared(read))
    wrong = missed = 0
    for line in sorted(filter(None, map(compared, truth.split("\n"))), key=len, reverse=True):
        distance, start, stop = best_fit(_codes(line), rest)
        if distance > FITS * len(line):
            missed += len(line)
            continue
        wrong += distance
        rest = np.concatenate((rest[:start], _GAP, rest[stop:]))
    return wrong + max(missed, int((rest != _TAKEN).sum()))


def best_fit(line: Codes, text: Codes) -> tuple[int, int, int]:
    """Where `line` fits best into `text`: the Levenshtein distance there, and the place (start, stop).

    Sellers' algorithm, a row a character of the line; what is taken already fits nothing.
    """
    size = len(text)
    places = np.arange(size + 1)
    costs, starts = np.zeros(size + 1, np.int64), places.copy()
    for at, letter in enumerate(line):
        changed = costs[:-1] + (text != letter)
        left_out = costs[1:] + 1
        best = np.empty(size + 1, np.int64)
        best[0], best[1:] = at + 1, np.minimum(changed, left_out)
        begun = np.empty(size + 1, np.int64)
        begun[0], begun[1:] = 0, np.where(changed <= left_out, starts[:-1], starts[1:])
        # Letters too many, all at once: cost[j] = min over i <= j of best[i] + (j - i).
        sloped = best - places
        lowest = np.minimum.accumulate(sloped)
        origin = np.maximum.accumulate(np.where(sloped == lowest, places, 0))
        costs, starts = lowest + places, begun[origin]
    ends = np.flatnonzero(costs == costs.min())
    stop = int(ends[(ends - starts[ends]).argmax()])  # the longest: a changed letter at an end is no missing one
    return int(costs[stop]), int(starts[stop]), stop


def _codes(text: str) -> Codes:
    return np.array([ord(letter) for letter in text], dtype=np.int64)
