"""How many pages there are by scheme, class, phase and so on, within what was searched and may be seen.

A facet that is narrowed itself counts as if it were not, so that its other values can be added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import tantivy
from tantivy import Query as Engine

from archive.domain.query import PageSearch
from archive.errors import InvalidInput
from search.embedded.engine import count
from search.embedded.page_query import both, volumes
from search.page_texts import COUNTED

_MOST_VALUES = 20_000

Counts = tuple[tuple[str, int], ...]


def counted(
    searcher: tantivy.Searcher, wanted: PageSearch, query_without: Callable[[str], Engine]
) -> Mapping[str, Counts]:
    """Counts by facet, the most first. `query_without` is the search without the narrowing by a field. Raises
    InvalidInput for a facet that is not counted."""
    for name in wanted.facets:
        _check(name)
    found: dict[str, Counts] = {}
    free = [name for name in wanted.facets if name not in wanted.only and name != "paper"]
    pages = None
    if free:
        counts, pages = _terms(searcher, query_without(""), free)
        found |= counts
    for name in wanted.facets:
        if name in wanted.only and name != "paper":
            found |= _terms(searcher, query_without(name), [name])[0]
    if "paper" in wanted.facets:
        found["paper"] = _paper(searcher, wanted, query_without("paper"), pages)
    return {name: found[name] for name in wanted.facets}


def _terms(searcher: tantivy.Searcher, query: Engine, names: Iterable[str]) -> tuple[dict[str, Counts], int]:
    """The counts by facet, and how many pages there are."""
    asked = {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in names}
    answer = searcher.aggregate(query, asked | {"pages": {"value_count": {"field": "key"}}})
    return {name: _counts(answer[name]["buckets"]) for name in asked}, int(answer["pages"]["value"])


def _check(name: str) -> None:
    if name not in COUNTED and name not in ("year", "paper"):
        raise InvalidInput("query_field_unknown", field=name, name=name)


def _counts(buckets: Sequence[Mapping[str, Any]]) -> Counts:
    """Empty names and the year 0 stand for none."""
    pairs = [(bucket["key"], bucket["doc_count"]) for bucket in buckets if bucket["key"]]
    named = [(key if isinstance(key, str) else str(int(key)), number) for key, number in pairs]
    named.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(named)


def _paper(searcher: tantivy.Searcher, wanted: PageSearch, query: Engine, pages: int | None) -> Counts:
    """Pages whose volume is out, and all others. `pages`: how many there are of all that is searched, if known."""
    if pages is None or "paper" in wanted.only:
        pages = count(searcher, query)
    out = count(searcher, both(query, volumes(wanted.volumes_out))) if wanted.volumes_out else 0
    return tuple(pair for pair in (("in", pages - out), ("out", out)) if pair[1])
