"""A whole result page from a cluster: documents with their best pages, totals, facets, pieces of text. Reads, never
writes.

The first request finds the documents, all totals and all facets; the second the pages of the documents shown, and
counts documents and dossiers one by one where they are few enough. Both look at one point in time. The texts shown are
those of the records as they are now, and a page whose mark was narrowed meanwhile is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from elastic_transport import ObjectApiResponse
from elasticsearch import ApiError
from elasticsearch import NotFoundError as NotThere

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import DocumentHits, PageSearch, ResultPage, Sort
from archive.errors import InvalidInput, Unavailable
from search.cluster.connection import Cluster
from search.cluster.faults import of_answer
from search.cluster.indices import Indices
from search.cluster.page_facets import COUNTED_PATHS, COUNTING, Facets, Papers, can_be_counted, counted, estimate
from search.cluster.page_query import Clause, among, every, page_query, visible
from search.cluster.points import FIRST, Point, Points, point_of
from search.cluster.records import Records
from search.hits import Marker, Match, best_first, document_hits

WINDOW = 10_000  # a cluster gives out no more by number; beyond it one goes on from the last
_EXPORTED_AT_ONCE = 2000  # pages of one request
_EXPORT_TRIES = 3  # where its point in time goes away meanwhile

_WITHIN = ({"document": "asc"}, {"number": "asc"})
_ORDERS: Mapping[Sort, tuple[dict[str, Any], ...]] = {
    Sort.RELEVANCE: ({"_score": "desc"}, *_WITHIN),
    Sort.DATE: ({"day": {"order": "desc", "missing": "_last"}}, *_WITHIN),
    Sort.DATE_UP: ({"day": {"order": "asc", "missing": "_last"}}, *_WITHIN),
    Sort.NUMBER: ({"dossier_order": {"order": "asc", "missing": "_last"}}, {"volume_order": "asc"}, *_WITHIN),
}
_NOTHING = ResultPage(pages=0, documents=0, dossiers=0, exact=True, found=(), facets={})

Answer = ObjectApiResponse[Any]
Matches = Mapping[str, list[Match[str]]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """One search by one person, as queries."""

    wanted: PageSearch
    words: Clause
    facets: Facets
    filters: list[Clause]  # what one may see, and what narrows without being counted

    @property
    def query(self) -> Clause:
        """All of it but the narrowing by what is counted."""
        return {"bool": {"must": [self.words], "filter": self.filters}}

    def narrowed(self, *more: Clause) -> Clause:
        """All of it, and more that narrows."""
        return {"bool": {"must": [self.words], "filter": [*self.filters, *self.facets.own, *more]}}


class Searching:
    """Answers searches over pages."""

    def __init__(self, cluster: Cluster, indices: Indices, records: Records) -> None:
        self._cluster = cluster
        self._indices = indices
        self._records = records
        self._points = Points(cluster, indices)

    def search(self, wanted: PageSearch, access: Access) -> ResultPage:
        """See `archive.ports.Index.search`. The cursor names the point in time, so that later pages see the same
        list; where it is gone, it is a new search."""
        asked = _asked(wanted, access)
        if asked is None:
            return _NOTHING
        kept = point_of(wanted.cursor) if wanted.cursor else None
        if kept is not None:
            try:
                return self._answer(asked, access, kept)
            except (ApiError, _Gone):
                pass
        with _told():
            try:
                return self._new(asked, access, self._points.open())
            except _Gone:
                return self._new(asked, access, Point("", FIRST))

    def pages_of_search(self, wanted: PageSearch, access: Access) -> Iterator[tuple[str, int]]:
        """Document and page number of everything that fits, in order, from one point in time."""
        asked = _asked(wanted, access)
        if asked is None:
            return
        given: dict[str, int] = {}  # by document, a bit for each page
        for left in reversed(range(_EXPORT_TRIES)):
            try:
                for document, number in self._exported(asked, _ORDERS[wanted.sort]):
                    if not given.get(document, 0) >> number & 1:
                        given[document] = given.get(document, 0) | 1 << number
                        yield document, number
                return
            except _Gone as fault:  # looked up anew: in another index the scores are a little different
                if not left:
                    raise Unavailable("cluster_away", reason="no point in time was kept") from fault

    # --- parts of the answer --------------------------------------------------------------------------------------

    def _new(self, asked: _Asked, access: Access, point: Point) -> ResultPage:
        """A list begun anew. Its point is kept only where there is more of it than is shown."""
        kept = False
        try:
            answer = self._answer(asked, access, point)
            kept = bool(answer.cursor)
        finally:
            if not kept:
                self._points.close(point)
        return answer

    def _answer(self, asked: _Asked, access: Access, point: Point) -> ResultPage:
        wanted = asked.wanted
        first = self._ask(point, **_first(asked))
        pages = int(first["hits"]["total"]["value"])
        documents = [hit["fields"]["document"][0] for hit in first["hits"]["hits"]]
        papers = estimate(first["aggregations"])
        matches: Matches = {}
        if pages:
            matches, papers = self._second(asked, point, documents, pages, papers)
        whole = wanted.start == 0 and papers.documents <= wanted.size
        return ResultPage(
            pages=pages,
            documents=papers.documents,
            dossiers=papers.dossiers,
            exact=papers.exact or not pages,
            found=self._found(wanted, access, documents, matches),
            facets=asked.facets.counts(first["aggregations"]),
            cursor="" if whole else point.cursor,
            start=wanted.start,
        )

    def _second(
        self, asked: _Asked, point: Point, documents: Sequence[str], pages: int, papers: Papers
    ) -> tuple[Matches, Papers]:
        """All pages that fit of the documents shown, and the numbers of documents and dossiers as exactly as can be
        had."""
        shown, size = among("document", documents), min(pages, WINDOW) if documents else 0
        one_by_one = can_be_counted(papers)
        if one_by_one:
            body = {"query": asked.narrowed(), "post_filter": shown, "aggregations": COUNTING}
        else:
            body = {"query": asked.narrowed(shown)}
        answer = self._ask(point, **body, **_listing(_WITHIN, size), filter_path=_NEEDED)
        hits = found = list(answer.get("hits", {}).get("hits", ()))
        while found and len(found) == WINDOW:
            found = self._hits(point, asked.narrowed(shown), _WITHIN, WINDOW, found[-1]["sort"])
            hits += found
        return _matches(documents, hits), counted(answer.get("aggregations", {}), papers) if one_by_one else papers

    def _found(
        self, wanted: PageSearch, access: Access, documents: Sequence[str], matches: Matches
    ) -> tuple[DocumentHits, ...]:
        keys = [match.key for document in documents for match in matches[document][: wanted.pages_each]]
        pages = self._records.get_many(Page, keys) if keys else {}
        marker = Marker(wanted)
        made = (document_hits(matches[one], wanted.pages_each, pages, access, marker) for one in documents)
        return tuple(one for one in made if one is not None)

    def _exported(self, asked: _Asked, order: Sequence[dict[str, Any]]) -> Iterator[tuple[str, int]]:
        """Document and page number of everything that fits, while one point in time is there."""
        document, number = len(order) - 2, len(order) - 1
        with self._points.opened() as point:
            after: list[Any] | None = None
            while True:
                with _told():
                    hits = self._hits(point, asked.narrowed(), order, _EXPORTED_AT_ONCE, after)
                for hit in hits:
                    yield hit["sort"][document], int(hit["sort"][number])
                if len(hits) < _EXPORTED_AT_ONCE:
                    return
                after = hits[-1]["sort"]

    # --- asking ---------------------------------------------------------------------------------------------------

    def _hits(
        self, point: Point, query: Clause, order: Sequence[dict[str, Any]], size: int, after: list[Any] | None
    ) -> list[dict[str, Any]]:
        answer = self._ask(point, query=query, **_listing(order, size), search_after=after)
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    def _ask(self, point: Point, **body: Any) -> Answer:
        """The answer of all parts of the cluster, or an error: a part that is away would be missing in silence.

        What the cluster says is wrong passes through as the client's ApiError; raises _Gone.
        """
        if not point.name:
            return self._indices.of(
                Page,
                lambda client, names: client.search(
                    index=names.read(Page.kind), allow_partial_search_results=False, **body
                ),
            )
        try:
            answer = self._cluster.try_asking(
                lambda client: client.search(pit=point.asked, allow_partial_search_results=False, **body)
            )
        except NotThere as fault:
            raise _Gone from fault
        if not answer["_shards"]["total"]:
            raise _Gone  # a name that was made up
        point.name = answer.get("pit_id", point.name)
        return answer


class _Gone(Exception):
    """There is no such point in time, or no more: it has run out, its node has died, or a migration has thrown away
    the index it was opened on."""


_NEEDED = ("pit_id", "_shards.total", "hits.hits.sort", "hits.hits._score", "hits.hits.fields", *COUNTED_PATHS)


def _asked(wanted: PageSearch, access: Access) -> _Asked | None:
    """None where there is nothing to see."""
    words = page_query(wanted.query)  # a broken query is told of whatever one may see
    if not (access.whole or access.marks):
        return None
    facets = Facets(wanted)
    return _Asked(wanted, words, facets, [*visible(access), *facets.fixed])


def _first(asked: _Asked) -> dict[str, Any]:
    """The documents of the page asked for, each where its first page stands, with totals and facets of everything."""
    wanted = asked.wanted
    size = max(min(wanted.size, WINDOW - wanted.start), 0)
    body: dict[str, Any] = {
        "query": asked.query,
        "sort": list(_ORDERS[wanted.sort]),
        "size": size,
        "source": False,
        "track_total_hits": True,
        "aggregations": asked.facets.asked(),
    }
    if asked.facets.own:
        body["post_filter"] = every(asked.facets.own)
    if size:
        body |= {"from_": wanted.start, "collapse": {"field": "document"}}
    return body


def _listing(order: Sequence[dict[str, Any]], size: int) -> dict[str, Any]:
    """A part of all pages, in order, each with its id and score."""
    return {
        "sort": list(order),
        "size": size,
        "source": False,
        "docvalue_fields": [{"field": "id"}],
        "track_scores": True,
        "track_total_hits": False,
    }


def _matches(documents: Sequence[str], hits: Sequence[Mapping[str, Any]]) -> Matches:
    """The pages of each document shown, the best first."""
    found: dict[str, list[Match[str]]] = {document: [] for document in documents}
    for hit in hits:
        document, number, *_ = hit["sort"]
        found[document].append(Match(float(hit["_score"]), int(number), hit["fields"]["id"][0]))
    return {document: best_first(matches) for document, matches in found.items()}


@contextmanager
def _told() -> Iterator[None]:
    """What a cluster finds wrong with a search, in the archive's own errors."""
    try:
        yield
    except ApiError as fault:
        said = str(fault.body)
        if fault.status_code == 400 and ("clause" in said.lower() or "nested depth" in said):
            raise InvalidInput("query_too_much") from fault
        raise of_answer(fault) from fault
