"""Which kinds a search sees as they are now, so that the lists of one screen ask the cluster once to look again."""

from __future__ import annotations

import threading
import time
from collections import Counter

YOUNG = 0.1  # seconds for which what others write may be missing from a list; one's own writes never are


class Views:
    """What this process wrote of each kind, and when the cluster last looked again. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writes: Counter[str] = Counter()
        self._looked: dict[str, tuple[float, int]] = {}

    def wrote(self, kind: str) -> None:
        """A write was acknowledged."""
        with self._lock:
            self._writes[kind] += 1

    def is_young(self, kind: str) -> bool:
        """Whether a search sees everything this process wrote, and all but the last moment of what others did."""
        with self._lock:
            at, writes = self._looked.get(kind, (0.0, -1))
            return writes == self._writes[kind] and time.monotonic() - at < YOUNG

    def begin(self, kind: str) -> tuple[float, int]:
        """To be given to `end` when the cluster, asked from now on, has looked again."""
        with self._lock:
            return time.monotonic(), self._writes[kind]

    def end(self, kind: str, begun: tuple[float, int]) -> None:
        """The cluster has looked again."""
        with self._lock:
            if begun > self._looked.get(kind, (0.0, -1)):
                self._looked[kind] = begun
