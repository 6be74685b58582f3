"""One `dossier up` a data folder: the lock it holds, and how others see that it runs."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from archive.config import Settings
from archive.errors import Conflict, Unavailable

_UP, _READERS = "up.lock", "readers.lock"
TRIES, PAUSE = 5, 0.1  # somebody who only looks holds the lock for a moment


@dataclass(frozen=True, slots=True)
class Instance:
    """What runs on a data folder."""

    pid: int
    address: str


@contextmanager
def only_one(settings: Settings, address: str) -> Iterator[None]:
    """Holds the data folder's lock; the kernel lets it go however the process ends.

    Raises Conflict("already_running") where another process holds it, Unavailable where the folder cannot be written.
    """
    with _lock_file(settings) as number:
        for _ in range(TRIES):
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(PAUSE)
        else:
            there = _written(number)
            raise Conflict("already_running", data=str(settings.data), address=there.address if there else "?")
        os.ftruncate(number, 0)
        os.pwrite(number, json.dumps(asdict(Instance(os.getpid(), address))).encode(), 0)
        yield


def running(settings: Settings) -> Instance | None:
    """The `dossier up` that runs on this data folder, if one does."""
    if not _path(settings).exists():
        return None
    number = os.open(_path(settings), os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _written(number) or Instance(0, "?")
    finally:
        os.close(number)
    return None


class Readers:
    """The commands that read pages by themselves on a data folder, where no `dossier up` runs: this is one of them."""

    def __init__(self, number: int) -> None:
        self._number = number

    def is_alone(self) -> bool:
        """Whether no other such command lives. True for one of several that ask at once, at most."""
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self._number, fcntl.LOCK_SH)
        return True


@contextmanager
def readers(settings: Settings) -> Iterator[Readers]:
    """Counts this process among those who read by themselves; the kernel takes it off however the process ends."""
    with _lock_file(settings, _READERS) as number:
        fcntl.flock(number, fcntl.LOCK_SH)
        yield Readers(number)


@contextmanager
def _lock_file(settings: Settings, name: str = _UP) -> Iterator[int]:
    path = settings.data / "run" / name
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as reason:
        raise Unavailable("data_not_writable", data=str(settings.data), reason=reason.strerror or "?") from reason
    try:
        yield number
    finally:
        os.close(number)


def _written(number: int) -> Instance | None:
    try:
        return Instance(**json.loads(os.pread(number, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _path(settings: Settings) -> Path:
    return settings.data / "run" / _UP
