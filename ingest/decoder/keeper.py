"""Keeps the child process that opens files: starts it, gives it orders one at a time, starts it anew where it died."""

from __future__ import annotations

import errno
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.errors import NotFound, Unavailable, Unreadable
from archive.ports import Pixels
from ingest.decoder import messages
from ingest.decoder.messages import Ending, Order, PageAnswer

ROOT = Path(__file__).parents[2]  # where the packages lie
GRACE = 15.0  # seconds a child may need beyond its order, to start or to be reaped on a busy machine
ANSWERS = 3  # files: answer, pixels, what was printed

log = logging.getLogger(__name__)


@dataclass
class Outcome:
    """How an order ended and the memory files with the answer; to be closed."""

    ending: Ending
    files: list[int] = field(default_factory=list)

    def answer(self) -> bytes:
        return messages.whole(self.files[0], messages.MOST_JSON)

    def pixels(self, page: PageAnswer, most: int) -> Pixels:
        """Raises ValueError where they are not what `page` says."""
        return messages.pixels(page, self.files[1], most)

    def printed(self) -> str:
        """The end of what the libraries printed, for the log."""
        size = os.fstat(self.files[2]).st_size
        start = max(0, size - messages.MOST_PRINTED)
        return os.pread(self.files[2], messages.MOST_PRINTED, start).decode("utf-8", "replace")

    def close(self) -> None:
        while self.files:
            os.close(self.files.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Keeper:
    """One child process. Only for the process that made it; its threads take turns."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._wire: socket.socket | None = None

    def outcome(self, order: Order, path: Path) -> Outcome:
        """Has `order` carried out on the file at `path`. Raises Unavailable, NotFound, Unreadable."""
        file = _opened(path)
        try:
            with self._turn:
                return self._asked(order, file) or self._asked(order, file) or self._no_answer()
        finally:
            os.close(file)

    def _asked(self, order: Order, file: int) -> Outcome | None:
        """The outcome; None where the child itself died or does not answer, and was put away."""
        try:
            wire = self._started()
            wire.settimeout(order.seconds + GRACE)
            socket.send_fds(wire, [order.packed()], [file])
            data, files, _, _ = socket.recv_fds(wire, 64, ANSWERS)
        except OSError as error:
            log.warning("the process that opens files failed: %r", error)
            self._end()
            return None
        outcome = Outcome(Ending(data.decode()) if data else Ending.KILLED, files)
        if len(files) == ANSWERS and data:
            return outcome
        outcome.close()
        self._end()
        return None

    def _no_answer(self) -> Outcome:
        raise Unavailable("reader_unavailable")

    def _started(self) -> socket.socket:
        if self._child is not None and self._wire is not None and self._child.poll() is None:
            return self._wire
        self._end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "ingest.decoder.child", str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
        self._wire = ours
        return ours

    def close(self) -> None:
        """Ends the child."""
        with self._turn:
            self._end()

    def _end(self) -> None:
        if self._wire is not None:
            self._wire.close()
        if self._child is not None:
            self._child.kill()  # what it started dies with it
            self._child.wait()
        self._child = self._wire = None

    def forget(self) -> None:
        """Lets go of a child that belongs to the process this one was forked from."""
        if self._wire is not None:
            self._wire.close()
        if self._child is not None:
            self._child.returncode = 0  # not ours to wait for
        self._child = self._wire = None


def _opened(path: Path) -> int:
    """A descriptor of the regular file at `path`. Raises Unreadable for links, pipes and devices."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise NotFound("file_missing", name=path.name) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable("file_not_regular", name=path.name) from None
        raise Unavailable("store_unavailable", reason=os.strerror(error.errno or 0)) from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Unreadable("file_not_regular", name=path.name)
    return file


def _environment() -> dict[str, str]:
    """Nothing of ours but what it takes to start: a file that takes the child over shall find no secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # threads would not survive the forks
    # Each page is opened in fresh memory: in large pieces of it the kernel gives them out in a fifth less time.
    large_pieces = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    return kept | one_thread | large_pieces | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "PYTHONSAFEPATH": "1"}
