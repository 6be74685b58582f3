"""Turns: how much of a document one task reads before the others have theirs."""

from __future__ import annotations

import time

from archive.services.intake import BATCH
from workers import stopping

STRETCH = 25.0  # seconds after which a turn ends early: with the slowest page still within a task's time


class Turn:
    """A few pages, as long as they are not slow ones and the worker is not being stopped. Asked before each page."""

    def __init__(self) -> None:
        self._pages = BATCH
        self._end = time.monotonic() + STRETCH

    def goes_on(self) -> bool:
        self._pages -= 1
        return self._pages >= 0 and time.monotonic() < self._end and not stopping.is_announced()
