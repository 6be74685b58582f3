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
    if free:
        found |= _terms(searcher, query_without(""), free)
    for name in wanted.facets:
        if name in wanted.only and name != "paper":
            found |= _terms(searcher, query_without(name), [name])
    if "paper" in wanted.facets:
        found["paper"] = _paper(searcher, wanted.volumes_out, query_without("paper"))
    return {name: found[name] for name in wanted.facets}


def _terms(searcher: tantivy.Searcher, query: Engine, names: Iterable[str]) -> dict[str, Counts]:
    asked = {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in names}
    answer = searcher.aggregate(query, asked)
    return {name: _counts(answer[name]["buckets"]) for name in asked}


def _check(name: str) -> None:
    if name not in COUNTED and name not in ("year", "paper"):
        raise InvalidInput("query_field_unknown", field=name, name=name)


def _counts(buckets: Sequence[Mapping[str, Any]]) -> Counts:
    """Empty names and the year 0 stand for none."""
    pairs = [(bucket["key"], bucket["doc_count"]) for bucket in buckets if bucket["key"]]
    named = [(key if isinstance(key, str) else str(int(key)), number) for key, number in pairs]
    named.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(named)


def _paper(searcher: tantivy.Searcher, volumes_out: frozenset[str], query: Engine) -> Counts:
    """Pages whose volume is out, and all others."""
    out = count(searcher, both(query, volumes(volumes_out))) if volumes_out else 0
    return tuple(pair for pair in (("in", count(searcher, query) - out), ("out", out)) if pair[1])
