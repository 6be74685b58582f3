"""Which volumes are not on the shelf, known to every search without asking for all copies each time.

Kept in memory for each index and brought up to date by the copies changed since, so it is never behind; read anew
from the index once in a while, so that nothing that went wrong stays. Shown, never decided on.
"""

from __future__ import annotations

import threading
import time
from weakref import WeakKeyDictionary

from archive.domain.access import Access
from archive.domain.copy import Copy, CopyKind, CopyState
from archive.domain.query import Is
from archive.ports import Index

AWAY = Is.of("state", *(state.value for state in CopyState if state != CopyState.SHELVED))
PART = 500  # copies asked for at once
ANEW_SECONDS = 60.0


class Shelf:
    """The originals that are away, of one index."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away: dict[str, str] = {}  # volume key by the original's code
        self._position = 0  # seq of the last change of a copy that is in it
        self._made: float | None = None  # monotonic seconds

    def volumes_out(self, index: Index) -> frozenset[str]:
        """Keys of the volumes whose original is not on the shelf now."""
        with self._lock:
            now = time.monotonic()
            if self._made is None or now - self._made > ANEW_SECONDS:
                self._read(index)
                self._made = now
            last = self._position
            for read in index.changes(Copy, self._position):
                self._note(read.record)
                last = read.seq
            self._position = index.position(last)
            return frozenset(self._away.values())

    def _read(self, index: Index) -> None:
        """Everything that is away, and from which seq on changes must be looked at: the last one among the first part,
        which was written before the list was begun. What changed while it was read comes with the changes."""
        self._away.clear()
        start = 0
        while True:
            part = index.select(Copy, AWAY, Access.whole_archive(), order=("id",), size=PART, start=start)
            for read in part.records:
                self._note(read.record)
            if not start and part.records:
                self._position = max(read.seq for read in part.records)
            start += PART
            if start >= part.total:
                return

    def _note(self, copy: Copy) -> None:
        if copy.copy_kind == CopyKind.ORIGINAL and copy.state != CopyState.SHELVED:
            self._away[copy.id] = copy.volume_key
        else:
            self._away.pop(copy.id, None)


_shelves: WeakKeyDictionary[Index, Shelf] = WeakKeyDictionary()
_lock = threading.Lock()


def volumes_out(index: Index) -> frozenset[str]:
    """Keys of the volumes whose original is not on the shelf now."""
    with _lock:
        shelf = _shelves.setdefault(index, Shelf())
    return shelf.volumes_out(index)
