"""Many records at once: each is written over what is stored under its id now, or left alone, and none is dropped.

A part of a bulk request that is refused for the moment (somebody else was faster, the cluster is busy, a migration
holds writers back) is looked at again and sent again; what cannot be written at all fails the call, after the others
are written.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from elastic_transport import ObjectApiResponse
from elasticsearch import ApiError, Elasticsearch

from archive.domain.record import Record
from archive.errors import Unavailable
from search.batches import in_batches
from search.cluster.faults import cluster_faults, is_full
from search.cluster.indices import Indices
from search.cluster.mapping import document_id
from search.cluster.names import Names
from search.cluster.numbers import Numbers
from search.cluster.rows import KEPT, Row, rows_of

AT_ONCE = 200  # records of one request
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0  # seconds
_FOR_THE_MOMENT = (409, 429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Entry:
    """One record to write. `revision_over` says which revision it gets over what is there, None where that stays;
    `body` makes what is stored: of what is there, the revision, the number and the mark of the write."""

    kind: type[Record]
    id: str
    revision_over: Callable[[Row | None], int | None]
    body: Callable[[Row | None, int, int, str], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Sent:
    entry: Entry
    there: Row | None
    body: dict[str, Any]


def read_rows(indices: Indices, kind: type[Record], ids: Sequence[str], fields: Sequence[str] = KEPT) -> dict[str, Row]:
    """What is stored under these ids now, by id, deletions too. Raises Unavailable."""
    found: dict[str, Row] = {}
    for some in in_batches(ids, AT_ONCE):
        with cluster_faults():
            answer = indices.of(kind, partial(_read, kind, [document_id(id) for id in some], fields))
        found |= rows_of(answer["docs"])
    return found


def _read(
    kind: type[Record], keys: Sequence[str], fields: Sequence[str], client: Elasticsearch, names: Names
) -> ObjectApiResponse[Any]:
    return _whole(client.mget(index=names.read(kind.kind), ids=keys, source_includes=list(fields)))


def _whole(answer: ObjectApiResponse[Any]) -> ObjectApiResponse[Any]:
    """The answer, where every shard gave its part. One that did not (its index is just being made, or the node that
    held it has died) is told inside the answer: raised here as the cluster tells it of a whole request."""
    for one in answer["docs"]:
        if "error" in one:
            error = one["error"]
            status = 404 if error.get("type") == "index_not_found_exception" else 503
            raise ApiError(str(error.get("type")), replace(answer.meta, status=status), {"error": error})
    return answer


def write_all(indices: Indices, numbers: Numbers, entries: Sequence[Entry], seconds: float) -> int:
    """Writes the entries; returns the largest seq they have then. Raises Unavailable where some are not written
    after `seconds`."""
    last = 0
    for kind in dict.fromkeys(entry.kind for entry in entries):
        for some in in_batches((entry for entry in entries if entry.kind is kind), AT_ONCE):
            last = max(last, _write(indices, numbers, kind, some, seconds))
    return last


def _write(indices: Indices, numbers: Numbers, kind: type[Record], entries: list[Entry], seconds: float) -> int:
    mark = secrets.token_hex(8)
    end, wait, last = time.monotonic() + seconds, _FIRST_WAIT, 0
    refused: list[str] = []
    while entries:
        rows = read_rows(indices, kind, [entry.id for entry in entries])
        sent, there = _to_send(entries, rows, numbers, mark)
        last = max(last, there)
        answers = _send(indices, kind, sent) if sent else []
        entries = []
        for one, answer in zip(sent, answers, strict=True):
            if answer["status"] < 300:
                last = max(last, one.body["seq"])
            elif _is_for_the_moment(answer):
                entries.append(one.entry)
            else:
                refused.append(f"{one.entry.id}: {answer.get('error')}")
        if entries and time.monotonic() + wait > end:
            raise Unavailable("cluster_full" if is_full(str(answers)) else "cluster_busy")
        if entries:
            if wait == _LONGEST_WAIT:
                indices.see_to_writing(kind)
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)
    if refused:
        raise Unavailable("cluster_fault", reason="; ".join(refused)[:500])
    return last


def _to_send(entries: Sequence[Entry], rows: Mapping[str, Row], numbers: Numbers, mark: str) -> tuple[list[_Sent], int]:
    """What has to be written, and the largest seq of what has not."""
    sent, last = [], 0
    for entry in entries:
        there = rows.get(entry.id)
        done = there is not None and there.write == mark  # sent before; its answer was lost
        revision = None if done else entry.revision_over(there)
        if revision is None:
            last = max(last, there.seq if there else 0)
        else:
            seq = numbers.next(there.seq if there else 0)
            sent.append(_Sent(entry, there, entry.body(there, revision, seq, mark)))
    return sent, last


def _send(indices: Indices, kind: type[Record], sent: Sequence[_Sent]) -> list[Mapping[str, Any]]:
    with cluster_faults():
        answer = indices.of(
            kind, lambda client, names: client.bulk(operations=[*_operations(names, sent)], source=False)
        )
    return [next(iter(item.values())) for item in answer["items"]]


def _is_for_the_moment(answer: Mapping[str, Any]) -> bool:
    said = str(answer.get("error"))
    held_back = answer["status"] == 403 and "cluster_block_exception" in said
    moved = answer["status"] in (400, 404) and ("index_not_found" in said or "require_alias" in said)
    return answer["status"] in _FOR_THE_MOMENT or held_back or moved


def _operations(names: Names, sent: Sequence[_Sent]) -> Sequence[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for one in sent:
        about: dict[str, Any] = {"_id": document_id(one.entry.id), "require_alias": True}
        if one.there is None:
            made.append({"create": {"_index": names.write(one.entry.kind.kind), **about}})
        else:
            own = names.own(one.there.index)
            condition = {"if_seq_no": one.there.number, "if_primary_term": one.there.term}
            made.append({"index": {"_index": own, **about, **condition}})
        made.append(one.body)
    return made
