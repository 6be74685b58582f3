"""What a PDF says of itself, as the child that opens it tells it. Loads no library that opens one."""

from __future__ import annotations

from dataclasses import dataclass

from archive.ports import Bookmark


@dataclass(frozen=True, slots=True)
class Structure:
    """What a PDF says of itself beside its pages."""

    title: str = ""
    created: str = ""
    bookmarks: tuple[Bookmark, ...] = ()
