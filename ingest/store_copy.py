"""Copying a scan store that lies in a folder to another folder, also while it is in use, and only what is not there.

Files are compared with their hash on the way. What changes under its name (`pages/`) is copied before what it speaks
of, so that the copy never speaks of something it has not.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from ingest.store_names import FILES, PARTS, SIDECARS, WHOLE_ID

PAGES = "pages"
BLOCK = 1024**2
Wanted = Callable[[str, str, int], bool]  # kind, id, revision of a sidecar


@dataclass(slots=True)
class Copied:
    """`new` files of `files`, their bytes; `damaged`: files whose bytes do not fit their name, not copied."""

    files: int = 0
    new: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)


def copy_store(source: Path, target: Path, wanted: Wanted, progress: Callable[[int], None]) -> Copied:
    """Copies what `target` has not. Of the sidecars only the `wanted` ones: the others belong to a later moment.
    `progress` is told how many files were looked at. Raises OSError."""
    made = Copied()
    for name in _names(source, wanted):
        made.files += 1
        progress(made.files)
        if not _is_there(source / name, target / name):
            _copy(source, target, name, made)
    return made


def _names(source: Path, wanted: Wanted) -> Iterator[str]:
    """Relative names, in the order of copying."""
    tops = (
        sorted(path.name for path in source.iterdir() if path.is_dir() and path.name != PARTS)
        if source.is_dir()
        else []
    )
    for top in sorted(tops, key=lambda name: name not in (PAGES, SIDECARS)):
        if top == SIDECARS:
            yield from _sidecars(source, wanted)
        else:
            yield from (str(Path(path).relative_to(source)) for path in _files(source / top))


def _files(folder: Path) -> Iterator[str]:
    for at, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(at, name) for name in sorted(names))


def _sidecars(source: Path, wanted: Wanted) -> Iterator[str]:
    for kind in sorted((source / SIDECARS).iterdir()):
        for folder in sorted(kind.iterdir()):
            paths = sorted(folder.iterdir())
            whole = folder / WHOLE_ID
            id = whole.read_text("utf-8") if whole in paths else unquote(folder.name)
            kept = [p for p in paths if p.stem.isdecimal() and wanted(unquote(kind.name), id, int(p.stem))]
            if kept and whole in paths:
                kept.append(whole)
            yield from (str(path.relative_to(source)) for path in kept)


def _is_there(path: Path, copy: Path) -> bool:
    """Whether the same file lies there: by size, and for what may change by its time too."""
    try:
        ours, theirs = path.stat(), copy.stat()
    except FileNotFoundError:
        return False
    same_time = ours.st_mtime_ns // 10**9 == theirs.st_mtime_ns // 10**9
    return ours.st_size == theirs.st_size and (same_time or PAGES not in path.parts)


def _copy(source: Path, target: Path, name: str, made: Copied) -> None:
    path, copy = source / name, target / name
    draft = target / PARTS / "copy"
    copy.parent.mkdir(parents=True, exist_ok=True)
    draft.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as read, draft.open("wb") as written:
            while block := read.read(BLOCK):
                digest.update(block)
                written.write(block)
            status = os.fstat(read.fileno())
    except FileNotFoundError:  # it was replaced while we looked
        return
    if name.startswith(f"{FILES}/") and digest.hexdigest() != path.name:
        draft.unlink()
        made.damaged.append(path.name)
        return
    os.utime(draft, ns=(status.st_atime_ns, status.st_mtime_ns))
    os.chmod(draft, status.st_mode & 0o777)
    os.replace(draft, copy)
    made.new += 1
    made.bytes += status.st_size
