"""The process that opens files: `python -m ingest.decoder.child SOCKET PARENT`.

It loads the libraries once and then, for each order, forks a child that confines itself, does the work and ends; so
no file meets what another one left behind, and starting costs milliseconds. This process itself never opens a file's
bytes: it only waits, kills what takes too long, and says how it ended.

It ends when its socket closes or its parent dies.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from PIL import Image

from archive.errors import Unreadable
from ingest.decoder import opening
from ingest.decoder.confinement import confine
from ingest.decoder.messages import Ending, Order, Work, refusal, unpacked_order
from ingest.languages import han_pairs, latin_triples

LOOK_SECONDS = 2.0  # how often it looks whether its parent is alive
MOST_ORDER = 4096  # bytes
OUT_OF_MEMORY = 3  # exit code
BROKEN = 4
MEMORY_FILE = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
FORMATS = ("Jpeg2K", "Mpo", "Png", "Tiff", "WebP")  # Pillow would load all its forty for a TIFF
PRELOADED = ("pikepdf", "pypdf.filters", "_strptime", *(f"PIL.{name}ImagePlugin" for name in FORMATS))


@dataclass
class Spare:
    """The memory file for a repaired copy, kept while the same file is asked for."""

    of: tuple[int, ...] = ()
    file: int = -1

    def descriptor(self, file: int) -> int:
        status = os.fstat(file)
        same = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if self.file < 0 or self.of != same:
            self.close()
            self.of, self.file = same, os.memfd_create("repaired")
        return self.file

    def close(self) -> None:
        if self.file >= 0:
            os.close(self.file)
        self.file = -1


def serve(wire: socket.socket, parent: int) -> None:
    """Carries out orders until the other side closes or dies."""
    spare = Spare()
    while True:
        if not select.select([wire], [], [], LOOK_SECONDS)[0]:
            if os.getppid() != parent:
                return
            continue
        data, files, _, _ = socket.recv_fds(wire, MOST_ORDER, 1)
        if not data:
            return
        answers = [os.memfd_create(name, MEMORY_FILE) for name in ("answer", "pixels", "printed")]
        try:
            ending = _carried_out(unpacked_order(data), files[0], spare.descriptor(files[0]), answers, wire)
            if ending is None:
                return
            socket.send_fds(wire, [ending.encode()], answers)
        finally:
            for file in (*files, *answers):
                os.close(file)


def _carried_out(order: Order, file: int, spare: int, answers: list[int], wire: socket.socket) -> Ending | None:
    """How the work ended; None if nobody waits for it any more."""
    was_filled = os.fstat(spare).st_size > 0
    keeper = os.getpid()
    child = os.fork()
    if not child:
        _work(order, file, spare, answers, keeper, wire)
    ending = _waited(child, order.seconds, wire)
    if ending is not Ending.DONE and not was_filled:
        os.ftruncate(spare, 0)  # half a repaired copy
    return ending


def _waited(child: int, seconds: float, wire: socket.socket) -> Ending | None:
    handle = os.pidfd_open(child)
    wait = select.poll()
    wait.register(handle, select.POLLIN)
    wait.register(wire, select.POLLHUP)
    try:
        happened = dict(wait.poll(seconds * 1000))
        if handle not in happened:
            _kill(child)
        status = os.waitpid(child, 0)[1]
    finally:
        os.close(handle)
    if not happened:
        return Ending.TIME
    return _ending(status) if handle in happened else None


def _kill(child: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)


def _ending(status: int) -> Ending:
    if os.WIFEXITED(status):
        code = os.WEXITSTATUS(status)
        return Ending.DONE if code == 0 else Ending.MEMORY if code == OUT_OF_MEMORY else Ending.KILLED
    killer = os.WTERMSIG(status)
    if killer == signal.SIGXCPU:
        return Ending.TIME
    # PDFium aborts where it gets no memory; SIGKILL is the system's when memory runs out.
    return Ending.MEMORY if killer in (signal.SIGABRT, signal.SIGKILL, signal.SIGTRAP) else Ending.KILLED


# --- in the forked child


def _work(order: Order, file: int, spare: int, answers: list[int], keeper: int, wire: socket.socket) -> None:
    """Does the work and ends this process."""
    code = BROKEN
    try:
        wire.close()  # a hostile file must not answer on it
        answer, pixels, printed = answers
        os.dup2(printed, 2)
        confine(keeper, order.memory, order.seconds, _largest(order, file))
        code = _answered(order, Path(f"/proc/self/fd/{file}"), spare, answer, pixels)
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException as error:  # noqa: BLE001 - this process ends here whatever happened
        with suppress(BaseException):
            os.write(2, repr(error).encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _answered(order: Order, path: Path, spare: int, answer: int, pixels: int) -> int:
    try:
        values, raster = opening.do(order, path, spare)
        if raster is not None:
            for strip in raster.strips():
                _write(pixels, strip)
    except Unreadable as reason:
        values = refusal(reason)
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:  # noqa: BLE001 - the libraries raise anything
        os.write(2, repr(error).encode("utf-8", "replace"))
        key = "file_damaged" if order.work in (Work.EXAMINE, Work.STRUCTURE) else "page_damaged"
        values = refusal(Unreadable(key, page=order.number))
    _write(answer, json.dumps(values).encode())
    return 0


def _write(file: int, data: bytes | memoryview) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _largest(order: Order, file: int) -> int:
    """The largest thing an order may write: a page's pixels, or a repaired copy."""
    limits = order.limits
    pixels = max(limits.megapixels * 3, limits.megapixels_bilevel, limits.vector_megapixels * 3) * 1_000_000
    return max(pixels, os.fstat(file).st_size * 2)


def load() -> None:
    """Loads before the first fork, not after each, what the libraries would load when they first open a file."""
    for module in PRELOADED:
        import_module(module)
    Image.preinit()
    latin_triples()
    han_pairs()


def main(socket_number: str, parent: str) -> None:
    wire = socket.socket(fileno=int(socket_number))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which closes the socket in its own time
    load()
    gc.collect()
    gc.freeze()  # so that the forked children share this memory
    serve(wire, int(parent))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
