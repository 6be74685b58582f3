"""The numbers of writes on a cluster."""

from __future__ import annotations

import threading
import time

SETTLED = 120.0  # seconds after which a write with an older number cannot become visible any more


class Numbers:
    """Microseconds of this machine's clock, each larger than the one before. The clocks of all machines that write
    have to agree within `SETTLED`, less the longest time a write takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, after: int = 0) -> int:
        """The next number, larger than `after` too."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1000, after + 1)
            return self._last


def settled(seq: int) -> int:
    """The number up to which everything is visible for one who has seen `seq`."""
    return min(seq, time.time_ns() // 1000 - int(SETTLED * 1_000_000))
