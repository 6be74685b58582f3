"""The embedded index: records in SQLite, pages searched by Tantivy, in one folder. Puts the parts together."""

from __future__ import annotations

import atexit
import time
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import cast

from archive.domain.access import Access
from archive.domain.document import Page
from archive.domain.query import PageSearch, ResultPage, Where
from archive.domain.record import Derived, R, Record, Versioned
from archive.ports import IndexHealth, Listing
from search.embedded.database import Database
from search.embedded.follower import Follower
from search.embedded.listing import Lists
from search.embedded.page_lists import PageLists
from search.embedded.records import Records
from search.embedded.search_folder import PageReader, SearchFolder
from search.embedded.searching import Searching

RECORDS, SEARCH = "records.db", "search"
_LOOK = 0.008  # seconds between two looks whether a write is searchable
_WAKE_AGAIN = 1.0
_LOOK_FOR_LEFT = 0.5


class EmbeddedIndex:
    """Implements `archive.ports.Index`. Opens files when they are first needed, in the process that needs them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._database = Database(folder / RECORDS)
        search = SearchFolder(folder / SEARCH)
        reader = PageReader(search)
        self._records = Records(self._database)
        self._lists = Lists(self._database, self._records)
        self._page_lists = PageLists(self._database, self._records, reader, search)
        self._searching = Searching(self._database, self._records, reader, search)
        self._follower = Follower(self._database, search)
        self._looked = 0.0
        _open.add(self)

    # --- by id ----------------------------------------------------------------------------------------------------

    def create(self, record: R) -> Versioned[R]:
        """See `archive.ports.Index`."""
        return self._records.create(record)

    def get(self, kind: type[R], id: str) -> Versioned[R]:
        """See `archive.ports.Index`."""
        return self._records.get(kind, id)

    def get_many(self, kind: type[R], ids: Iterable[str]) -> dict[str, Versioned[R]]:
        """See `archive.ports.Index`."""
        return self._records.get_many(kind, ids)

    def replace(self, record: R, token: str) -> Versioned[R]:
        """See `archive.ports.Index`."""
        return self._records.replace(record, token)

    def delete(self, kind: type[Record], id: str, token: str) -> None:
        """See `archive.ports.Index`."""
        self._records.delete(kind, id, token)
        self._follow_if(kind is Page)

    def put(self, records: Sequence[Derived]) -> int:
        """See `archive.ports.Index`. All or nothing per 50 records."""
        last = self._records.put(records)
        self._follow_if(any(isinstance(record, Page) for record in records))
        return last

    # --- by search ------------------------------------------------------------------------------------------------

    def search(self, wanted: PageSearch, access: Access) -> ResultPage:
        """See `archive.ports.Index`."""
        self._see_to_following()
        return self._searching.search(wanted, access)

    def pages_of_search(self, wanted: PageSearch, access: Access) -> Iterator[tuple[str, int]]:
        """See `archive.ports.Index`."""
        return self._searching.pages_of_search(wanted, access)

    def select(
        self, kind: type[R], where: Where, access: Access, *, order: Sequence[str] = (), size: int = 100, start: int = 0
    ) -> Listing[R]:
        """See `archive.ports.Index`."""
        if issubclass(kind, Page):
            self._see_to_following()
            return cast(Listing[R], self._page_lists.select(where, access, order, size, start))
        return self._lists.select(kind, where, access, order, size, start)

    def count(self, kind: type[Record], where: Where, access: Access) -> int:
        """See `archive.ports.Index`."""
        if issubclass(kind, Page):
            self._see_to_following()
            return self._page_lists.count(where, access)
        return self._lists.count(kind, where, access)

    def refresh(self, seq: int, *, wait: float = 5.0) -> bool:
        """See `archive.ports.Index`. Only pages need waiting for; all other records are seen at once."""
        until = time.monotonic() + wait
        woken = 0.0
        while self._follower.is_behind(seq):
            now = time.monotonic()
            if now >= until:
                return False
            if now - woken > _WAKE_AGAIN:
                self._follower.wake(hurry=True)
                woken = now
            time.sleep(_LOOK)
        return True

    # --- as a whole -----------------------------------------------------------------------------------------------

    def changes(self, kind: type[R], after: int) -> Iterator[Versioned[R]]:
        """See `archive.ports.Index`."""
        return self._records.changes(kind, after)

    def deleted(self, kind: type[Record], after: int) -> Iterator[tuple[str, int, int]]:
        """See `archive.ports.Index`."""
        return self._records.deleted(kind, after)

    def restore(self, records: Iterable[tuple[Record, int]]) -> None:
        """See `archive.ports.Index`."""
        self._records.restore(records)
        self._follow_if(self._follower.is_behind())

    def position(self, seq: int) -> int:
        """See `archive.ports.Index`. Writes become visible in the order of their seq."""
        return seq

    def restore_deletions(self, kind: type[Record], deleted: Iterable[tuple[str, int]]) -> None:
        """See `archive.ports.Index`."""
        self._records.restore_deletions(kind, deleted)
        self._follow_if(kind is Page)

    def health(self) -> IndexHealth:
        """See `archive.ports.Index`."""
        behind, fault = self._follower.behind(), self._follower.fault
        return IndexHealth("embedded", self._records.counts(), behind, _bytes_in(self._folder), fault=fault)

    def follow(self, stop: Event) -> None:
        """Makes pages searchable as they are written, until `stop` is set; for a process that does nothing else.

        Waits while another process does it.
        """
        self._follower.run(stop)

    def close(self) -> None:
        """Ends following in this process and closes the files. What is written stays to be followed."""
        self._follower.stop()
        self._database.close()

    def _see_to_following(self) -> None:
        """A process that ended right after writing leaves pages that nobody brings in: whoever searches sees to it."""
        now = time.monotonic()
        if now - self._looked > _LOOK_FOR_LEFT:
            self._looked = now
            self._follow_if(self._follower.is_behind())

    def _follow_if(self, needed: bool) -> None:
        if needed:
            self._follower.wake()


def _bytes_in(folder: Path) -> int:
    found = 0
    for path in folder.rglob("*"):
        try:
            found += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # Tantivy throws merged files away while we look
            continue
    return found


_open: weakref.WeakSet[EmbeddedIndex] = weakref.WeakSet()


@atexit.register
def _stop_following() -> None:
    """A thread inside Tantivy while the interpreter ends could be cut off in the middle of a call."""
    for index in list(_open):
        index._follower.stop()
