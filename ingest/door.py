"""The door for files that lie in folders: which ones come in, and how one is opened without being fooled.

Links, pipes and devices are not followed; a file that changes while it is read is refused at its end, so that the store
never acknowledges half of it. What a file holds is not looked at here.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from archive.errors import InvalidInput, NotFound, Unavailable

_NO_FILES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})  # what systems leave in every folder
_UNFINISHED = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to take in. `folder` holds the names of the folders it lies in, below what was given and that included,
    with `/` between them: they are hints for the dossier."""

    path: Path
    folder: str


def files_in(paths: Iterable[Path]) -> Iterator[FoundFile]:
    """The files of the paths, folders all the way down, in the order of their names, without hidden and unfinished
    ones. A path may be a link to a folder. Links inside a folder and folders that may not be read are given as they
    are, so that opening them tells why they are not taken."""
    for path in paths:
        whole = Path(os.path.abspath(path))  # the names as given: resolving would follow links
        if path.is_dir():
            yield from _below(path, whole.name)
        else:
            yield FoundFile(path, whole.parent.name)


def _below(top: Path, name: str) -> Iterator[FoundFile]:
    closed: list[OSError] = []
    for here, inner, names in os.walk(top, onerror=closed.append):
        inner[:] = sorted(filter(is_wanted, inner))
        links = [one for one in inner if Path(here, one).is_symlink()]
        folder = "/".join((name, *Path(here).relative_to(top).parts))
        yield from (FoundFile(Path(here, one), folder) for one in sorted([*filter(is_wanted, names), *links]))
    yield from (FoundFile(Path(os.fsdecode(error.filename)), name) for error in closed)


def is_wanted(name: str) -> bool:
    """Whether a file or folder of this name is somebody's own and complete."""
    small = name.lower()
    return not (small.startswith((".", "~$")) or small.endswith(_UNFINISHED) or small in _NO_FILES)


def shown(path: Path) -> str:
    """The file's name as it can be shown and stored: bytes that are no UTF-8 are read as GBK, else escaped."""
    raw = os.fsencode(path.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "backslashreplace")


@contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """The file for reading from its start. Its last read raises InvalidInput("file_changed") if it was changed since
    it was opened. Raises NotFound("file_missing"), InvalidInput("file_not_regular", "file_not_allowed", "file_empty"),
    Unavailable("file_unreachable")."""
    name = shown(path)
    try:
        # NONBLOCK: opening a pipe would else wait for ever for somebody who writes into it
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise _refusal(error, name) from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise InvalidInput("file_not_regular", field="file", name=name)
    with io.FileIO(descriptor, "rb") as raw:
        if not status.st_size:
            raise InvalidInput("file_empty", field="file")
        yield cast(BinaryIO, _Unchanging(raw, status, name))


class _Unchanging(io.RawIOBase):
    """Reads a file, and at its end makes sure that it is still the one that was opened."""

    def __init__(self, raw: io.FileIO, opened: os.stat_result, name: str) -> None:
        self._raw, self._opened, self._name = raw, opened, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        try:
            count = self._raw.readinto(buffer)  # type: ignore[arg-type]
        except OSError as error:
            raise _refusal(error, self._name) from error
        if not count and _version(os.fstat(self._raw.fileno())) != _version(self._opened):
            raise InvalidInput("file_changed", field="file", name=self._name)
        return count or 0


def _version(status: os.stat_result) -> tuple[int, int]:
    return status.st_size, status.st_mtime_ns


def _refusal(error: OSError, name: str) -> NotFound | InvalidInput | Unavailable:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return NotFound("file_missing", name=name)
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.EISDIR):
        return InvalidInput("file_not_regular", field="file", name=name)
    if error.errno in (errno.EACCES, errno.EPERM):
        return InvalidInput("file_not_allowed", field="file", name=name)
    return Unavailable("file_unreachable", name=name, reason=os.strerror(error.errno or 0))
