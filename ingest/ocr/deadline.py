"""When the reading of a page is given up. Asked between two steps: a network's run cannot be ended in its middle."""

from __future__ import annotations

import math
import time

from archive.errors import Unreadable


class Deadline:
    """So many seconds from now."""

    def __init__(self, seconds: float = math.inf) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Raises Unreadable("ocr_too_slow") where the time is over."""
        if time.monotonic() > self._end:
            raise Unreadable("ocr_too_slow", seconds=math.ceil(self._seconds))


NEVER = Deadline()
