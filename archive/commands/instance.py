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


@contextmanager
def _lock_file(settings: Settings) -> Iterator[int]:
    path = _path(settings)
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
    return settings.data / "run" / "up.lock"
