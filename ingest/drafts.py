"""Files being written: a draft in a folder of its own, synced and then moved to its place, so that a reader sees all
of it or nothing, and a full disk or a kill leaves no half file."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from archive.errors import InvalidInput, Unavailable

CHUNK = 1 << 20
LEFTOVER_SECONDS = 6 * 3600  # an unfinished write untouched for so long has no writer any more


class Drafts:
    """Drafts in `folder`, which is made at the first one. Safe for many processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next_clearing = -1.0  # monotonic seconds

    @contextmanager
    def draft(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A new file, to be written and read; gone at the end unless it was published. Raises Unavailable for what
        the disk refuses meanwhile."""
        path = self._folder / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            self._prepare()
            with path.open("x+b") as file:
                try:
                    yield file, path
                finally:
                    with suppress(FileNotFoundError):
                        path.unlink()
        except OSError as error:
            raise unavailable(error) from error

    def _prepare(self) -> None:
        """Makes the folder, and once in a while clears what killed writers left in it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        now = time.monotonic()
        if now > self._next_clearing:
            self._next_clearing = now + LEFTOVER_SECONDS
            _remove_leftovers(self._folder)


def publish(draft: BinaryIO, path: Path, target: Path) -> None:
    """Moves a draft to its place, safe from a power cut. Raises OSError."""
    draft.flush()
    os.fsync(draft.fileno())
    try:
        path.rename(target)
    except FileNotFoundError:
        _make_folders(target.parent)
        path.rename(target)
    _sync_folder(target.parent)


def copy_hashed(source: BinaryIO, target: BinaryIO, limit: int) -> tuple[str, int]:
    """SHA-256 and size of what was copied. Raises InvalidInput for nothing, and for more than `limit` bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise InvalidInput("file_too_large", field="file", limit=limit // 2**20)
        digest.update(chunk)
        target.write(chunk)
    if not size:
        raise InvalidInput("file_empty", field="file")
    return digest.hexdigest(), size


def unavailable(error: OSError) -> Unavailable:
    """What is told of an error of the disk."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("store_full")
    return Unavailable("store_unavailable", reason=os.strerror(error.errno) if error.errno else str(error))


def free_bytes(folder: Path) -> int:
    """Free bytes on the disk of `folder`, which is made. Raises Unavailable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise unavailable(error) from error


def _make_folders(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        _sync_folder(parent.parent)


def _sync_folder(folder: Path) -> None:
    """Without this a power cut may lose the name of a file whose bytes are safe."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_leftovers(folder: Path) -> None:
    oldest = time.time() - LEFTOVER_SECONDS
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process may clear too
            if path.stat().st_mtime < oldest:
                path.unlink()
