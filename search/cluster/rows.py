"""A stored record as a cluster gives it back, and the token of a conditional write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from archive.domain.record import R, Versioned
from archive.errors import Unavailable

KEPT = ["id", "revision", "seq", "stamp", "gone", "write", "digest"]  # of `_source`, without the record itself


@dataclass(frozen=True, slots=True)
class Row:
    """What is stored under one id. `data` is None where the record was deleted, or was not asked for."""

    index: str
    number: int  # the cluster's number of the write within its shard
    term: int
    id: str
    revision: int
    seq: int
    stamp: int
    gone: bool
    write: str
    digest: str
    data: str | None

    @property
    def at(self) -> Token:
        """What a conditional write over this row needs."""
        return Token(self.index, self.number, self.term, self.revision, self.seq)

    def read(self, kind: type[R]) -> Versioned[R]:
        """The record. Only of a row that was read whole and is not gone."""
        assert self.data is not None
        return Versioned(kind.model_validate_json(self.data), self.revision, str(self.at), self.seq)


@dataclass(frozen=True, slots=True)
class Token:
    """What a conditional write needs: where the record was read, which write it was, and its revision."""

    index: str
    number: int
    term: int
    revision: int
    seq: int

    def __str__(self) -> str:
        return f"{self.index}|{self.number}|{self.term}|{self.revision}|{self.seq}"

    @classmethod
    def of(cls, token: str) -> Token | None:
        """The token's parts; None where it is none of ours (of another index, say)."""
        index, *numbers = token.split("|")
        if len(numbers) != 4 or not all(number.isdecimal() for number in numbers):
            return None
        number, term, revision, seq = map(int, numbers)
        return cls(index, number, term, revision, seq)


def rows_of(found: Iterable[Mapping[str, Any]]) -> dict[str, Row]:
    """The rows in the answers to a multi-get, by id. Raises Unavailable where a part of the cluster did not answer."""
    rows: dict[str, Row] = {}
    for one in found:
        if "error" in one:
            raise Unavailable("cluster_away", reason=str(one["error"].get("reason", one["error"])))
        row = row_of(one)
        if row is not None:
            rows[row.id] = row
    return rows


def row_of(hit: Mapping[str, Any]) -> Row | None:
    """The row in an answer to `get`, `mget` or a search with sequence numbers; None where nothing is there."""
    if hit.get("found") is False or "_source" not in hit:
        return None
    held = hit["_source"]
    return Row(
        index=hit["_index"],
        number=hit.get("_seq_no", -1),
        term=hit.get("_primary_term", 0),
        id=held["id"],
        revision=held["revision"],
        seq=held["seq"],
        stamp=held.get("stamp", 0),
        gone=held["gone"],
        write=held.get("write", ""),
        digest=held.get("digest", ""),
        data=held.get("data"),
    )
