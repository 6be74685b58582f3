"""The few things that are asked of Tantivy, with exact types. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import tantivy
from numpy.typing import NDArray

from search.embedded.places import Places

Hit = tuple[float, tantivy.DocAddress]  # score, or the value of the field that orders
Hits = Sequence[Hit]


def count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many pages fit."""
    return _count(searcher.search(query, limit=1))


def best(searcher: tantivy.Searcher, query: tantivy.Query, limit: int, by: str = "", *, up: bool = False) -> Hits:
    """The first `limit` pages by score, or by the number field `by`, the greatest first unless `up`."""
    return _search(searcher, query, limit, by, up=up, counting=False).hits


def best_of_all(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, by: str = "", *, up: bool = False
) -> tuple[Hits, int]:
    """As `best`, and how many pages fit."""
    found = _search(searcher, query, limit, by, up=up, counting=True)
    return found.hits, _count(found)


def numbers_in(searcher: tantivy.Searcher, field: str, hits: Hits) -> Places:
    """The values of the number field `field` of the hits."""
    values = searcher.fast_field_values(field, [at for _, at in hits])
    return np.array(values, dtype=np.int64)


def ordering_values(hits: Hits) -> NDArray[np.int64]:
    """What hits that were asked for by a number field were ordered by."""
    return np.array([value for value, _ in hits], dtype=np.int64)


def _search(
    searcher: tantivy.Searcher, query: tantivy.Query, limit: int, by: str, *, up: bool, counting: bool
) -> tantivy.SearchResult:
    most = max(limit, 1)
    if not by:
        return searcher.search(query, limit=most, count=counting)
    order = tantivy.Order.Asc if up else tantivy.Order.Desc
    return searcher.search(query, limit=most, count=counting, order_by_field=by, order=order)


def _count(found: tantivy.SearchResult) -> int:
    # The library's own type stubs leave `count` out.
    return cast(int, getattr(found, "count"))  # noqa: B009
