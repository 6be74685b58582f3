"""The rows of one index in the order of their writing, and two indices side by side. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from search.cluster.connection import Cluster
from search.cluster.rows import KEPT, Row, row_of

WHOLE = [*KEPT, "data"]
PART = 500  # rows read at once
SUMS = 5000  # sums read at once
_SUMMED = ("revision", "gone", "stamp", "digest")
_BEHIND_ALL = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Sum:
    """What has to be equal of two copies of a record."""

    id: str
    gone: bool
    sum: tuple[int, bool, int, str]


def changed(cluster: Cluster, index: str, after: int, *, gone: bool | None = None) -> Iterator[Row]:
    """Rows of an index, or of an alias, by seq, from the one after `after`; `gone` asks for deletions or records
    alone. Everything written before the call is among them."""
    cluster.ask(lambda client: client.indices.refresh(index=index))
    last: list[Any] = [after, _BEHIND_ALL]
    narrowing = [] if gone is None else [{"term": {"gone": gone}}]
    while True:
        query = {"bool": {"filter": [{"range": {"seq": {"gte": last[0]}}}, *narrowing]}}
        answer = cluster.ask(
            lambda client: client.search(
                allow_partial_search_results=False,
                index=index,
                query=query,  # noqa: B023  (asked at once)
                sort=[{"seq": "asc"}, {"id": "asc"}],
                search_after=last,  # noqa: B023
                size=PART,
                seq_no_primary_term=True,
                source_includes=WHOLE,
                track_total_hits=False,
            )
        )
        hits = answer["hits"]["hits"]
        yield from (row for hit in hits if (row := row_of(hit)) is not None)
        if len(hits) < PART:
            return
        last = hits[-1]["sort"]


def compared(cluster: Cluster, one: str, other: str, after: int = 0) -> Iterator[tuple[Sum | None, Sum | None]]:
    """The records of two indices side by side, by id; None where one of them lacks it. `after`: only what has a later
    seq, so that a record that is newer on one side stands there alone or differs."""
    left, right = _sums(cluster, one, after), _sums(cluster, other, after)
    a, b = next(left, None), next(right, None)
    while a is not None or b is not None:
        if b is None or (a is not None and a.id < b.id):
            yield a, None
            a = next(left, None)
        elif a is None or b.id < a.id:
            yield None, b
            b = next(right, None)
        else:
            yield a, b
            a, b = next(left, None), next(right, None)


def counted(cluster: Cluster, index: str) -> tuple[int, int]:
    """How many records and deletions an index, or an alias, holds."""
    cluster.ask(lambda client: client.indices.refresh(index=index))
    both = [
        int(cluster.ask(lambda client, gone=gone: client.count(index=index, query={"term": {"gone": gone}}))["count"])  # type: ignore[misc]
        for gone in (False, True)
    ]
    return both[0], both[1]


def _sums(cluster: Cluster, index: str, after: int) -> Iterator[Sum]:
    cluster.ask(lambda client: client.indices.refresh(index=index))
    last: list[Any] | None = None
    while True:
        answer = cluster.ask(
            lambda client: client.search(
                allow_partial_search_results=False,
                index=index,
                query={"range": {"seq": {"gt": after}}},
                sort=[{"id": "asc"}],
                search_after=last,  # noqa: B023  (asked at once)
                size=SUMS,
                source=False,
                docvalue_fields=[{"field": name} for name in _SUMMED],
                track_total_hits=False,
            )
        )
        hits = answer["hits"]["hits"]
        yield from map(_sum_of, hits)
        if len(hits) < SUMS:
            return
        last = hits[-1]["sort"]


def _sum_of(hit: dict[str, Any]) -> Sum:
    revision, gone, stamp, digest = (hit["fields"].get(name, [None])[0] for name in _SUMMED)
    return Sum(hit["sort"][0], bool(gone), (revision, bool(gone), stamp, digest))
