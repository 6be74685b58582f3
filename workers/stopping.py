"""How the pool's processes learn that the worker is being stopped: a pipe that only the parent holds open.

A task asks between two pages, so that a stop waits for one page and not for the whole batch. A page that takes longer
than the stop waits is killed in the middle of its reading; `when_announced` is for what has to be done before that.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable

_reading_end, _end = os.pipe()
_writing_ends = [_end]


def announce() -> None:
    """Tells every process of the pool; for the parent."""
    _let_go()


def listen() -> None:
    """Gives up the writing end that came with the fork; for a process of the pool, when it begins."""
    _let_go()


def is_announced() -> bool:
    """Whether the parent has announced the stop, or is gone."""
    return bool(select.select([_reading_end], [], [], 0)[0])


def when_announced(work: Callable[[], object]) -> None:
    """Has `work` done as soon as the stop is announced, beside whatever this process is about then."""

    def wait() -> None:
        select.select([_reading_end], [], [])
        work()

    threading.Thread(target=wait, name="stopping", daemon=True).start()


def _let_go() -> None:
    while _writing_ends:  # closed once: the number may be another file's later
        os.close(_writing_ends.pop())
