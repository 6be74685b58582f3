"""The pages found as people see them: grouped by document, hits marked, the best piece of text shown.

The texts are those of the records as they are now; a page whose mark was narrowed since it was indexed is left out.
Knows no engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import DocumentHits, PageHit, PageSearch, Span
from archive.domain.record import Versioned
from search.highlight import Highlighter

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Match(Generic[K]):
    """A page that fits: its score, its number in the document, and what its record is read by."""

    score: float
    number: int
    key: K


class Marker:
    """Marks the hits of one search in the texts shown."""

    def __init__(self, wanted: PageSearch) -> None:
        self._text = Highlighter(wanted.query)
        self._title = Highlighter(wanted.query, "title")
        self._titles: dict[str, tuple[Span, ...]] = {}  # pages of one document have one title

    def page_hit(self, page: Page, score: float) -> PageHit:
        """The page with its hits and the piece that shows them best."""
        spans, snippet = self._text.mark(page.text)
        if page.title not in self._titles:
            self._titles[page.title] = self._title.spans(page.title)
        return PageHit(page, score, spans, snippet, self._titles[page.title])


def document_hits(
    matches: Sequence[Match[K]], most: int, pages: Mapping[K, Versioned[Page]], access: Access, marker: Marker
) -> DocumentHits | None:
    """One document with the first `most` of its pages; None where nothing of it may be shown, or is there, any more.
    `matches` are all its pages that fit, the best first; `pages` the records of those to show."""
    shown = [
        (pages[match.key].record, match.score)
        for match in matches[:most]
        if match.key in pages and access.allows(pages[match.key].record.mark)
    ]
    if not shown:
        return None
    hits = tuple(marker.page_hit(page, score) for page, score in shown)
    numbers = tuple(sorted(match.number for match in matches))
    return DocumentHits(shown[0][0].document, hits, len(matches), numbers)


def best_first(matches: list[Match[K]]) -> list[Match[K]]:
    """The pages of one document in the order they are shown in."""
    return sorted(matches, key=lambda match: (-match.score, match.number))
