"""The decoder's side that the archive sees: sends orders to the child process, checks what comes back, and tries a page
that was too heavy once more in simpler ways. Never opens a file's bytes itself.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from archive.config import Settings
from archive.errors import Unreadable
from archive.ports import Examined, OpenedPage
from ingest import sniffing
from ingest.blank import is_blank
from ingest.decoder import messages
from ingest.decoder.keeper import Keeper, Outcome
from ingest.decoder.messages import Ending, Order, Work
from ingest.images import Limits

MAKING = 1  # goes into a picture's hash: pages made in another way are other pictures
STRUCTURE_SECONDS = 20.0  # most time for bookmarks and properties; a file is fine without them
SIMPLER_SHARE = 1 / 3  # of a page's time, for each simpler way

log = logging.getLogger(__name__)


class SubprocessDecoder:
    """Opens files in a child process, one a process of ours, started at the first call and shared by its threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._limits = Limits(
            pages=settings.max_pages,
            megapixels=settings.max_megapixels,
            megapixels_bilevel=settings.max_megapixels_bilevel,
            vector_megapixels=settings.max_vector_megapixels,
            unpacked_bytes=settings.max_unpacked_bytes,
        )
        self._keepers: dict[int, Keeper] = {}  # by process: a forked one must not use its parent's

    def examine(self, path: Path, name: str = "") -> Examined:
        """What the file is; `name`, if given, is the name it came with, and only compared. Raises Unreadable,
        Unavailable."""
        with self._done(path, Work.EXAMINE, self._settings.file_seconds) as outcome:
            found = _found(outcome, name or path.name)
        if found.media_type == sniffing.PDF:
            found = self._with_structure(path, found)
        if sniffing.is_mislabelled(name, found.media_type):
            found = replace(found, warnings=("file_mislabelled", *found.warnings))
        return found

    def _with_structure(self, path: Path, found: Examined) -> Examined:
        """With title, date and bookmarks. A file whose structure takes too long is good without it. Raises Unreadable
        for one that would unpack to too much."""
        with self._done(path, Work.STRUCTURE, min(STRUCTURE_SECONDS, self._settings.file_seconds)) as outcome:
            try:
                structure, count = messages.structure(_answered(outcome))
            except Unreadable as reason:
                if reason.key == "file_unpacks_too_large":
                    raise
                structure, count = None, None
            except messages.BROKEN:
                structure, count = None, None
        if count not in (None, found.pages):
            found = _warned(found, "page_count_differs")
        if structure is None:
            return _warned(found, "structure_unread")
        marks = tuple(mark for mark in structure.bookmarks if 1 <= mark.page <= found.pages)
        return replace(found, title=structure.title, created=structure.created, bookmarks=marks)

    def page(self, path: Path, number: int) -> OpenedPage:
        """The page `number` (from 1). Raises Unreadable, Unavailable.

        One that is too heavy is tried again at low resolution, then for its text alone.
        """
        seconds = self._settings.page_seconds
        crashed = True
        for work, share in ((Work.PAGE, 1.0), (Work.COARSE_PAGE, SIMPLER_SHARE), (Work.TEXT_PAGE, SIMPLER_SHARE)):
            with self._done(path, work, seconds * share, number) as outcome:
                if outcome.ending is Ending.DONE:
                    return self._opened(outcome, number)
                crashed = crashed and outcome.ending is Ending.KILLED
        raise Unreadable("page_kills_reader" if crashed else "page_too_heavy", page=number)

    def _opened(self, outcome: Outcome, number: int) -> OpenedPage:
        limits = self._limits
        most = max(limits.megapixels * 3, limits.megapixels_bilevel, limits.vector_megapixels * 3) * 1_000_000
        try:
            page = messages.page(messages.answered(outcome.answer()))
            pixels = outcome.pixels(page, most)
        except messages.BROKEN as error:
            raise Unreadable("page_damaged", page=number) from error
        making = (MAKING, page.width, page.height, page.channels, page.dpi, page.drawing)
        digest = hashlib.sha256(repr(making).encode())
        digest.update(pixels.data)  # here, not in the child: a hostile file must not choose its picture's name
        blank = not page.warnings and is_blank(pixels)  # a page that may be damaged is not called blank
        return OpenedPage(pixels, digest.hexdigest(), page.layer, page.drawing, page.warnings, blank)

    def close(self) -> None:
        """Ends the child process of this process."""
        keeper = self._keepers.pop(os.getpid(), None)
        if keeper:
            keeper.close()

    def _done(self, path: Path, work: Work, seconds: float, number: int = 0) -> Outcome:
        order = Order(work, self._limits, seconds, self._settings.child_memory_bytes, number)
        outcome = self._keeper().outcome(order, path)
        if outcome.ending is not Ending.DONE:
            log.warning("%s %s: %s: %s", work.value, number or "", outcome.ending.value, outcome.printed())
        return outcome

    def _keeper(self) -> Keeper:
        here = os.getpid()
        for process in [process for process in self._keepers if process != here]:
            self._keepers.pop(process).forget()
        return self._keepers.setdefault(here, Keeper())


def _answered(outcome: Outcome) -> Mapping[str, object]:
    """Raises Unreadable, one of BROKEN."""
    if outcome.ending is not Ending.DONE:
        raise ValueError(outcome.ending)
    return messages.answered(outcome.answer())


def _found(outcome: Outcome, name: str) -> Examined:
    if outcome.ending is Ending.KILLED:
        raise Unreadable("file_kills_reader", name=name)
    if outcome.ending is not Ending.DONE:
        raise Unreadable("file_too_heavy")
    try:
        return messages.examined(messages.answered(outcome.answer()))
    except messages.BROKEN as error:
        raise Unreadable("file_damaged") from error


def _warned(found: Examined, warning: str) -> Examined:
    return replace(found, warnings=(*found.warnings, warning))
