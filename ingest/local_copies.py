"""Copies on this machine of what lies on a server: fetched once, read many times, the longest unused given up first.

A copy is seen whole or not at all, and is not cleared while somebody has it in hand. Everything is agreed by locks on
files (`flock`), which end with the process that held them, so several processes share a folder and a kill leaves
nothing to repair. The folder may be deleted whenever nothing runs. What is copied is not known here.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest import drafts
from ingest.drafts import Drafts
from ingest.store_names import PARTS

log = logging.getLogger(__name__)

COPIES, LOCKS, SUM = "copies", ".locks", ".sum"
TURNS = 256  # locks for fetching: names share them, which only makes one wait for another
AFTER_CLEARING = 0.9  # of the limit: clearing looks at every copy, so it is not done for each new one
USED_SECONDS = 60.0  # a use is noted so often, not at every tile


@dataclass(frozen=True, slots=True)
class _Held:
    path: Path
    handle: int  # holds a shared lock


class LocalCopies:
    """Copies in `folder`, together at most `limit` bytes, but for one that is larger by itself."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        self._drafts = Drafts(folder / PARTS)

    @property
    def folder(self) -> Path:
        return self._folder

    def draft(self) -> AbstractContextManager[tuple[BinaryIO, Path]]:
        """A file of one's own, gone at the end. Raises Unavailable."""
        return self._drafts.draft()

    @contextmanager
    def held(self, name: str, fetch: Callable[[BinaryIO], None], size: Callable[[], int]) -> Iterator[Path]:
        """The copy of `name`, not cleared before the end. Where there is none, room for `size()` bytes is made and
        `fetch` writes it; others who want it wait for this one. Raises what these two raise, and Unavailable."""
        try:
            held = self._hold(name) or self._fetched(name, fetch, size)
        except OSError as error:
            raise drafts.unavailable(error) from error
        try:
            yield held.path
        finally:
            os.close(held.handle)

    def keep(self, name: str, draft: BinaryIO, path: Path) -> None:
        """Makes a draft that holds what `name` holds the copy of it, if there is none. Never fails: a copy can be
        fetched later."""
        try:
            with self._turn(name):
                if not self._path(name).is_file():
                    held = self._stored(name, draft, path, os.fstat(draft.fileno()).st_size, lambda _: None)
                    os.close(held.handle)
        except OSError as reason:
            log.warning("no local copy of %s is kept: %s", name, reason)

    def _hold(self, name: str) -> _Held | None:
        path = self._path(name)
        try:
            handle = os.open(path, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return None
        fcntl.flock(handle, fcntl.LOCK_SH)
        status = os.fstat(handle)
        if not status.st_nlink:  # cleared between the two
            os.close(handle)
            return None
        if status.st_atime < time.time() - USED_SECONDS:
            with suppress(PermissionError):
                os.utime(path, ns=(time.time_ns(), status.st_mtime_ns))
        return _Held(path, handle)

    def _fetched(self, name: str, fetch: Callable[[BinaryIO], None], size: Callable[[], int]) -> _Held:
        with self._turn(name):
            there = self._hold(name)
            if there is not None:
                return there
            with self._drafts.draft() as (draft, path):
                return self._stored(name, draft, path, size(), fetch)

    def _stored(self, name: str, draft: BinaryIO, path: Path, size: int, write: Callable[[BinaryIO], None]) -> _Held:
        """Makes room, has the draft written and moves it to its place."""
        self._make_room(size)
        try:
            write(draft)
            return self._place(name, draft, path)
        except BaseException:
            self._make_room(-size)
            raise

    def _place(self, name: str, draft: BinaryIO, path: Path) -> _Held:
        """Moves the draft to its place, under a lock from before it can be seen there."""
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            os.fchmod(handle, 0o440)
            drafts.publish(draft, path, self._path(name))
        except BaseException:
            os.close(handle)
            raise
        return _Held(self._path(name), handle)

    def _path(self, name: str) -> Path:
        return self._folder / COPIES / name

    # --- one at a time

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        """One at a time for a name, over all processes and threads."""
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % TURNS
        with _locked(self._folder / LOCKS / f"{number:02x}"):
            yield

    # --- room

    def _make_room(self, size: int) -> None:
        """Counts `size` bytes more (or fewer), and clears the longest unused copies where that is too much."""
        with _locked(self._folder / SUM) as file:
            whole = int(file.read() or b"0") + size
            if whole > self._limit:
                whole = self._clear(int(self._limit * AFTER_CLEARING) - size) + size
            file.seek(0)
            file.truncate()
            file.write(b"%d" % max(whole, 0))

    def _clear(self, room: int) -> int:
        """Deletes copies that nobody holds until at most `room` bytes are left, if it can; how many are left."""
        found = sorted(_files(self._folder / COPIES))
        whole = sum(size for _, size, _ in found)
        for _, size, path in found:
            if whole <= room:
                break
            if _deleted(path):
                whole -= size
        return whole


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    """A small file, opened and locked against everybody else."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with open(handle, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _files(folder: Path) -> Iterator[tuple[float, int, str]]:
    """When it was last used, size and path of every copy."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                status = os.stat(path := os.path.join(parent, name))
                yield status.st_atime, status.st_size, path


def _deleted(path: str) -> bool:
    """Deletes a copy unless somebody has it in hand."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
