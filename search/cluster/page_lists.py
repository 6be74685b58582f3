"""Lists of pages by their fields on a cluster, near-real-time, for those who want neither words nor groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import Where
from archive.ports import Listing
from search.cluster.faults import cluster_faults
from search.cluster.indices import Indices
from search.cluster.page_query import Clause, every, listed, visible
from search.cluster.records import Records
from search.page_conditions import single_value_field

WINDOW = 10_000  # a cluster gives out no more by number; beyond it one goes on from the last
_USUAL = ({"dossier": "asc"}, {"document": "asc"}, {"number": "asc"})


class PageLists:
    """Selects and counts pages."""

    def __init__(self, indices: Indices, records: Records) -> None:
        self._indices = indices
        self._records = records

    def count(self, where: Where, access: Access) -> int:
        """How many there are."""
        query = _asked(where, access)
        if query is None:
            return 0
        _, total = self._ask(query, [*_USUAL], 0, 0, None)
        return total

    def select(self, where: Where, access: Access, order: Sequence[str], size: int, start: int) -> Listing[Page]:
        """Without an order: by dossier, document and page. What has no value comes last either way."""
        query, sort = _asked(where, access), [*(_sorted_by(name) for name in order), *_USUAL]
        if query is None:
            return Listing((), 0)
        after: list[Any] | None = None
        while start and start + size > WINDOW:
            step = min(start, WINDOW)
            hits, total = self._ask(query, sort, step, 0, after)
            if len(hits) < step:
                return Listing((), total)
            start, after = start - step, hits[-1]["sort"]
        hits, total = self._ask(query, sort, min(size, WINDOW), start, after)
        pages = self._records.get_many(Page, [hit["fields"]["id"][0] for hit in hits]) if hits else {}
        return Listing(tuple(read for read in pages.values() if access.allows(read.record.mark)), total)

    def _ask(
        self, query: Clause, sort: list[dict[str, Any]], size: int, start: int, after: list[Any] | None
    ) -> tuple[list[dict[str, Any]], int]:
        with cluster_faults():
            answer = self._indices.of(
                Page,
                lambda client, names: client.search(
                    index=names.read(Page.kind),
                    query=query,
                    sort=sort,
                    size=size,
                    from_=start,
                    search_after=after,
                    source=False,
                    docvalue_fields=[{"field": "id"}],
                    track_total_hits=True,
                    allow_partial_search_results=False,
                ),
            )
        return answer["hits"]["hits"], int(answer["hits"]["total"]["value"])


def _asked(where: Where, access: Access) -> Clause | None:
    """None where there is nothing to see."""
    query = listed(where)
    return every([query, *visible(access)]) if access.whole or access.marks else None


def _sorted_by(name: str) -> dict[str, Any]:
    turn = "desc" if name.startswith("-") else "asc"
    field = single_value_field(name.removeprefix("-"))
    return {field: {"order": turn, "missing": "_last", "unmapped_type": "keyword"}}
