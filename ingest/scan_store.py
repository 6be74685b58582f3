"""The scan store, chosen by the settings; and the one on a folder of this machine: files under the hash of their
bytes, what was read from them, sidecars of records.

A reader sees all of what is written or nothing (`ingest.drafts`); the names are those of `ingest.store_names`. Nothing
here knows what the files hold, and nothing is ever decided by what stands in a sidecar.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from archive.config import Settings
from archive.errors import InvalidInput, NotFound
from archive.ports import ScanStore, StoredFile
from ingest import drafts
from ingest.drafts import Drafts
from ingest.store_names import PARTS, SIDECARS, WHOLE_ID, derived_name, file_name, sidecar_folder, sidecar_names


def open_store(settings: Settings) -> ScanStore:
    """The scan store of these settings: in the data folder, in another folder, or in a bucket. Asks nobody yet.
    Raises InvalidInput for an address that is none, and for a key file that cannot be used."""
    address = urlsplit(settings.store)
    if not settings.store:
        return LocalScanStore(settings.data / "store")
    if address.scheme == "s3" and address.netloc:
        from ingest.object_store import open_object_store  # its libraries take a second to load

        return open_object_store(settings)
    if address.scheme in ("", "file") and not address.netloc and address.path.startswith("/"):
        return LocalScanStore(Path(unquote(address.path) if address.scheme else settings.store))
    raise InvalidInput("store_no_address", field="store", value=settings.store)


class LocalScanStore:
    """A scan store in the folder `folder`, which is made at the first write. Safe for many processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts = Drafts(folder / PARTS)

    # --- files

    def put_file(self, source: BinaryIO, *, limit: int) -> StoredFile:
        """Copies and hashes `source` from where it stands. A file that was there is checked, and made whole again if
        it was damaged. Raises InvalidInput("file_too_large"), InvalidInput("file_empty"), Unavailable."""
        with self._drafts.draft() as (draft, path):
            digest, size = drafts.copy_hashed(source, draft, limit)
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
        return self._folder / file_name(sha256)

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
            raise drafts.unavailable(error) from error

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
        return self._folder / derived_name(name)

    # --- sidecars

    def put_sidecar(self, kind: str, id: str, revision: int, data: bytes | None) -> None:
        """One file a revision; None marks a deletion. Writing the same again changes nothing. Raises Unavailable."""
        if self.has_sidecar(kind, id, revision):
            return
        folder = self._sidecars(kind, id)
        if "~" in folder.name and not (folder / WHOLE_ID).exists():
            self._write(folder / WHOLE_ID, id.encode())
        self._write(folder / sidecar_names(revision)[data is None], data or b"")

    def has_sidecar(self, kind: str, id: str, revision: int) -> bool:
        folder = self._sidecars(kind, id)
        return any((folder / name).is_file() for name in sidecar_names(revision))

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
        return self._folder / sidecar_folder(kind, id)

    # --- writing

    def free_bytes(self) -> int:
        """Free bytes on the disk the store lies on. Raises Unavailable."""
        return drafts.free_bytes(self._folder)

    def _write(self, target: Path, data: bytes) -> None:
        with self._drafts.draft() as (draft, path):
            draft.write(data)
            self._publish(draft, path, target)

    def _publish(self, draft: BinaryIO, path: Path, target: Path) -> None:
        drafts.publish(draft, path, target)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.is_dir())
