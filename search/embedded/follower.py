"""Brings pages from `records.db` into Tantivy, in the order of their numbers: one process at a time, by a lock.

Any process may do it. A process that wrote pages, or waits for them, starts a thread that follows unless another
process does; the indexer of `dossier up` follows all the time. Taking in a page again replaces it by its row, so that
what a crash left half done is done again and nothing is there twice.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass

import apsw
import tantivy

from archive.domain.document import Page
from archive.errors import ArchiveError
from search.embedded.database import Database, head
from search.embedded.faults import search_faults
from search.embedded.page_schema import engine_document
from search.embedded.records import unpacked
from search.embedded.search_folder import Position, SearchFolder, WriterLock

_log = logging.getLogger(__name__)

HEAP_BYTES = 64_000_000  # what Tantivy holds in memory between two commits
_ROWS = 200
_PAUSE = 0.05  # seconds between two looks at the numbers
_PAUSE_BEHIND = 0.25  # the same for those who are ready to follow should the one who does so die
_BETWEEN_COMMITS = 0.2  # seconds
_LONGEST_UNCOMMITTED = 0.6  # seconds, so that a page is searchable within a second while many are written
_FAR_BEHIND = 5_000  # changes, some seconds' work: rarer commits make fewer files, that are merged less often
_LONGEST_FAR_BEHIND = 6.0  # seconds
_IDLE = 5.0  # seconds after which a thread lets go of the writer's memory
_AFTER_FAULT = 2.0

_CHANGED = "SELECT key, seq, gone, place, data FROM record WHERE kind = 'page' AND seq > ? ORDER BY seq LIMIT ?"
_NEXT_PAGE = "SELECT seq FROM record WHERE kind = 'page' AND seq > ? ORDER BY seq LIMIT 1"
_BEHIND = "SELECT count(*) FROM record WHERE kind = 'page' AND seq > ?"

FEW_BEHIND = _ROWS  # changes, taken in at once: a page is searchable within a second of its writing

_Row = tuple[int | float | str | bytes | None, ...]


@dataclass(slots=True)
class _Work:
    """What the holder of the lock has open."""

    writer: tantivy.IndexWriter
    identity: int
    epoch: str
    done: int  # taken in up to this seq
    committed: int
    since: float = 0.0  # when the first change that is not committed was taken in


def changes_behind(connection: apsw.Connection, seq: int) -> int:
    """How many changes of pages were written after `seq`."""
    return int(connection.execute(_BEHIND, (seq,)).get)


class Follower:
    """Follows while it holds the lock. `run` is for a process of its own, `wake` for everybody else."""

    def __init__(self, database: Database, folder: SearchFolder) -> None:
        self._database = database
        self._folder = folder
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._needed = False
        self.fault: ArchiveError | None = None  # of the last try in this process, None where that went well

    def behind(self) -> int:
        """How many changes of pages are written but not yet searchable."""
        with self._database.snapshot() as connection:
            return changes_behind(connection, self._reached())

    def is_behind(self, seq: int | None = None) -> bool:
        """Whether any change of a page (up to `seq`) is written but not yet searchable. Quick, however many are."""
        with self._database.snapshot() as connection:
            next_page = connection.execute(_NEXT_PAGE, (self._reached(),)).get
        return next_page is not None and (seq is None or next_page <= seq)

    def _reached(self) -> int:
        position = self._folder.position()
        return position.seq if position.epoch == self._database.epoch else 0

    def wake(self, *, hurry: bool = False) -> None:
        """Sees to it that somebody follows; returns at once. `hurry`: somebody waits for it."""
        if hurry:
            self._hurry.set()
        with self._starting:
            self._needed = True
            if self._thread is None or self._process != os.getpid():
                self._process = os.getpid()
                self._stop = threading.Event()
                self._thread = threading.Thread(target=self._while_needed, name="follower", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Ends the thread of this process."""
        with self._starting:
            thread = self._thread if self._process == os.getpid() else None
            self._stop.set()
            self._hurry.set()
        if thread is not None:
            thread.join(10)

    def run(self, stop: threading.Event, *, idle: float | None = None) -> None:
        """Follows until `stop` is set, or until nothing has come for `idle` seconds."""
        lock = WriterLock(self._folder.root)
        last = time.monotonic()
        while not stop.is_set():
            if lock.take():
                try:
                    last = self._hold(stop, idle)
                finally:
                    lock.free()
            else:
                self.fault = None  # somebody else follows, and says what keeps him from it
                if self.is_behind():
                    last = time.monotonic()
            if idle is not None and time.monotonic() - last > idle:
                return
            self._rest(_PAUSE_BEHIND)

    def _while_needed(self) -> None:
        stop = self._stop
        try:
            while not stop.is_set():
                with self._starting:
                    if not self._needed:
                        self._thread = None
                        return
                    self._needed = False
                self.run(stop, idle=_IDLE)
        except ArchiveError as fault:
            self._note(fault)
        finally:
            with self._starting:
                if self._thread is threading.current_thread():
                    self._thread = None

    def _hold(self, stop: threading.Event, idle: float | None) -> float:
        """Follows with the lock held; returns when something last came."""
        last = time.monotonic()
        work: _Work | None = None
        while not stop.is_set():
            try:
                work = self._opened(work)
                came = self._step(work)
                self.fault = None
            except ArchiveError as fault:
                # The work is dropped: what was not committed is taken in again from the records.
                self._note(fault)
                work = None
                stop.wait(_AFTER_FAULT)
                came = False
            now = time.monotonic()
            if came:
                last = now
            elif idle is not None and now - last > idle:
                break
            else:
                self._rest(_PAUSE)
        return last

    def _note(self, fault: ArchiveError) -> None:
        self.fault = fault
        _log.warning("pages cannot be made searchable: %s", fault)

    def _rest(self, seconds: float) -> None:
        if seconds > 0:
            self._hurry.wait(seconds)
        self._hurry.clear()

    def _opened(self, work: _Work | None) -> _Work:
        epoch = self._database.epoch
        if work is not None and work.identity == self._folder.identity() and work.epoch == epoch:
            return work
        position = self._folder.position()
        with search_faults(self._folder.root):
            index = self._folder.open_pages(make=True)
            assert index is not None
            writer = index.writer(HEAP_BYTES, 1)
            known = position.epoch == epoch
            if not known:
                # Of other records, or of a beginning that was broken off.
                self._folder.forget_position()
                writer.delete_all_documents()
                writer.commit()
        done = position.seq if known else 0
        return _Work(writer, self._folder.identity(), epoch, done, done if known else -1)

    def _step(self, work: _Work) -> bool:
        """Takes in what changed and commits when it is time; False if nothing came."""
        with self._database.snapshot() as connection:
            upto = head(connection)
            rows = connection.execute(_CHANGED, (work.done, _ROWS)).fetchall()
        if rows and not work.since:
            work.since = time.monotonic()
        self._take_in(work, rows)
        whole = len(rows) < _ROWS
        work.done = upto if whole else int(rows[-1][1] or 0)
        first = work.committed < 0
        longest = _LONGEST_UNCOMMITTED if upto - work.done < _FAR_BEHIND else _LONGEST_FAR_BEHIND
        if (work.since or first) and (whole or time.monotonic() - work.since > longest):
            self._commit(work)
        return bool(rows)

    def _take_in(self, work: _Work, rows: list[_Row]) -> None:
        for row in rows:
            made = _document(row)
            with search_faults(self._folder.root):
                work.writer.delete_documents_by_term("key", row[0])
                if made is not None:
                    work.writer.add_document(made)

    def _commit(self, work: _Work) -> None:
        began = time.monotonic()
        with search_faults(self._folder.root):
            work.writer.commit()
            self._folder.write_position(Position(work.epoch, work.done))
        work.committed, work.since = work.done, 0.0
        self._rest(_BETWEEN_COMMITS - (time.monotonic() - began))


def _document(row: _Row) -> tantivy.Document | None:
    """What Tantivy takes in of a row; None for a deleted page."""
    key, _, gone, place, data = row
    if gone:
        return None
    assert isinstance(key, int) and isinstance(place, int) and isinstance(data, str | bytes)
    try:
        return engine_document(unpacked(Page, data), key, place)
    except (ValueError, OverflowError):
        # One record that cannot be understood must not keep all later pages from being found.
        _log.exception("the page in row %s cannot be made searchable", key)
        return None
