"""The watched folder: a file is taken when it has lain unchanged for a while, and then put aside into `taken/`.

Events of the file system only say when to look; what is there is always found out by looking at the whole folder, so a
missed event costs one round of `rescan` seconds and nothing else. What cannot be taken stays where it is, with its
reason in `.watching/failed.json`, and is tried again only when it has changed; a person may put it aside into
`refused/`. Nothing is deleted, and nothing here knows what becomes of a file: that is `take`.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from watchfiles import Change
from watchfiles import watch as events_of

from archive.errors import ArchiveError, NotFound, Unavailable
from ingest.door import files_in

TAKEN = "taken"
REFUSED = "refused"  # what a person put aside that could not be taken
RECORD = Path(".watching", "failed.json")
PULSE = 0.5  # seconds between looks while a file is expected to become quiet
AFTERMATH = 2.0  # seconds of looking after an event: a new folder gives no events of what is put into it at once
NEVER = float("inf")
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0  # seconds before what the archive could not take is tried again

Take = Callable[[Path, str], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """A file of the watched folder that was not taken. `path` is relative to the folder; `key` and `data` make the
    sentence."""

    path: str
    size: int
    changed: int  # the file's time of change, nanoseconds
    key: str
    data: Mapping[str, str | int]
    at: str  # ISO time, UTC

    def is_of(self, version: Version) -> bool:
        """Whether the file is still the one that failed."""
        return (self.size, self.changed) == (version.size, version.changed)


@dataclass(frozen=True, slots=True)
class Version:
    """What a file is known by without reading it."""

    size: int
    changed: int
    inode: int


@dataclass
class _Seen:
    version: Version
    since: float  # monotonic: when this version was first seen
    not_before: float = 0.0
    pause: float = FIRST_PAUSE


def watch(
    folder: Path, take: Take, *, quiet: float, rescan: float, stop: Event, alive: Callable[[], None] = lambda: None
) -> None:
    """Takes files out of `folder` until `stop` is set.

    `take(path, relative folder)` brings one file into the archive and returns when it is safe there; an ArchiveError
    it raises is recorded as the file's failure, except Unavailable, after which it is tried again. `quiet`: seconds a
    file must lie unchanged; `rescan`: seconds between looks when nothing seems to happen. `alive` is called again and
    again while the loop goes round, and not while a file is being taken.
    """
    inbox = Inbox(folder, take, quiet, alive=alive)
    while not stop.is_set():
        for _ in _wake_ups(folder, inbox, rescan, stop, alive):
            if stop.is_set():
                return
            inbox.look(stop)


def failures(folder: Path) -> list[Failure]:
    """What lies in the watched folder and could not be taken, with the reasons."""
    try:
        entries = json.loads((folder / RECORD).read_text("utf-8"))
        return [Failure(**entry) for entry in entries]
    except (OSError, ValueError, TypeError):
        return []


def try_again(folder: Path, name: str) -> None:
    """Has a file that could not be taken tried once more: what has changed is looked at anew, and a new time of change
    is enough. Raises NotFound where it is not among the `failures`, Unavailable where it cannot be touched."""
    if name not in {entry.path for entry in failures(folder)}:
        raise NotFound("not_found", what=name)
    try:
        os.utime(folder / name)
    except FileNotFoundError:
        raise NotFound("not_found", what=name) from None
    except OSError as reason:
        raise Unavailable("watched_file_held", name=name, reason=reason.strerror or "?") from reason


def put_aside(folder: Path, name: str) -> None:
    """Moves a file that could not be taken into `refused/`, where it is left alone. Raises NotFound where it is not
    among the `failures`, Unavailable where it cannot be moved."""
    if name not in {entry.path for entry in failures(folder)}:
        raise NotFound("not_found", what=name)
    target = _free(folder / REFUSED / name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        (folder / name).rename(target)
    except FileNotFoundError:
        raise NotFound("not_found", what=name) from None
    except OSError as reason:
        raise Unavailable("watched_file_held", name=name, reason=reason.strerror or "?") from reason


class Inbox:
    """What is known of a watched folder. `look` does one round."""

    def __init__(
        self,
        folder: Path,
        take: Take,
        quiet: float,
        clock: Callable[[], float] = time.monotonic,
        alive: Callable[[], None] = lambda: None,
    ) -> None:
        self._folder, self._take, self._quiet, self._clock, self._alive = folder, take, quiet, clock, alive
        self._seen: dict[Path, _Seen] = {}
        self._failed = {entry.path: entry for entry in failures(folder)}

    @property
    def is_waiting(self) -> bool:
        """Whether a file may become due without any event."""
        return any(seen.not_before < NEVER for seen in self._seen.values())

    def look(self, stop: Event | None = None) -> int:
        """Takes what has become quiet; how many files that were."""
        now, before = self._clock(), dict(self._failed)
        self._seen = {path: self._still(path, version, now) for path, version in self._files()}
        for gone in self._failed.keys() - {self._name(path) for path in self._seen}:
            del self._failed[gone]
        taken = 0
        for path, seen in sorted(self._seen.items()):
            if stop is not None and stop.is_set():
                break
            if now - seen.since >= self._quiet and now >= seen.not_before:
                taken += self._took(path, seen)
        if self._failed != before:
            self._write_record()
        return taken

    def _files(self) -> Iterator[tuple[Path, Version]]:
        if not self._folder.is_dir():
            return
        for found in files_in([self._folder]):
            self._alive()  # there may be very many
            if found.path == self._folder or found.path.relative_to(self._folder).parts[0] in (TAKEN, REFUSED):
                continue
            with suppress(OSError):  # it went away meanwhile
                status = found.path.lstat()
                yield found.path, Version(status.st_size, status.st_mtime_ns, status.st_ino)

    def _still(self, path: Path, version: Version, now: float) -> _Seen:
        """What was known of the file if it is the same, else what is known of a new one."""
        seen = self._seen.get(path)
        if seen is not None and seen.version == version:
            return seen
        failure = self._failed.get(self._name(path))
        given_up = failure is not None and failure.is_of(version)
        return _Seen(version, now, NEVER if given_up else 0.0)

    def _took(self, path: Path, seen: _Seen) -> bool:
        """Whether the file is in the archive now."""
        relative = path.relative_to(self._folder)
        try:
            self._take(path, "" if relative.parent == Path() else relative.parent.as_posix())
        except ArchiveError as reason:
            self._refused(path, seen, reason)
            return False
        except Exception as error:  # one file must not stop the folder
            log.exception("%s could not be taken", relative)
            self._later(path, seen, error)
            return False
        self._failed.pop(self._name(path), None)
        if not self._put_aside(path, relative, seen.version):
            seen.not_before = NEVER  # being taken twice does no harm, but not at every look
        return True

    def _refused(self, path: Path, seen: _Seen, reason: ArchiveError) -> None:
        if isinstance(reason, Unavailable):
            self._later(path, seen, reason)
        elif reason.key == "file_changed":
            seen.since = self._clock()
        elif reason.key != "file_missing":
            log.warning("%s was not taken: %s", path, reason)
            seen.not_before = NEVER
            self._failed[self._name(path)] = _failure(self._name(path), seen.version, reason)

    def _later(self, path: Path, seen: _Seen, reason: Exception) -> None:
        log.warning("%s is tried again in %.0f s: %s", path, seen.pause, reason)
        seen.not_before = self._clock() + seen.pause
        seen.pause = min(seen.pause * 2, LONGEST_PAUSE)

    def _put_aside(self, path: Path, relative: Path, version: Version) -> bool:
        """Moves a file that is in the archive out of the way; one that changed since is a new file and stays."""
        try:
            status = path.lstat()
            if (status.st_size, status.st_mtime_ns) == (version.size, version.changed):
                target = _free(self._folder / TAKEN / relative)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.rename(target)
        except FileNotFoundError:
            return True
        except OSError as error:
            log.warning("%s is in the archive but could not be put aside: %s", relative, error)
            return False
        return True

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._folder))

    def _write_record(self) -> None:
        path = self._folder / RECORD
        draft = path.with_suffix(".new")
        try:
            path.parent.mkdir(exist_ok=True)
            draft.write_text(json.dumps([asdict(entry) for entry in self._failed.values()], indent=1), "ascii")
            draft.replace(path)
        except OSError as error:
            log.warning("the record of failures could not be written: %s", error)


def _failure(path: str, version: Version, reason: ArchiveError) -> Failure:
    data = {name: value for name, value in reason.data.items() if isinstance(value, str | int)}
    return Failure(path, version.size, version.changed, reason.key, data, datetime.now(UTC).isoformat("T", "seconds"))


def _free(target: Path) -> Path:
    """`target`, or the same name with a number where that is taken."""
    number, free = 1, target
    while os.path.lexists(free):
        number += 1
        free = target.with_name(f"{target.stem} ({number}){target.suffix}")
    return free


def _wake_ups(folder: Path, inbox: Inbox, rescan: float, stop: Event, alive: Callable[[], None]) -> Iterator[None]:
    """Yields at once, then at every event and whenever a file may be due; ends, after `rescan` seconds, where the
    folder cannot be watched."""
    yield
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pulse, busy = int(PULSE * 1000), 0.0
        last = -NEVER  # the first turn looks: what came before the watch began gave no event
        for changes in events_of(
            folder, stop_event=stop, watch_filter=_Others(folder), debounce=pulse, rust_timeout=pulse,
            yield_on_timeout=True, raise_interrupt=False, ignore_permission_denied=True,
        ):  # fmt: skip
            alive()
            now = time.monotonic()
            busy = now + AFTERMATH if changes else busy
            if now < busy or inbox.is_waiting or now - last >= rescan:
                last = now
                yield
            if not folder.is_dir():
                break
    except (OSError, RuntimeError) as error:
        log.warning("the watched folder gives no events, it is looked at every %.0f s: %s", rescan, error)
    until = time.monotonic() + rescan
    while (left := until - time.monotonic()) > 0 and not stop.wait(min(left, PULSE)):
        alive()


class _Others:
    """Lets through the events that are not of our own making."""

    def __init__(self, folder: Path) -> None:
        self._own = tuple(f"{folder / name}{os.sep}" for name in (TAKEN, REFUSED, RECORD.parent))

    def __call__(self, _: Change, path: str) -> bool:
        return not path.startswith(self._own)
