"""The scan store on a folder: files under the hash of their bytes, what was read from them, sidecars of records.

Everything is written to `.parts/` in the same file system, synced, and then linked or renamed to its place, so a
reader sees all of it or nothing, and a full disk or a kill leaves no half file. Nothing here knows what the files
hold, and nothing is ever decided by what stands in a sidecar.

    files/ab/cd/<sha256>                        the bytes as they came in, read only
    readings/…, images/…, pages/…               derived, by the name the caller gives
    sidecars/<kind>/<quoted id>/<revision>.json one file a revision; `.gone` instead of `.json` marks a deletion

Only `_write`, `_publish` and the readers touch the disk, so a store on S3 has the same names and replaces these.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from archive.errors import InvalidInput, NotFound, Unavailable
from archive.ports import StoredFile

CHUNK = 1 << 20
LEFTOVER_SECONDS = 6 * 3600  # an unfinished write untouched for so long has no writer any more
ID_BYTES = 200  # a file name may have 255 bytes; room for the suffixes
HASH = re.compile(r"[0-9a-f]{64}")
PART = re.compile(r"[\w\-][\w\-.+=@%]*")  # one step of a derived name; Chinese is a word character

FILES, SIDECARS, PARTS = "files", "sidecars", ".parts"
WHOLE_ID = "id.txt"  # in the folder of an id too long for a name


class LocalScanStore:
    """A scan store in the folder `folder`, which is made at the first write. Safe for many processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next_clearing = -1.0  # monotonic seconds

    # --- files

    def put_file(self, source: BinaryIO, *, limit: int) -> StoredFile:
        """Copies and hashes `source` from where it stands. A file that was there is checked, and made whole again if
        it was damaged. Raises InvalidInput("file_too_large"), InvalidInput("file_empty"), Unavailable."""
        with self._draft() as (draft, path):
            digest, size = _copy(source, draft, limit)
            target = self._file(digest)
            known = target.is_file() and _hash_of(target) == digest
            if not known:
                os.fchmod(draft.fileno(), 0o440)
                self._publish(draft, path, target)
        return StoredFile(digest, size, known)

    @contextmanager
    def local_file(self, sha256: str) -> Iterator[Path]:
        """The file as a path, for reading only. Raises NotFound."""
        path = self._file(sha256)
        if not path.is_file():
            raise NotFound("file_not_in_store", hash=sha256)
        yield path

    def has_file(self, sha256: str) -> bool:
        return self._file(sha256).is_file()

    def _file(self, sha256: str) -> Path:
        if not HASH.fullmatch(sha256):
            raise NotFound("file_not_in_store", hash=sha256[:80])
        return self._folder / FILES / sha256[:2] / sha256[2:4] / sha256

    # --- derived

    def put_derived(self, name: str, data: bytes) -> None:
        """Writes or replaces what is kept under `name`. Raises Unavailable."""
        self._write(self._derived(name), data)

    def get_derived(self, name: str) -> bytes:
        """Raises NotFound."""
        try:
            return self._derived(name).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise NotFound("not_in_store", name=name) from None
        except OSError as error:
            raise _unavailable(error) from error

    def has_derived(self, name: str) -> bool:
        return self._derived(name).is_file()

    @contextmanager
    def local_derived(self, name: str) -> Iterator[Path]:
        """As `local_file`. Raises NotFound."""
        path = self._derived(name)
        if not path.is_file():
            raise NotFound("not_in_store", name=name)
        yield path

    def _derived(self, name: str) -> Path:
        parts = name.split("/")
        if len(parts) < 2 or parts[0] in (FILES, SIDECARS) or not all(PART.fullmatch(part) for part in parts):
            raise ValueError(f"not a name of something derived: {name!r}")
        return self._folder.joinpath(*parts)

    # --- sidecars

    def put_sidecar(self, kind: str, id: str, revision: int, data: bytes | None) -> None:
        """One file a revision; None marks a deletion. Writing the same again changes nothing. Raises Unavailable."""
        if self.has_sidecar(kind, id, revision):
            return
        folder = self._sidecars(kind, id)
        if "~" in folder.name and not (folder / WHOLE_ID).exists():
            self._write(folder / WHOLE_ID, id.encode())
        self._write(folder / f"{revision:08d}.{'gone' if data is None else 'json'}", data or b"")

    def has_sidecar(self, kind: str, id: str, revision: int) -> bool:
        folder = self._sidecars(kind, id)
        return any((folder / f"{revision:08d}.{suffix}").is_file() for suffix in ("json", "gone"))

    def sidecars(self) -> Iterator[tuple[str, str, int, bytes | None]]:
        """kind, id, highest revision and its data (None: deleted) of every record that has a sidecar."""
        for kind in _folders(self._folder / SIDECARS):
            for folder in _folders(kind):
                revisions = [path for path in folder.iterdir() if path.stem.isdecimal()]
                if revisions:
                    newest = max(revisions)
                    data = None if newest.suffix == ".gone" else newest.read_bytes()
                    id = (folder / WHOLE_ID).read_text("utf-8") if "~" in folder.name else unquote(folder.name)
                    yield unquote(kind.name), id, int(newest.stem), data

    def _sidecars(self, kind: str, id: str) -> Path:
        return self._folder / SIDECARS / quoted(kind) / quoted(id)

    # --- writing

    def free_bytes(self) -> int:
        """Free bytes on the disk the store lies on. Raises Unavailable."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return shutil.disk_usage(self._folder).free
        except OSError as error:
            raise _unavailable(error) from error

    def _write(self, target: Path, data: bytes) -> None:
        with self._draft() as (draft, path):
            draft.write(data)
            self._publish(draft, path, target)

    @contextmanager
    def _draft(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A new file in `.parts/`, gone at the end unless it was published."""
        path = self._folder / PARTS / f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            self._prepare()
            with path.open("xb") as file:
                try:
                    yield file, path
                finally:
                    with suppress(FileNotFoundError):
                        path.unlink()
        except OSError as error:
            raise _unavailable(error) from error

    def _prepare(self) -> None:
        """Makes the folder of unfinished writes, and once in a while clears what killed writers left in it."""
        parts = self._folder / PARTS
        parts.mkdir(parents=True, exist_ok=True)
        now = time.monotonic()
        if now > self._next_clearing:
            self._next_clearing = now + LEFTOVER_SECONDS
            _remove_leftovers(parts)

    def _publish(self, draft: BinaryIO, path: Path, target: Path) -> None:
        draft.flush()
        os.fsync(draft.fileno())
        try:
            path.rename(target)
        except FileNotFoundError:
            _make_folders(target.parent)
            path.rename(target)
        _sync_folder(target.parent)


def quoted(id: str) -> str:
    """`id` as one file name: letters (Chinese too), digits and `-_.,+=@` stand as they are, the rest is
    percent-encoded. One too long for a file name keeps its beginning and goes by its hash, after a `~`."""
    name = "".join(c if _stands(c, at) else "".join(f"%{b:02X}" for b in c.encode()) for at, c in enumerate(id))
    if len(name.encode()) <= ID_BYTES:
        return name
    head = name.encode()[: ID_BYTES - 34].decode("utf-8", "ignore")
    return f"{head}~{hashlib.sha256(id.encode()).hexdigest()[:32]}"


def _stands(letter: str, at: int) -> bool:
    return letter.isalnum() or letter in "-_,+=@" or (letter == "." and at > 0)


def _copy(source: BinaryIO, target: BinaryIO, limit: int) -> tuple[str, int]:
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


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def _remove_leftovers(parts: Path) -> None:
    oldest = time.time() - LEFTOVER_SECONDS
    for path in parts.iterdir():
        with suppress(FileNotFoundError):  # another process may clear too
            if path.stat().st_mtime < oldest:
                path.unlink()


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.is_dir())


def _unavailable(error: OSError) -> Unavailable:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("store_full")
    return Unavailable(
        "store_unavailable",
        reason=os.strerror(error.errno) if error.errno else str(error),
    )
