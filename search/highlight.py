"""Where the hits of a query are in a text, and which piece of the text shows them best.

Computed from the stored text by the rules of `search.analysis`; no engine's highlighter is asked. A hit is found
here exactly where an engine finds it, since both go by units.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from archive.domain.query import Phrase, Prefix, Query, Snippet, Span, Word
from archive.domain.query_language import words
from search.analysis import DIGIT, HAN, HAN_CLASS, LONGEST_UNIT, Folded, Unit, fold
from search.asking import asked

SNIPPET_WIDTH = 90.0  # in Han characters; a Latin one counts half
_LEAD = 18  # characters shown before the first hit

_NARROW = ord("⺀")  # characters behind it are drawn twice as wide
_BREAK = re.compile("\n")
_LETTER = f"[^ 0-9{HAN_CLASS}]"  # in a folded text, what is ignored is a space


class Highlighter:
    """Finds the hits of one query. `field` is "text" or "title": words of another field are not marked there."""

    def __init__(self, query: Query, field: str = "text") -> None:
        self._patterns = [pattern for word in words(query, field) if (pattern := _pattern(word))]

    def hits(self, text: str) -> list[list[Span]]:
        """The hits of each word in `text`, as offsets."""
        if not self._patterns or not text:
            return []
        folded = fold(text)
        return [_found(pattern, folded) for pattern in self._patterns]

    def spans(self, text: str) -> tuple[Span, ...]:
        """All hits in `text` in their order; those that overlap are one."""
        return merged(span for spans in self.hits(text) for span in spans)

    def mark(self, text: str) -> tuple[tuple[Span, ...], Snippet]:
        """All hits in `text`, and the piece that shows most of the words."""
        hits = self.hits(text)
        spans = merged(span for found in hits for span in found)
        return spans, snippet(text, spans, hits)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order; those that overlap become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def snippet(text: str, spans: Sequence[Span], hits: Sequence[Sequence[Span]] = ()) -> Snippet:
    """The piece of `text` with most different words in it, then most hits; its beginning where there are none. Line
    breaks are left out between Han and are spaces elsewhere."""
    start = _best_start(spans, hits)
    start = _step_back(text, start)
    end = _piece_end(text, start)
    piece = text[start:end]
    inside = [(max(low, start) - start, min(high, end) - start) for low, high in spans if low < end and high > start]
    line, shift = _one_line(piece)
    return Snippet(
        line,
        tuple((shift(low), shift(high)) for low, high in inside),
        start > 0,
        end < len(text),
    )


def _pattern(word: Word | Phrase | Prefix) -> re.Pattern[str] | None:
    what = asked(word.text, prefix=isinstance(word, Prefix))
    if not what.spellings:
        return None
    spellings = sorted(what.spellings, key=len, reverse=True)
    return re.compile("|".join(_run(units, what.prefix) for units in spellings))


def _run(units: Sequence[Unit], prefix: bool) -> str:
    parts = [_before(units[0])]
    for unit, following in zip(units, [*units[1:], None], strict=True):
        parts.append(re.escape(unit.text))
        if following is not None:
            parts.append(_between(unit, following))
    last = units[-1]
    parts.append(f"{_class_of(last)}*" if prefix else "")
    parts.append(_after(last))
    return "".join(parts)


def _class_of(unit: Unit) -> str:
    return "[0-9]" if unit.kind == DIGIT else _LETTER


def _before(unit: Unit) -> str:
    return "" if unit.kind == HAN else f"(?<!{_class_of(unit)})"


def _after(unit: Unit) -> str:
    return "" if unit.kind == HAN else f"(?!{_class_of(unit)})"


def _between(unit: Unit, following: Unit) -> str:
    alike = unit.kind == following.kind != HAN
    return " +" if alike and len(unit.text) < LONGEST_UNIT else " *"


def _found(pattern: re.Pattern[str], folded: Folded) -> list[Span]:
    places = []
    at = pattern.search(folded.text)
    while at:  # one further on each time, so that hits that overlap themselves are all seen
        places.append(at.span())
        at = pattern.search(folded.text, at.start() + 1)
    return places if folded.origin is None else [folded.span(*place) for place in places]


def _best_start(spans: Sequence[Span], hits: Sequence[Sequence[Span]]) -> int:
    """The hit to begin with: the most words, then the most hits within reach of it; the first of equals."""
    if not spans:
        return 0
    starts = [[low for low, _ in found] for found in hits]
    reach = int(SNIPPET_WIDTH) - _LEAD
    best = max(
        spans[:200],
        key=lambda span: (
            _words_within(starts, span[0], reach),
            _count(spans, span[0], reach),
            -span[0],
        ),
    )
    return best[0]


def _words_within(starts: Sequence[Sequence[int]], low: int, reach: int) -> int:
    return sum(1 for found in starts if (at := bisect_left(found, low)) < len(found) and found[at] < low + reach)


def _count(spans: Sequence[Span], low: int, reach: int) -> int:
    return bisect_left(spans, (low + reach, 0)) - bisect_left(spans, (low, 0))


def _step_back(text: str, start: int) -> int:
    """Some words of lead, from the beginning of the sentence or line if that is near."""
    far = max(0, start - _LEAD)
    if far == 0:
        return 0
    lead = text[far:start]
    breaks = [found.end() for found in re.finditer(r"[\n。；！？;]", lead)]
    return far + breaks[0] if breaks else far


def _piece_end(text: str, start: int) -> int:
    most = int(SNIPPET_WIDTH * 2)  # narrow characters
    codes = np.frombuffer(text[start : start + most + 1].encode("utf-32-le", "replace"), dtype="<u4")
    widths = (codes > _NARROW).astype(np.intp) + 1
    return start + int(np.searchsorted(np.cumsum(widths), most, side="right"))


def _one_line(piece: str) -> tuple[str, Callable[[int], int]]:
    """The piece without line breaks, and where each of its offsets went."""
    dropped = [at for found in _BREAK.finditer(piece) if _between_han(piece, at := found.start())]
    kept = "".join(piece[low + 1 : high] for low, high in pairwise([-1, *dropped, len(piece)]))
    return kept.replace("\n", " "), lambda at: at - bisect_left(dropped, at)


def _between_han(piece: str, at: int) -> bool:
    return 0 < at < len(piece) - 1 and piece[at - 1] > "⺀" and piece[at + 1] > "⺀"
