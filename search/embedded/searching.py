"""A whole result page: documents with their best pages, totals, facets, pieces of text. Reads, never writes.

All parts of it come from one snapshot. Counting runs beside the rest: Tantivy works without the interpreter's lock, so
that a second core helps. The texts shown are those of the records as they are now, and a page whose mark was narrowed
meanwhile is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import tantivy
from tantivy import Query as Engine

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import DocumentHits, PageSearch, ResultPage, Sort
from archive.errors import Unavailable
from search.embedded.database import Database
from search.embedded.engine import Hits, best, best_of_all, count, numbers_in, ordering_values
from search.embedded.faults import search_faults
from search.embedded.follower import FEW_BEHIND, changes_behind
from search.embedded.page_facets import counted
from search.embedded.page_query import both, documents, narrowed, page_query, visible
from search.embedded.papers import FEW, papers_at, papers_of
from search.embedded.places import (
    Places,
    document_ids,
    documents_ever,
    documents_of,
    dossier_ranks,
    dossiers_of,
    numbers_of,
)
from search.embedded.records import Records
from search.embedded.search_folder import PageReader, SearchFolder, Snapshot
from search.hits import Marker, Match, best_first, document_hits

_FIRST_LOOK = 100  # best pages looked at first: ten documents are nearly always among them
_MOST_AT_ONCE = 20_000  # pages of the documents shown; more of them are asked for again

# Relevance is the score; by number needs all. Oldest first goes downwards too: the field holds it the other way round.
_ORDERED_BY = {Sort.RELEVANCE: "", Sort.DATE: "by_day", Sort.DATE_UP: "by_day_up", Sort.NUMBER: ""}
_BEYOND_FEW = "SELECT 1 FROM record WHERE kind = 'page' AND seq > ? ORDER BY seq LIMIT 1 OFFSET ?"
_NOTHING = ResultPage(pages=0, documents=0, dossiers=0, exact=True, found=(), facets={})


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search on one snapshot."""

    searcher: tantivy.Searcher
    wanted: PageSearch
    words: Engine
    access: Engine

    def query(self, without: str = "") -> Engine:
        """All of it, but the narrowing by the field `without`."""
        only = self.wanted.only.items()
        filters = [narrowed(name, values, self.wanted.volumes_out) for name, values in only if name != without]
        return both(self.words, self.access, *filters)


class Searching:
    """Answers searches over pages."""

    def __init__(self, database: Database, records: Records, reader: PageReader, folder: SearchFolder) -> None:
        self._database = database
        self._records = records
        self._reader = reader
        self._root = folder.root
        self._counting: ThreadPoolExecutor | None = None
        self._process = 0  # that the threads which count are of: a forked one has none of its parent's

    def search(self, wanted: PageSearch, access: Access) -> ResultPage:
        """See `archive.ports.Index.search`. The cursor names the snapshot, so that later pages see the same list."""
        snapshot = self._snapshot(wanted.cursor)
        with search_faults(self._root):
            asked = _asked(snapshot.searcher, wanted, access)
            answer = self._answer(asked, access) if asked else _NOTHING
        if access.whole or access.marks:
            answer = replace(answer, exact=answer.exact and not snapshot.behind, behind=snapshot.behind)
        more = asked and wanted.size and (wanted.start or answer.documents > wanted.size)
        return replace(answer, cursor=self._reader.keep(snapshot)) if more else answer

    def _snapshot(self, cursor: str) -> Snapshot:
        """The snapshot a cursor names, or the newest with how many pages are missing in it."""
        epoch = self._database.epoch
        if cursor and (kept := self._reader.kept(cursor, epoch)):
            return kept
        newest = self._reader.newest(epoch)
        return replace(newest, behind=self._behind(newest))

    def _behind(self, snapshot: Snapshot) -> int:
        """How many changes of pages are not in it yet; 0 where so few are missing that they come in a moment, unless
        nothing at all has been made searchable."""
        few = FEW_BEHIND if snapshot.position.epoch else 0
        with self._database.reading() as connection:
            found = connection.execute(_BEYOND_FEW, (snapshot.position.seq, few)).get
            return changes_behind(connection, snapshot.position.seq) if found else 0

    def pages_of_search(self, wanted: PageSearch, access: Access) -> Iterator[tuple[str, int]]:
        """Document and page number of everything that fits, in order, from one snapshot. See
        `archive.ports.Index.pages_of_search`."""
        snapshot = self._snapshot("")
        with search_faults(self._root):
            asked = _asked(snapshot.searcher, wanted, access)
        if snapshot.behind and (access.whole or access.marks):
            raise Unavailable("export_behind", pages=snapshot.behind)
        with search_faults(self._root):
            places = self._all_in_order(asked) if asked else np.empty(0, np.int64)
        for start in range(0, len(places), 1000):
            some = places[start : start + 1000]
            with self._database.reading() as connection:
                ids = document_ids(connection, np.unique(documents_of(some)).tolist())
            for document, number in zip(documents_of(some).tolist(), numbers_of(some).tolist(), strict=True):
                if document in ids:
                    yield ids[document], number

    # --- parts of the answer --------------------------------------------------------------------------------------

    def _answer(self, asked: _Asked, access: Access) -> ResultPage:
        wanted, query = asked.wanted, asked.query()
        counting = self._counters()
        facets = counting.submit(counted, asked.searcher, wanted, asked.query)
        first, pages = best_of_all(asked.searcher, query, _FIRST_LOOK, _ORDERED_BY[wanted.sort])
        if pages <= max(FEW, len(first)) and wanted.sort is Sort.RELEVANCE:
            hits = first if pages <= len(first) else best(asked.searcher, query, pages)
            places = numbers_in(asked.searcher, "place", hits)
            papers = papers_at(places)
            order = _first_of_each(places, wanted.start + wanted.size)[wanted.start :]
            found = self._found(asked, access, order, hits)
        else:
            with self._database.reading() as connection:
                there = documents_ever(connection)
            counting_papers = counting.submit(papers_of, asked.searcher, query, pages, there)
            order = self._documents_in_order(asked, query, first, pages)
            found = self._found(asked, access, order, self._hits_of_documents(asked, query, order))
            papers = counting_papers.result()
        return ResultPage(
            pages=pages,
            documents=papers.documents,
            dossiers=papers.dossiers,
            exact=papers.exact,
            found=found,
            facets=facets.result(),
            start=wanted.start,
        )

    def _counters(self) -> ThreadPoolExecutor:
        if self._counting is None or self._process != os.getpid():
            self._counting = ThreadPoolExecutor(2 * (os.cpu_count() or 1), "counting")
            self._process = os.getpid()
        return self._counting

    def _documents_in_order(self, asked: _Asked, query: Engine, first: Hits, pages: int) -> list[int]:
        """Numbers of the documents to show, each where its first page stands."""
        upto = asked.wanted.start + asked.wanted.size
        if asked.wanted.sort is Sort.NUMBER:
            return _first_of_each(self._by_number(asked.searcher, query, pages), upto)[asked.wanted.start :]
        looked, places = len(first), numbers_in(asked.searcher, "place", first)
        while looked < pages and len(np.unique(documents_of(places))) < upto:
            looked = min(looked * 10, pages)
            hits = best(asked.searcher, query, looked, _ORDERED_BY[asked.wanted.sort])
            places = numbers_in(asked.searcher, "place", hits)
        return _first_of_each(places, upto)[asked.wanted.start :]

    def _by_number(self, searcher: tantivy.Searcher, query: Engine, pages: int) -> Places:
        """All places in the order of dossier numbers, then volumes and items; what is not arranged comes last."""
        hits = best(searcher, query, pages, "place", up=True)
        places = ordering_values(hits)
        within = numbers_in(searcher, "volume_order", hits)
        with self._database.reading() as connection:
            ranks = dossier_ranks(connection)
        dossiers = np.minimum(dossiers_of(places), len(ranks) - 1)
        return places[np.lexsort((places, within, ranks[dossiers]))] if len(places) else places

    def _hits_of_documents(self, asked: _Asked, query: Engine, order: Sequence[int]) -> Hits:
        """All matching pages of the documents shown, with their scores."""
        if not order:
            return []
        with self._database.reading() as connection:
            ids = document_ids(connection, order)
        of_these, most = both(query, documents(ids.values())), _MOST_AT_ONCE
        while len(hits := best(asked.searcher, of_these, most)) == most:
            most *= 10
        return hits

    def _found(self, asked: _Asked, access: Access, order: Sequence[int], hits: Hits) -> tuple[DocumentHits, ...]:
        """The documents `order` names as they are shown. `hits` are at least all their pages."""
        most, matches = asked.wanted.pages_each, _matches(asked.searcher, order, hits)
        pages = self._records.get_keys(Page, [match.key for number in order for match in matches[number][:most]])
        marker = Marker(asked.wanted)
        made = (document_hits(matches[number], most, pages, access, marker) for number in order)
        return tuple(one for one in made if one is not None)

    def _all_in_order(self, asked: _Asked) -> Places:
        query = asked.query()
        total = count(asked.searcher, query)
        sort = asked.wanted.sort
        if sort is Sort.NUMBER:
            return self._by_number(asked.searcher, query, total)
        hits = best(asked.searcher, query, total, _ORDERED_BY[sort])
        places = numbers_in(asked.searcher, "place", hits)
        if sort is not Sort.RELEVANCE:
            return places
        scores = np.array([score for score, _ in hits])
        return places[np.lexsort((places, -scores))]


def _asked(searcher: tantivy.Searcher | None, wanted: PageSearch, access: Access) -> _Asked | None:
    """None where there is nothing to see."""
    words = page_query(wanted.query)  # a broken query is told of whatever one may see
    if searcher is None or not (access.whole or access.marks):
        return None
    return _Asked(searcher, wanted, words, visible(access))


def _first_of_each(places: Places, most: int) -> list[int]:
    _, first = np.unique(documents_of(places), return_index=True)
    found: list[int] = documents_of(places)[np.sort(first)[:most]].tolist()
    return found


def _matches(searcher: tantivy.Searcher, order: Sequence[int], hits: Hits) -> dict[int, list[Match[int]]]:
    """The pages of each document shown, the best first."""
    all_places = numbers_in(searcher, "place", hits)
    wanted = np.flatnonzero(np.isin(documents_of(all_places), order))
    places, shown = all_places[wanted], [hits[at] for at in wanted.tolist()]
    keys = numbers_in(searcher, "key", shown).tolist()
    found: dict[int, list[Match[int]]] = {number: [] for number in order}
    rows = zip(shown, documents_of(places).tolist(), numbers_of(places).tolist(), keys, strict=True)
    for (score, _), document, number, key in rows:
        found[document].append(Match(score, number, key))
    return {number: best_first(matches) for number, matches in found.items()}
