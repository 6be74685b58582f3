"""The folder `search/`: Tantivy's files for pages, how far they follow `records.db`, and who may write them.

The position is written after each commit: a crash between the two repeats some changes and loses none.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import tantivy

from search.embedded.faults import search_faults
from search.embedded.page_query import SCHEMA
from search.embedded.page_schema import folder_name

_KEPT_SECONDS = 15 * 60  # how long a list of hits can be turned the pages of as it was
_MOST_KEPT = 100  # lists of so many searches that somebody may go on with


@dataclass(frozen=True, slots=True)
class Position:
    """Pages written up to `seq` of the records with this `epoch` are searchable."""

    epoch: str
    seq: int


NOWHERE = Position("", 0)


class SearchFolder:
    """Where the files are. Opens nothing by itself."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages = root / folder_name()
        self._position_file = root / f"{folder_name()}.position"

    def position(self) -> Position:
        """How far the pages have been followed; `NOWHERE` where nothing was."""
        try:
            held = json.loads(self._position_file.read_text("utf-8"))
            return Position(str(held["epoch"]), int(held["seq"]))
        except FileNotFoundError:
            return NOWHERE
        except (ValueError, KeyError, TypeError):
            return NOWHERE  # followed again from the beginning

    def write_position(self, position: Position) -> None:
        """Seen whole or not at all."""
        draft = self._position_file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({"epoch": position.epoch, "seq": position.seq}), "utf-8")
        draft.replace(self._position_file)

    def forget_position(self) -> None:
        """What is there is to be made anew."""
        self._position_file.unlink(missing_ok=True)

    def open_pages(self, *, make: bool) -> tantivy.Index | None:
        """Tantivy's files; None where there are none and `make` is not wanted. Raises Unavailable if damaged."""
        with search_faults(self.root):
            if make:
                self.pages.mkdir(parents=True, exist_ok=True, mode=0o700)
            elif not (self.pages / "meta.json").exists():
                return None
            return tantivy.Index(SCHEMA, path=str(self.pages))

    def identity(self) -> int:
        """Changes when another folder was put in its place; 0 where there is none."""
        try:
            return os.stat(self.pages).st_ino
        except FileNotFoundError:
            return 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The pages as they were at a position; stays as it is. None: there is nothing to search yet. `behind` pages were
    missing when somebody searched it; few do not count."""

    searcher: tantivy.Searcher | None
    position: Position
    behind: int = 0

    @property
    def name(self) -> str:
        return f"{self.position.epoch}-{self.position.seq}"


class PageReader:
    """The newest snapshot, and those whose lists somebody may be turning the pages of. One a process; threads share
    it."""

    def __init__(self, folder: SearchFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._process = 0
        self._index: tantivy.Index | None = None
        self._identity = 0
        self._newest: Snapshot | None = None
        self._kept: OrderedDict[str, tuple[float, Snapshot]] = OrderedDict()

    def newest(self, epoch: str) -> Snapshot:
        """The pages as last committed; nothing where they follow other records than those of `epoch`."""
        position = self._folder.position()
        with self._lock:
            if self._moved():
                self._reopen()
            if self._newest is None or self._newest.position != position:
                self._newest = self._load(position)
            found = self._newest
            self._forget_old()
        return found if position.epoch == epoch else Snapshot(None, NOWHERE)

    def kept(self, name: str, epoch: str) -> Snapshot | None:
        """The snapshot a cursor names; None where it is gone. Whoever asks for it has it kept on."""
        with self._lock:
            self._forget_old()
            held = self._kept.get(name)
            if held is None or self._process != os.getpid() or not name.startswith(epoch):
                return None
            self._renew(held[1])
            return held[1]

    def keep(self, snapshot: Snapshot) -> str:
        """Keeps a snapshot for who goes on with a list of it; the cursor that names it."""
        with self._lock:
            self._renew(snapshot)
            self._forget_old()
        return snapshot.name

    def _moved(self) -> bool:
        return self._process != os.getpid() or self._identity != self._folder.identity() or self._index is None

    def _reopen(self) -> None:
        # Before the folder is opened: what is put in its place meanwhile is then noticed next time.
        self._process, self._identity = os.getpid(), self._folder.identity()
        self._kept.clear()
        self._newest = None
        self._index = self._folder.open_pages(make=False)

    def _load(self, position: Position) -> Snapshot:
        if self._index is None:
            return Snapshot(None, NOWHERE)
        with search_faults(self._folder.root):
            self._index.reload()
            return Snapshot(self._index.searcher(), position)

    def _renew(self, snapshot: Snapshot) -> None:
        self._kept[snapshot.name] = (time.monotonic(), snapshot)
        self._kept.move_to_end(snapshot.name)

    def _forget_old(self) -> None:
        oldest = time.monotonic() - _KEPT_SECONDS
        while self._kept and (len(self._kept) > _MOST_KEPT or next(iter(self._kept.values()))[0] < oldest):
            self._kept.popitem(last=False)


class WriterLock:
    """Held by the one process that writes the search folder. Free again when the process ends, however it ends."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._file = -1

    def take(self) -> bool:
        """True if it is ours now; does not wait. Raises Unavailable where the folder cannot be written."""
        with search_faults(self._root):
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self._root / "follower.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        _held_here.add(self)
        return True

    def free(self) -> None:
        """Lets others take it."""
        _held_here.discard(self)
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def leave_to_parent(self) -> None:
        """In a forked child: the lock stays the parent's, and ends with it."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


_held_here: set[WriterLock] = set()


def _after_fork() -> None:
    for lock in _held_here:
        lock.leave_to_parent()
    _held_here.clear()


os.register_at_fork(after_in_child=_after_fork)
