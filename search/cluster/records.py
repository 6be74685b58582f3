"""The records by id on a cluster: real-time, conditional, by many processes and machines at once.

Every write carries a mark of its own. Where an answer was lost on the way and the write was sent again, a refusal is
told from one's own success by that mark. A conditional write goes to the index its record was read from; if a migration
has moved the record meanwhile, unchanged, the write follows it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from elasticsearch import ApiError

from archive.domain.record import Derived, R, Record, Versioned
from archive.errors import Conflict, NotFound, Unavailable
from search.batches import in_batches
from search.cluster.bulk import AT_ONCE, Entry, read_rows, write_all
from search.cluster.changes import WHOLE, changed
from search.cluster.connection import Cluster
from search.cluster.faults import cluster_faults, is_closed_for_writing, is_no_index, of_answer
from search.cluster.indices import Indices
from search.cluster.mapping import digest_of, document_id, stored, tombstone
from search.cluster.names import Names
from search.cluster.numbers import Numbers
from search.cluster.rows import Row, Token
from search.cluster.views import Views

_WAIT = 0.2  # seconds between two tries while a migration holds writers back
_LONG_HELD = 3.0  # seconds after which we look whether it is alive

Body = dict[str, Any]
Answer = Mapping[str, Any]


class Records:
    """Everything by id."""

    def __init__(self, cluster: Cluster, indices: Indices) -> None:
        self._cluster = cluster
        self._seconds = cluster.settings.index_seconds
        self._indices = indices
        self._numbers = Numbers()
        self._views = Views()

    # --- one ------------------------------------------------------------------------------------------------------

    def create(self, record: R) -> Versioned[R]:
        """Raises Conflict("exists") if the id is taken. After a deletion the revisions go on."""
        kind, mark = type(record), secrets.token_hex(8)
        for _ in self._tries(kind):
            body = stored(record, 1, self._numbers.next(), mark)
            answer = self._index(kind, body, lambda names: {"index": names.write(kind.kind), "op_type": "create"})
            if answer is not None:
                return _written(record, body, answer)
            there = self._row(kind, record.id)
            if there is None:
                continue
            if there.write == mark:
                return there.read(kind)
            if not there.gone:
                raise Conflict("exists", what=record.id)
            body = stored(record, there.revision + 1, self._numbers.next(there.seq), mark)
            answer = self._index(kind, body, partial(_over, there.index, there.number, there.term))
            if answer is not None:
                return _written(record, body, answer)
        raise Unavailable("cluster_busy")

    def get(self, kind: type[R], id: str) -> Versioned[R]:
        """The newest write. Raises NotFound."""
        row = self._row(kind, id)
        if row is None or row.gone:
            raise NotFound("not_found", what=id)
        return row.read(kind)

    def get_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, Versioned[R]]:
        """Those of `ids` that are there, in the order given."""
        wanted = list(dict.fromkeys(ids))
        rows = read_rows(self._indices, kind, wanted, WHOLE)
        return {id: rows[id].read(kind) for id in wanted if id in rows and not rows[id].gone}

    def replace(self, record: R, token: str) -> Versioned[R]:
        """Raises Conflict("conflict") if the record moved on since `token` was read; NotFound if it is gone."""
        mark = secrets.token_hex(8)
        done = self._conditional(
            type(record), record.id, token, mark, lambda read, seq: stored(record, read.revision + 1, seq, mark)
        )
        return Versioned(record, done.revision, str(done), done.seq)

    def delete(self, kind: type[Record], id: str, token: str) -> None:
        """As `replace`. Leaves a tombstone."""
        mark = secrets.token_hex(8)
        there = self._row(kind, id)
        stamp = there.stamp if there else 0
        self._conditional(kind, id, token, mark, lambda read, seq: tombstone(id, read.revision + 1, seq, mark, stamp))

    # --- many -----------------------------------------------------------------------------------------------------

    def put(self, records: Sequence[Derived]) -> int:
        """Writes derived records whatever was there, but never an older `stamp` over a newer one. What is there
        already as it is stays untouched. Returns the seq of the last write of these records."""
        newest: dict[tuple[str, str], Derived] = {}
        for record in records:
            before = newest.get((record.kind, record.id))
            if before is None or before.stamp <= record.stamp:
                newest[record.kind, record.id] = record
        entries = [_entry(record, partial(_revision_put, record)) for record in newest.values()]
        return self._write_all(entries)

    def restore(self, records: Iterable[tuple[Record, int]]) -> None:
        """Writes records with the revision they had, unless a later one is there."""
        for some in in_batches(records, AT_ONCE):
            highest: dict[tuple[str, str], tuple[Record, int]] = {}
            for record, revision in some:
                before = highest.get((record.kind, record.id))
                if before is None or before[1] < revision:
                    highest[record.kind, record.id] = (record, revision)
            entries = [_entry(record, partial(_revision_kept, revision)) for record, revision in highest.values()]
            self._write_all(entries)

    def restore_deletions(self, kind: type[Record], deleted: Iterable[tuple[str, int]]) -> None:
        """Marks as deleted, with the revision of the deletion, what has no later one."""
        for some in in_batches(deleted, AT_ONCE):
            entries = [
                Entry(kind, id, partial(_revision_kept, revision), partial(_tombstone_over, id))
                for id, revision in dict(some).items()
            ]
            self._write_all(entries)

    def changes(self, kind: type[R], after: int) -> Iterator[Versioned[R]]:
        """Records of a kind by seq, from the one after `after`."""
        for row in self._changed(kind, after, gone=False):
            yield row.read(kind)

    def deleted(self, kind: type[Record], after: int) -> Iterator[tuple[str, int, int]]:
        """Id, revision and seq of the deletions of a kind, from the one after `after`."""
        for row in self._changed(kind, after, gone=True):
            yield row.id, row.revision, row.seq

    def look_again(self, kind: type[Record]) -> None:
        """As `refresh`, unless that was a moment ago and nothing was written here since."""
        if not self._views.is_young(kind.kind):
            self.refresh(kind)

    # --- parts ----------------------------------------------------------------------------------------------------

    def _row(self, kind: type[Record], id: str) -> Row | None:
        return read_rows(self._indices, kind, [id], WHOLE).get(id)

    def _write_all(self, entries: Sequence[Entry]) -> int:
        try:
            return write_all(self._indices, self._numbers, entries, self._seconds)
        finally:
            for kind in {entry.kind.kind for entry in entries}:
                self._views.wrote(kind)

    def _index(self, kind: type[Record], body: Body, where: Callable[[Names], Body]) -> Answer | None:
        """The answer to a write of one record; None where the cluster says that the record is not as was thought, or
        that nothing may be written there now."""
        seconds = f"{max(1, int(self._seconds * 3 / 4))}s"  # sooner than we stop listening
        try:
            with cluster_faults(answers=False):
                answer = self._indices.of(
                    kind,
                    lambda client, names: client.index(
                        **where(names), id=document_id(body["id"]), document=body, require_alias=True, timeout=seconds
                    ),
                )
        except ApiError as fault:
            if fault.status_code == 409 or is_closed_for_writing(fault) or is_no_index(fault):
                return None
            raise of_answer(fault) from fault
        finally:
            self._views.wrote(kind.kind)
        return dict(answer)

    def _conditional(
        self, kind: type[Record], id: str, token: str, mark: str, body_of: Callable[[Token, int], Body]
    ) -> Token:
        """Writes over the record as it was read; the token of what is there then."""
        read = Token.of(token)
        for _ in self._tries(kind):
            if read is not None:
                body = body_of(read, self._numbers.next(read.seq))
                answer = self._index(kind, body, partial(_over, read.index, read.number, read.term))
                if answer is not None:
                    return _token(body, answer)
            there = self._row(kind, id)
            if there is not None and there.write == mark:
                return there.at
            if there is None or there.gone:
                raise NotFound("not_found", what=id)
            if read is None or there.revision != read.revision:
                raise Conflict("conflict", what=id)
            if there.index == read.index and there.number != read.number:
                raise Conflict("conflict", what=id)
            read = there.at  # moved as it was, or nobody may write for the moment
        raise Unavailable("cluster_busy")

    def _tries(self, kind: type[Record]) -> Iterator[None]:
        begun = asked = time.monotonic()
        yield
        while (now := time.monotonic()) < begun + self._seconds:
            if now > asked + _LONG_HELD:
                self._indices.see_to_writing(kind)
                asked = now
            time.sleep(_WAIT)
            yield

    def _changed(self, kind: type[Record], after: int, *, gone: bool) -> Iterator[Row]:
        self._indices.make_sure(kind)
        return changed(self._cluster, self._cluster.names.read(kind.kind), after, gone=gone)

    def refresh(self, kind: type[Record], seconds: float | None = None) -> None:
        """Makes all that is written of a kind visible to searches."""
        begun = self._views.begin(kind.kind)
        with cluster_faults():
            self._indices.of(
                kind,
                lambda client, names: client.options(request_timeout=seconds or self._seconds).indices.refresh(
                    index=names.read(kind.kind)
                ),
            )
        self._views.end(kind.kind, begun)


def _entry(record: Record, revision_over: Callable[[Row | None], int | None]) -> Entry:
    return Entry(type(record), record.id, revision_over, lambda _, *about: stored(record, *about))


def _revision_put(record: Derived, there: Row | None) -> int | None:
    if there is None:
        return 1
    same = not there.gone and there.digest == digest_of(record.model_dump_json())
    return None if there.stamp > record.stamp or same else there.revision + 1


def _revision_kept(revision: int, there: Row | None) -> int | None:
    return revision if there is None or there.revision < revision else None


def _tombstone_over(id: str, there: Row | None, revision: int, seq: int, mark: str) -> Body:
    return tombstone(id, revision, seq, mark, there.stamp if there else 0)


def _over(index: str, number: int, term: int, names: Names) -> Body:
    return {"index": names.own(index), "if_seq_no": number, "if_primary_term": term}


def _token(body: Body, answer: Answer) -> Token:
    return Token(answer["_index"], answer["_seq_no"], answer["_primary_term"], body["revision"], body["seq"])


def _written(record: R, body: Body, answer: Answer) -> Versioned[R]:
    token = _token(body, answer)
    return Versioned(record, token.revision, str(token), token.seq)
