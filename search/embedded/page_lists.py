"""Lists of pages by their fields, near-real-time, for those who want neither words nor groups."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy
from tantivy import Query as Engine

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import Where
from archive.domain.record import Versioned
from archive.ports import Listing
from search.embedded.database import Database
from search.embedded.engine import best, count, numbers_in
from search.embedded.faults import search_faults
from search.embedded.page_query import both, listed, visible
from search.embedded.page_schema import meta_value
from search.embedded.records import Records
from search.embedded.search_folder import PageReader, SearchFolder
from search.fields import Value, comparable, how_searched
from search.page_conditions import single_value_field


class PageLists:
    """Selects and counts pages."""

    def __init__(self, database: Database, records: Records, reader: PageReader, folder: SearchFolder) -> None:
        self._database = database
        self._records = records
        self._reader = reader
        self._root = folder.root

    def count(self, where: Where, access: Access) -> int:
        """How many there are."""
        with search_faults(self._root):
            searcher, query = self._asked(where, access)
            return count(searcher, query) if searcher else 0

    def select(self, where: Where, access: Access, order: Sequence[str], size: int, start: int) -> Listing[Page]:
        """Without an order: by dossier, document and page. With one, all that fit are read to be put in order."""
        for name in order:
            single_value_field(name.removeprefix("-"))
        with search_faults(self._root):
            searcher, query = self._asked(where, access)
            total = count(searcher, query) if searcher else 0
            if searcher is None or not total:
                return Listing((), 0)
            upto = total if order else min(start + size, total)
            hits = best(searcher, query, upto, "place", up=True)
            shown = hits if order else hits[start:]
            keys = numbers_in(searcher, "key", shown).tolist()
        pages = list(self._records.get_keys(Page, keys).values())
        if order:
            pages = _in_order(pages, order)[start : start + size]
        return Listing(tuple(read for read in pages if access.allows(read.record.mark)), total)

    def _asked(self, where: Where, access: Access) -> tuple[tantivy.Searcher | None, Engine]:
        query = listed(where)
        if not (access.whole or access.marks):
            return None, query
        return self._reader.newest(self._database.epoch).searcher, both(query, visible(access))


def _in_order(pages: list[Versioned[Page]], order: Sequence[str]) -> list[Versioned[Page]]:
    """Sorted by the last field first, which a stable sort makes the least; what has no value comes last either way."""
    for name in reversed(order):
        field, down = name.removeprefix("-"), name.startswith("-")
        valued = [(_sorted_by(read.record, field), read) for read in pages]
        with_value = [pair for pair in valued if pair[0] is not None]
        with_value.sort(key=lambda pair: (isinstance(pair[0], str), pair[0]), reverse=down)
        pages = [read for _, read in with_value] + [read for value, read in valued if value is None]
    return pages


def _sorted_by(page: Page, field: str) -> Value | None:
    _, dot, name = field.partition(".")
    if dot:
        return meta_value(name, page.meta.get(name))
    return comparable(getattr(page, field), how_searched(Page, field))
