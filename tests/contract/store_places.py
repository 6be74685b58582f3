"""Where the scan stores under test keep things: a folder, a folder of a bucket. Tests look there behind the store's
back, from other processes too."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from archive.ports import ScanStore
from ingest.scan_store import LocalScanStore
from ingest.store_names import file_name
from tests import object_server


class Place(Protocol):
    """One store's place, below a temporary folder that is given."""

    def open(self) -> ScanStore:
        """The store as another process, where there can be one another machine, would open it."""

    def kept(self) -> list[str]:
        """The names of everything there, half or whole."""

    def damage(self, sha256: str, data: bytes) -> None:
        """Puts other bytes in the place of a file."""


@dataclass(frozen=True)
class Folder:
    below: Path

    def open(self) -> ScanStore:
        return LocalScanStore(self.below / "store")

    def kept(self) -> list[str]:
        return files_below(self.below / "store")

    def damage(self, sha256: str, data: bytes) -> None:
        path = self.below / "store" / file_name(sha256)
        path.chmod(0o600)
        path.write_bytes(data)


@dataclass(frozen=True)
class InBucket:
    below: Path

    @property
    def folder(self) -> str:
        return f"档案/{hashlib.sha256(str(self.below).encode()).hexdigest()[:16]}"

    def open(self) -> ScanStore:
        return object_server.store(self.below / "machines" / secrets.token_hex(4), self.folder)

    def kept(self) -> list[str]:
        drafts = [str(path) for path in self.below.rglob(".parts/*")]
        return object_server.objects(self.folder) + object_server.uploads(self.folder) + drafts

    def damage(self, sha256: str, data: bytes) -> None:
        key = f"{self.folder}/{file_name(sha256)}"
        object_server.client().put_object(Bucket=object_server.BUCKET, Key=key, Body=data)


PLACES: dict[str, type[Folder] | type[InBucket]] = {"folder": Folder, "s3": InBucket}


def files_below(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
