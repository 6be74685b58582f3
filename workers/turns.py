"""Turns: how much of a document one task reads before the others have theirs."""

from __future__ import annotations

import time
from collections.abc import Sequence

from archive.errors import Conflict, NotFound
from archive.ports import Ports
from archive.services import intake
from workers import stopping

STRETCH = 0.25  # seconds after which no further page is begun: one that is read by OCR, several that have their text


class Turn:
    """One page at least, and others until its time is over; none where the worker is being stopped. Asked before each
    page."""

    def __init__(self) -> None:
        self._end: float | None = None

    def goes_on(self) -> bool:
        now = time.monotonic()
        if self._end is None:
            self._end = now + STRETCH
            return not stopping.is_announced()
        return now < self._end and not stopping.is_announced()


def read_turn(
    ports: Ports, document: str, numbers: Sequence[int], priority: int, rest: Sequence[tuple[str, Sequence[int]]]
) -> None:
    """Reads for a turn and sends what is left of the strand to the end of the queue, as urgent as it was."""
    try:
        left = intake.read_pages(ports, document, numbers, go_on=Turn().goes_on)
    except (NotFound, Conflict):  # deleted, or done by somebody else; the other documents of its file are not
        left = []
    if left:
        ports.queue.read(document, left, priority=priority, rest=rest)
    elif rest:
        (following, its_pages), *others = rest
        ports.queue.read(following, its_pages, priority=priority, rest=others)
