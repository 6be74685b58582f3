"""What happens in the archive, told to whoever counts it. Services tell; without a listener nothing is kept.

Knows no way of counting and no library for it: `archive.metrics` listens where a process shows its figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float, dict[str, str]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """From now on `listener` is called with the name of what happened, its amount, and what it was like."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(what: str, amount: float = 1.0, /, **like: str) -> None:
    """Something happened: names are those of `archive.metrics`. Values of `like` are keys and names of our own,
    never what a person typed or a page says."""
    for listener in _listeners:
        listener(what, amount, like)


@contextmanager
def timed(what: str, /, **like: str) -> Iterator[None]:
    """Tells how many seconds the block took, if it came to its end."""
    begun = time.perf_counter()
    yield
    tell(what, time.perf_counter() - begun, **like)
