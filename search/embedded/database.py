"""The file `records.db`: its tables, connections and transactions. Knows rows, not records.

A connection belongs to one thread of one process: it is opened when first needed, so nothing is open before a fork,
and opened again when the file was put in another's place. Readers never wait for writers (WAL); writers wait for each
other.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from archive.errors import Unavailable
from search.embedded.faults import BUSY_SECONDS, records_faults

FORMAT = 1

# `record` is the truth. `seq` is new at every write of any record; a deletion leaves the row with `gone` = 1 and no
# data, so that those who follow the numbers learn of it. `place` of a page: see `search.embedded.places`.
# `found` holds the searchable values of all records but pages. `paper` and `folder` give documents and dossiers the
# small numbers that the places of pages are made of.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record(
    key INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, revision INTEGER NOT NULL, seq INTEGER NOT NULL,
    stamp INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0, place INTEGER, data, UNIQUE(kind, id));
CREATE INDEX IF NOT EXISTS record_seq ON record(kind, seq);
CREATE INDEX IF NOT EXISTS record_gone ON record(kind) WHERE gone = 1;
CREATE TABLE IF NOT EXISTS found(
    field TEXT NOT NULL, value NOT NULL, key INTEGER NOT NULL, PRIMARY KEY(field, value, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS found_key ON found(key, field);
CREATE TABLE IF NOT EXISTS paper(no INTEGER PRIMARY KEY, document TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS folder(no INTEGER PRIMARY KEY, dossier TEXT NOT NULL UNIQUE, number TEXT NOT NULL);
"""

_forked: list[apsw.Connection] = []  # of the parent process: neither used nor closed here, which SQLite forbids


class Database:
    """The connections of this process to one `records.db`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._process = 0
        self._held = threading.local()
        self._all: list[apsw.Connection] = []
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """A connection to read with; several statements may see several states."""
        with records_faults(self.file):
            yield self._connection()

    @contextmanager
    def snapshot(self) -> Iterator[apsw.Connection]:
        """A connection whose statements all see one state."""
        with records_faults(self.file):
            connection = self._connection()
            with _transaction(connection, "BEGIN"):
                yield connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """A connection in a transaction that nobody else writes during. All or nothing."""
        with records_faults(self.file):
            connection = self._connection()
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection

    @property
    def epoch(self) -> str:
        """Random, made with the file: what follows the file must begin anew where it is another."""
        with self.reading():
            epoch: str = self._held.epoch
            return epoch

    def close(self) -> None:
        """Closes the connections of this process."""
        with self._lock:
            if self._process == os.getpid():
                for connection in self._all:
                    connection.close()
            self._all.clear()
            self._held = threading.local()

    def _connection(self) -> apsw.Connection:
        if self._process != os.getpid():
            self._leave_to_parent()
        file = _identity(self.file)
        held: apsw.Connection | None = getattr(self._held, "connection", None)
        if held is None or file is None or self._held.identity != file:
            held = self._open()
        return held

    def _leave_to_parent(self) -> None:
        with self._lock:
            if self._process != os.getpid():
                _forked.extend(self._all)
                self._all.clear()
                self._held = threading.local()
                self._process = os.getpid()

    def _open(self) -> apsw.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = apsw.Connection(str(self.file))
        connection.set_busy_timeout(BUSY_SECONDS * 1000)
        _write_ahead(connection)
        # FULL: what was acknowledged is there after a power failure too.
        connection.execute("PRAGMA synchronous = FULL; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY")
        _prepare(connection, self.file)
        self._held.connection = connection
        self._held.identity = _identity(self.file)
        self._held.epoch = connection.execute("SELECT value FROM about WHERE name = 'epoch'").get
        with self._lock:
            self._all.append(connection)
        return connection


def next_seq(connection: apsw.Connection) -> int:
    """The number of the write that is being made; only inside `writing`."""
    seq: int = connection.execute("UPDATE about SET value = value + 1 WHERE name = 'seq' RETURNING value").get
    return seq


def head(connection: apsw.Connection) -> int:
    """The number of the last write."""
    seq: int = connection.execute("SELECT value FROM about WHERE name = 'seq'").get
    return seq


@contextmanager
def _transaction(connection: apsw.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _write_ahead(connection: apsw.Connection) -> None:
    """Several processes may open a new file at once; SQLite does not wait by itself while the mode is changed."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except apsw.BusyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _prepare(connection: apsw.Connection, file: Path) -> None:
    """Makes the tables where the file is new. Raises Unavailable where a newer version wrote it."""
    found = connection.pragma("user_version")
    if found > FORMAT:
        connection.close()
        raise Unavailable("index_newer", file=str(file), found=found, known=FORMAT)
    if found == FORMAT:
        return
    with _transaction(connection, "BEGIN IMMEDIATE"):
        connection.execute(_SCHEMA)
        connection.execute("INSERT OR IGNORE INTO about VALUES('epoch', ?), ('seq', 0)", (secrets.token_hex(8),))
        connection.execute(f"PRAGMA user_version = {FORMAT}")


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(file)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
