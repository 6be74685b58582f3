"""Turns: how much of a document one task reads before the others have theirs."""

from __future__ import annotations

import time
from collections.abc import Sequence

from archive.errors import Conflict, NotFound
from archive.ports import Ports
from archive.services import intake
from workers import stopping

STRETCH = 25.0  # seconds after which a turn ends early: with the slowest page still within a task's time


class Turn:
    """A few pages, as long as they are not slow ones and the worker is not being stopped. Asked before each page."""

    def __init__(self) -> None:
        self._pages = intake.BATCH
        self._end = time.monotonic() + STRETCH

    def goes_on(self) -> bool:
        self._pages -= 1
        return self._pages >= 0 and time.monotonic() < self._end and not stopping.is_announced()


def read_turn(
    ports: Ports, document: str, numbers: Sequence[int], priority: int, rest: Sequence[tuple[str, Sequence[int]]]
) -> None:
    """Reads a few pages and sends what is left of the strand to the end of the queue, as urgent as it was."""
    try:
        left = intake.read_pages(ports, document, numbers, go_on=Turn().goes_on)
    except (NotFound, Conflict):  # deleted, or done by somebody else; the other documents of its file are not
        left = []
    if left:
        ports.queue.read(document, left, priority=priority, rest=rest)
    elif rest:
        (following, its_pages), *others = rest
        ports.queue.read(following, its_pages, priority=priority, rest=others)
