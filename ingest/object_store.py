"""The scan store on a server for objects (S3): the same names as on a disk, files read through copies on this machine.

A file is spooled and hashed before it is sent, so that its key is known, what is already there is not sent again, and
never more than a few parts of it are in memory. Nothing is acknowledged that the server does not have whole
(`ingest.bucket`). Page pictures carry the hash of what they show in their name and never change, so a copy of one is
good for ever; what else is derived may be replaced and is asked for each time.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from archive.config import Settings
from archive.errors import InvalidInput, NotFound, Unavailable
from archive.ports import StoredFile
from ingest import drafts
from ingest.bucket import Bucket, BucketAddress
from ingest.bucket_faults import ObjectMissingError
from ingest.local_copies import LocalCopies
from ingest.object_content import Content
from ingest.store_names import SIDECARS, WHOLE_ID, derived_name, file_name, sidecar_folder, sidecar_names

UNCHANGING = "images/"
READ_AT_ONCE = 16  # sidecars asked for while one is being handed out

Sidecar = tuple[str, str, int, bytes | None]


def open_object_store(settings: Settings) -> ObjectScanStore:
    """The store at `settings.store` (s3://bucket/folder), with its copies in the data folder. Raises InvalidInput."""
    where = urlsplit(settings.store)
    endpoint = urlsplit(settings.store_endpoint)
    if settings.store_endpoint and (endpoint.scheme not in ("http", "https") or not endpoint.netloc):
        raise InvalidInput("store_no_endpoint", field="store_endpoint", value=settings.store_endpoint)
    key, secret = _read_key(settings.store_key_file)
    address = BucketAddress(
        bucket=where.netloc,
        folder=unquote(where.path).strip("/"),
        endpoint=settings.store_endpoint.rstrip("/"),
        in_host=settings.store_bucket_in_host,
        key=key,
        secret=secret,
        seconds=settings.store_seconds,
    )
    return ObjectScanStore(Bucket(address), LocalCopies(settings.data / "fetched", settings.store_copies_bytes))


def _read_key(path: Path | None) -> tuple[str, str]:
    if path is None:
        return "", ""
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as reason:
        told = getattr(reason, "strerror", None) or str(reason)
        raise InvalidInput("secret_unreadable", field="store_key_file", file=str(path), reason=told) from reason
    if len(lines) != 2:
        raise InvalidInput("store_key_file", field="store_key_file", file=str(path))
    return lines[0], lines[1]


class ObjectScanStore:
    """A scan store in a bucket. Safe for many processes on many machines."""

    def __init__(self, bucket: Bucket, copies: LocalCopies) -> None:
        self._bucket = bucket
        self._copies = copies

    # --- files

    def put_file(self, source: BinaryIO, *, limit: int) -> StoredFile:
        """As the port says. What was there is compared by size and checksum, and made whole again if it was damaged.
        Raises InvalidInput("file_too_large"), InvalidInput("file_empty"), Unavailable."""
        with self._copies.draft() as (draft, path):
            digest, size = drafts.copy_hashed(source, draft, limit)
            draft.flush()
            name, content = file_name(digest), Content.of_file(draft, size, digest)
            known = self._bucket.holds(name, content)
            if not known:
                self._bucket.upload(name, content)
            self._copies.keep(name, draft, path)  # who took it in is likely to read it next
        return StoredFile(digest, size, known)

    @contextmanager
    def local_file(self, sha256: str) -> Iterator[Path]:
        """A copy on this machine, for reading only, checked by its hash when it was fetched. Raises NotFound,
        Unavailable."""
        name = file_name(sha256)

        def fetch(draft: BinaryIO) -> None:
            digest = hashlib.sha256()
            self._bucket.fetch(name, _both(digest.update, draft.write))
            if digest.hexdigest() != sha256:
                raise Unavailable("store_object_damaged", name=name)

        with self._fetched(name, fetch, NotFound("file_not_in_store", hash=sha256)) as path:
            yield path

    def has_file(self, sha256: str) -> bool:
        return self._bucket.look(file_name(sha256)) is not None

    # --- derived

    def put_derived(self, name: str, data: bytes) -> None:
        """Writes or replaces what is kept under `name`. Raises Unavailable."""
        self._bucket.put(derived_name(name), data)

    def get_derived(self, name: str) -> bytes:
        """Raises NotFound, Unavailable."""
        try:
            return self._bucket.read(derived_name(name))
        except ObjectMissingError:
            raise NotFound("not_in_store", name=name) from None

    def has_derived(self, name: str) -> bool:
        return self._bucket.look(derived_name(name)) is not None

    @contextmanager
    def local_derived(self, name: str) -> Iterator[Path]:
        """As `local_file`; what may be replaced is fetched anew each time. Raises NotFound, Unavailable."""
        missing = NotFound("not_in_store", name=name)

        def fetch(draft: BinaryIO) -> None:
            self._bucket.fetch(derived_name(name), draft.write)
            draft.flush()

        if name.startswith(UNCHANGING):
            with self._fetched(derived_name(name), fetch, missing) as path:
                yield path
            return
        with self._copies.draft() as (draft, path):
            try:
                fetch(draft)
            except ObjectMissingError:
                raise missing from None
            yield path

    @contextmanager
    def _fetched(self, name: str, fetch: Callable[[BinaryIO], None], missing: NotFound) -> Iterator[Path]:
        def size() -> int:
            facts = self._bucket.look(name)
            if facts is None:
                raise missing
            return facts.size

        def fetch_it(draft: BinaryIO) -> None:
            try:
                fetch(draft)
            except ObjectMissingError:  # removed between the two
                raise missing from None

        with self._copies.held(name, fetch_it, size) as path:
            yield path

    # --- sidecars

    def put_sidecar(self, kind: str, id: str, revision: int, data: bytes | None) -> None:
        """One object a revision; None marks a deletion. Writing the same again changes nothing. Raises Unavailable."""
        if self.has_sidecar(kind, id, revision):
            return
        folder = sidecar_folder(kind, id)
        if "~" in folder and self._bucket.look(f"{folder}/{WHOLE_ID}") is None:
            self._bucket.put(f"{folder}/{WHOLE_ID}", id.encode())
        self._bucket.put(f"{folder}/{sidecar_names(revision)[data is None]}", data or b"")

    def has_sidecar(self, kind: str, id: str, revision: int) -> bool:
        """One request, whatever the revision was."""
        return self._bucket.has_any(f"{sidecar_folder(kind, id)}/{revision:08d}.")

    def sidecars(self) -> Iterator[Sidecar]:
        """kind, id, highest revision and its data (None: deleted) of every record that has a sidecar. Names are
        listed by the thousand and read a few ahead, so memory stays small however many there are."""
        names = self._bucket.names(f"{SIDECARS}/")
        newest = (one for _, revisions in groupby(names, _folder_of) if (one := _newest(revisions)))
        waiting: deque[Future[Sidecar]] = deque()
        with ThreadPoolExecutor(READ_AT_ONCE, thread_name_prefix="sidecars") as pool:
            try:
                for name in newest:
                    waiting.append(pool.submit(self._sidecar, name))
                    if len(waiting) >= READ_AT_ONCE:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _sidecar(self, name: str) -> Sidecar:
        _, kind, quoted_id, file = name.split("/")
        revision, _, suffix = file.partition(".")
        try:
            data = None if suffix == "gone" else self._bucket.read(name)
            whole = self._bucket.read(f"{_folder_of(name)}/{WHOLE_ID}").decode() if "~" in quoted_id else None
        except ObjectMissingError as reason:  # listed a moment ago
            raise NotFound("not_in_store", name=name) from reason
        return unquote(kind), whole or unquote(quoted_id), int(revision), data

    # --- room

    def free_bytes(self) -> int:
        """Free bytes on this machine's disk under the copies, through which every file goes: that of the server
        cannot be asked for. Raises Unavailable."""
        return drafts.free_bytes(self._copies.folder)


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


def _newest(revisions: Iterator[str]) -> str:
    """The name of the highest revision; empty where there is none."""
    return max((name for name in revisions if name.rpartition("/")[2].partition(".")[0].isdecimal()), default="")


def _both(first: Callable[[bytes], object], second: Callable[[bytes], object]) -> Callable[[bytes], None]:
    def take(chunk: bytes) -> None:
        first(chunk)
        second(chunk)

    return take
