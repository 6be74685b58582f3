"""The rows of one index in the order of their writing, and two indices side by side. Reads, never writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from search.batches import in_batches
from search.cluster.connection import Cluster
from search.cluster.mapping import document_id
from search.cluster.rows import KEPT, Row, row_of, rows_of

WHOLE = [*KEPT, "data"]
PART = 500  # rows read at once
SUMS = 5000  # sums read at once
_SUMMED = ("revision", "gone", "stamp", "digest")
_BEHIND_ALL = "\U0010ffff"
_EVERYTHING: dict[str, Any] = {"match_all": {}}


@dataclass(frozen=True, slots=True)
class Sum:
    """What has to be equal of two copies of a record."""

    id: str
    gone: bool
    revision: int
    stamp: int
    digest: str


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


def compared(cluster: Cluster, one: str, other: str) -> Iterator[tuple[Sum | None, Sum | None]]:
    """The records of two indices side by side, by id; None where one of them lacks it."""
    left, right = _sums(cluster, one, _EVERYTHING), _sums(cluster, other, _EVERYTHING)
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


def written_up_to(cluster: Cluster, index: str) -> int:
    """A number of the cluster's own up to which every write of the index has ended, in each of its shards. Unlike
    `seq` it does not come from anybody's clock."""
    told = cluster.ask(lambda client: client.indices.stats(index=index, level="shards"))
    copies = [copy for shard in told["indices"][index]["shards"].values() for copy in shard]
    return min(int(copy["seq_no"]["local_checkpoint"]) for copy in copies if copy["routing"]["primary"])


def differing_since(cluster: Cluster, one: str, other: str, number: int) -> Iterator[str]:
    """The ids of what was written to `one` after `number` (of `written_up_to`) and is not the same in `other`."""
    since = {"range": {"_seq_no": {"gt": number}}}
    for some in in_batches(_sums(cluster, one, since), PART):
        there = rows_at(cluster, other, [held.id for held in some], KEPT)
        yield from (held.id for held in some if held.id not in there or _sum_of_row(there[held.id]) != held)


def rows_at(cluster: Cluster, index: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, Row]:
    """What an index holds under these ids, by id."""
    keys = [document_id(id) for id in ids]
    answer = cluster.ask(lambda client: client.mget(index=index, ids=keys, source_includes=list(fields)))
    return rows_of(answer["docs"])


def counted(cluster: Cluster, index: str) -> tuple[int, int]:
    """How many records and deletions an index, or an alias, holds."""
    cluster.ask(lambda client: client.indices.refresh(index=index))
    records, deletions = (cluster.ask(partial(_count, index, gone)) for gone in (False, True))
    return records, deletions


def _count(index: str, gone: bool, client: Elasticsearch) -> int:
    return int(client.count(index=index, query={"term": {"gone": gone}})["count"])


def _sums(cluster: Cluster, index: str, query: dict[str, Any]) -> Iterator[Sum]:
    cluster.ask(lambda client: client.indices.refresh(index=index))
    last: list[Any] | None = None
    while True:
        answer = cluster.ask(
            lambda client: client.search(
                allow_partial_search_results=False,
                index=index,
                query=query,
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
    return Sum(hit["sort"][0], bool(gone), revision, stamp, digest)


def _sum_of_row(row: Row) -> Sum:
    return Sum(row.id, row.gone, row.revision, row.stamp, row.digest)
