"""A terminal for programs under test: what they show on it, as text."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ROWS, COLUMNS = 40, 120
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # colours and movements


class Terminal:
    """`line` is what a program is given as its standard output or error."""

    def __init__(self) -> None:
        self._shown = bytearray()
        self._screen, self.line = pty.openpty()
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """Everything shown so far, line upon line, also what was drawn over."""
        return CONTROLS.sub("", self._shown.decode("utf-8", "replace")).replace("\r", "\n")

    def close(self) -> None:
        """To be called when the programs on it have ended; `text` is whole then."""
        os.close(self.line)
        self._reader.join(10)
        os.close(self._screen)

    def _read(self) -> None:
        try:
            while some := os.read(self._screen, 65536):
                self._shown += some
        except OSError:  # how Linux tells that nobody writes any more
            return


@contextmanager
def terminal() -> Iterator[Terminal]:
    """A terminal until the end of the block."""
    made = Terminal()
    try:
        yield made
    finally:
        made.close()
