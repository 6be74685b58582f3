"""The records by id: real-time, conditional, by several processes at once. Must not know how pages are searched."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import apsw

from archive.domain.document import Page
from archive.domain.record import Derived, R, Record, Versioned
from archive.errors import Conflict, NotFound
from search.batches import in_batches
from search.embedded.database import Database, next_seq
from search.embedded.places import place_of
from search.fields import values

PER_TRANSACTION = 50  # records; other writers wait no longer than these take
_PER_READING = 500
_COLUMNS = "key, id, revision, seq, stamp, gone, data"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `record`. `data` is None where the record was deleted."""

    key: int
    id: str
    revision: int
    seq: int
    stamp: int
    gone: int
    data: str | bytes | None


def packed(record: Record) -> str | bytes:
    """The record as it is stored: JSON, that of pages compressed, since they are many and long."""
    text = record.model_dump_json()
    return zlib.compress(text.encode(), 1) if isinstance(record, Page) else text


def unpacked(kind: type[R], data: str | bytes) -> R:
    """The record again."""
    return kind.model_validate_json(zlib.decompress(data) if isinstance(data, bytes) else data)


class Records:
    """Everything by id."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, record: R) -> Versioned[R]:
        """Raises Conflict("exists") if the id is taken. After a deletion the revisions go on."""
        data = packed(record)
        with self._database.writing() as connection:
            row = _row(connection, record.kind, record.id)
            if row is not None and not row.gone:
                raise Conflict("exists", what=record.id)
            revision = row.revision + 1 if row else 1
            seq = _write(connection, record, data, revision, row)
        return self._versioned(record, revision, seq)

    def get(self, kind: type[R], id: str) -> Versioned[R]:
        """The newest write. Raises NotFound."""
        with self._database.reading() as connection:
            row = _row(connection, kind.kind, id)
        if row is None or row.data is None:
            raise NotFound("not_found", what=id)
        return self.read(kind, row)

    def get_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, Versioned[R]]:
        """Those of `ids` that are there, in the order given."""
        wanted = list(dict.fromkeys(ids))
        rows: dict[str, Row] = {}
        for some in in_batches(wanted, _PER_READING):
            marks = ",".join("?" * len(some))
            sql = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND id IN ({marks}) AND gone = 0"
            with self._database.reading() as connection:
                rows |= {row[1]: Row(*row) for row in connection.execute(sql, (kind.kind, *some))}
        epoch = self._database.epoch if rows else ""
        return {id: _read(kind, rows[id], epoch) for id in wanted if id in rows}

    def get_keys(self, kind: type[R], keys: Sequence[int]) -> dict[int, Versioned[R]]:
        """Those of the row keys that are there, in the order given."""
        rows: dict[int, Row] = {}
        for some in in_batches(keys, _PER_READING):
            marks = ",".join("?" * len(some))
            sql = f"SELECT {_COLUMNS} FROM record WHERE key IN ({marks}) AND gone = 0"
            with self._database.reading() as connection:
                rows |= {row[0]: Row(*row) for row in connection.execute(sql, tuple(some))}
        epoch = self._database.epoch if rows else ""
        return {key: _read(kind, rows[key], epoch) for key in keys if key in rows}

    def replace(self, record: R, token: str) -> Versioned[R]:
        """Raises Conflict("conflict") if the record moved on since `token` was read; NotFound if it is gone."""
        data = packed(record)
        epoch = self._database.epoch
        with self._database.writing() as connection:
            row = _unmoved(connection, record.kind, record.id, token, epoch)
            seq = _write(connection, record, data, row.revision + 1, row)
        return self._versioned(record, row.revision + 1, seq)

    def delete(self, kind: type[Record], id: str, token: str) -> None:
        """As `replace`. Leaves a tombstone."""
        epoch = self._database.epoch
        with self._database.writing() as connection:
            row = _unmoved(connection, kind.kind, id, token, epoch)
            _bury(connection, kind.kind, id, row.revision + 1)

    def put(self, records: Sequence[Derived]) -> int:
        """Writes derived records whatever was there, but never an older `stamp` over a newer one. What is there
        already as it is stays untouched. Returns the seq of the last write of these records.

        All or nothing per `PER_TRANSACTION` records.
        """
        last = 0
        ready = [(record, packed(record)) for record in records]
        for some in in_batches(ready, PER_TRANSACTION):
            with self._database.writing() as connection:
                last = max(last, *(_put_one(connection, record, data) for record, data in some))
        return last

    def restore(self, records: Iterable[tuple[Record, int]]) -> None:
        """Writes records with the revision they had, unless a later one is there."""
        for some in in_batches(records, PER_TRANSACTION):
            ready = [(record, revision, packed(record)) for record, revision in some]
            with self._database.writing() as connection:
                for record, revision, data in ready:
                    row = _row(connection, record.kind, record.id)
                    if row is None or row.revision < revision:
                        _write(connection, record, data, revision, row)

    def restore_deletions(self, kind: type[Record], deleted: Iterable[tuple[str, int]]) -> None:
        """Marks as deleted, with the revision of the deletion, what has no later one."""
        for some in in_batches(deleted, PER_TRANSACTION):
            with self._database.writing() as connection:
                for id, revision in some:
                    _bury(connection, kind.kind, id, revision)

    def changes(self, kind: type[R], after: int) -> Iterator[Versioned[R]]:
        """Records of a kind by seq, from the one after `after`; in small readings, so that nothing waits for them."""
        for row in self._changed(kind, after, gone=0):
            yield self.read(kind, row)

    def deleted(self, kind: type[Record], after: int) -> Iterator[tuple[str, int, int]]:
        """Id, revision and seq of the deletions of a kind, from the one after `after`."""
        for row in self._changed(kind, after, gone=1):
            yield row.id, row.revision, row.seq

    def counts(self) -> dict[str, int]:
        """How many records there are, by kind. Both numbers are read from indices alone: ten times as fast as from
        the rows, which hold the texts."""
        all_ = "SELECT kind, count(*) FROM record INDEXED BY record_seq GROUP BY kind"
        gone = "SELECT kind, count(*) FROM record WHERE gone = 1 GROUP BY kind"
        with self._database.snapshot() as connection:
            less = dict(connection.execute(gone))
            counts = {str(kind): int(number) - int(less.get(kind, 0)) for kind, number in connection.execute(all_)}
        return {kind: number for kind, number in counts.items() if number}

    def read(self, kind: type[R], row: Row) -> Versioned[R]:
        """The record in a row."""
        return _read(kind, row, self._database.epoch)

    def _changed(self, kind: type[Record], after: int, *, gone: int) -> Iterator[Row]:
        sql = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND seq > ? AND gone = ? ORDER BY seq LIMIT ?"
        while True:
            with self._database.reading() as connection:
                rows = [Row(*row) for row in connection.execute(sql, (kind.kind, after, gone, _PER_READING))]
            yield from rows
            if len(rows) < _PER_READING:
                return
            after = rows[-1].seq

    def _versioned(self, record: R, revision: int, seq: int) -> Versioned[R]:
        return Versioned(record, revision, _token(self._database.epoch, seq), seq)


def _read(kind: type[R], row: Row, epoch: str) -> Versioned[R]:
    assert row.data is not None
    return Versioned(unpacked(kind, row.data), row.revision, _token(epoch, row.seq), row.seq)


def _token(epoch: str, seq: int) -> str:
    return f"{epoch}-{seq}"


def _row(connection: apsw.Connection, kind: str, id: str) -> Row | None:
    sql = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND id = ?"
    found = connection.execute(sql, (kind, id)).fetchone()
    return Row(*found) if found else None


def _unmoved(connection: apsw.Connection, kind: str, id: str, token: str, epoch: str) -> Row:
    row = _row(connection, kind, id)
    if row is None or row.gone:
        raise NotFound("not_found", what=id)
    if _token(epoch, row.seq) != token:
        raise Conflict("conflict", what=id)
    return row


def _put_one(connection: apsw.Connection, record: Derived, data: str | bytes) -> int:
    row = _row(connection, record.kind, record.id)
    if row is not None:
        newer = row.stamp > record.stamp
        same = not row.gone and row.data == data
        if newer or same:
            return row.seq
    return _write(connection, record, data, row.revision + 1 if row else 1, row)


def _write(connection: apsw.Connection, record: Record, data: str | bytes, revision: int, row: Row | None) -> int:
    seq = next_seq(connection)
    stamp = record.stamp if isinstance(record, Derived) else 0
    place = place_of(connection, record) if isinstance(record, Page) else None
    if row is None:
        sql = "INSERT INTO record(kind, id, revision, seq, stamp, place, data) VALUES(?,?,?,?,?,?,?) RETURNING key"
        key = connection.execute(sql, (record.kind, record.id, revision, seq, stamp, place, data)).get
    else:
        key = row.key
        sql = "UPDATE record SET revision = ?, seq = ?, stamp = ?, gone = 0, place = ?, data = ? WHERE key = ?"
        connection.execute(sql, (revision, seq, stamp, place, data, key))
    if not isinstance(record, Page):
        _write_values(connection, record, key, new=row is None)
    return seq


def _bury(connection: apsw.Connection, kind: str, id: str, revision: int) -> None:
    """Leaves a tombstone, unless a later write is there."""
    row = _row(connection, kind, id)
    if row is None:
        sql = "INSERT INTO record(kind, id, revision, seq, stamp, gone) VALUES(?,?,?,?,0,1)"
        connection.execute(sql, (kind, id, revision, next_seq(connection)))
    elif row.revision < revision:
        sql = "UPDATE record SET revision = ?, seq = ?, gone = 1, data = NULL WHERE key = ?"
        connection.execute(sql, (revision, next_seq(connection), row.key))
        connection.execute("DELETE FROM found WHERE key = ?", (row.key,))


def _write_values(connection: apsw.Connection, record: Record, key: int, *, new: bool) -> None:
    wanted = {(f"{record.kind}.{field}", value) for field, value in values(record)}
    if not new:
        held = set(connection.execute("SELECT field, value FROM found WHERE key = ?", (key,)).fetchall())
        gone = held - wanted
        wanted -= held
        connection.executemany(
            "DELETE FROM found WHERE field = ? AND value = ? AND key = ?", ((*one, key) for one in gone)
        )
    connection.executemany("INSERT OR IGNORE INTO found VALUES(?, ?, ?)", ((*one, key) for one in wanted))
