"""`dossier up` with a worker that notes what each of its tasks took, for `bench.workers`.

    python -m bench.watched up         as `dossier up`, but its worker is the one below
    python -m bench.watched worker     as `python -m workers`

The notes go into the file that BENCH_NOTES names, a line of JSON a task. The product knows nothing of being watched:
its own functions are wrapped here, before the worker forks its processes.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from celery import signals

from archive.commands import up

NOTES = "BENCH_NOTES"
OCR, OPENING, PICTURE, RECORD, FINISHING = "ocr", "opening", "picture", "record", "finishing"

_taken: dict[str, list[float]] = {}  # in the task at hand, by step: seconds by the clock, of processor, calls
_begun: list[float] = []


def watch(owner: Any, name: str, step: str) -> None:
    """Adds up what the function `name` of a class or module takes, as `step`."""
    plain: Callable[..., Any] = getattr(owner, name)

    @wraps(plain)
    def watched(*given: Any, **named: Any) -> Any:
        clock, work = time.perf_counter(), time.process_time()
        try:
            return plain(*given, **named)
        finally:
            sums = _taken.setdefault(step, [0.0, 0.0, 0])
            sums[0] += time.perf_counter() - clock
            sums[1] += time.process_time() - work
            sums[2] += 1

    setattr(owner, name, watched)


def _begin(**_: Any) -> None:
    _taken.clear()
    _begun[:] = [time.monotonic(), time.process_time()]


def _end(task: Any = None, **_: Any) -> None:
    note = {
        "task": task.name,
        "process": os.getpid(),
        "begun": _begun[0],
        "ended": time.monotonic(),
        "cpu": time.process_time() - _begun[1],
        "steps": _taken,
    }
    with Path(os.environ[NOTES]).open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(note) + "\n")


def worker() -> int:
    """The worker, watched."""
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"  # as the worker itself does, before libraries are loaded that read it
    from archive.services import filing, intake
    from ingest.decoder import SubprocessDecoder
    from ingest.ocr.rapid import RapidOcrEngine
    from ingest.page_images import LocalPageImages
    from workers.__main__ import main

    signals.task_prerun.connect(_begin, weak=False)
    signals.task_postrun.connect(_end, weak=False)
    watch(RapidOcrEngine, "read", OCR)
    watch(SubprocessDecoder, "page", OPENING)
    watch(LocalPageImages, "write", PICTURE)
    watch(filing, "write_page", RECORD)
    watch(intake, "finish", FINISHING)
    return main()


def main() -> int:
    """One of the two, by the first argument."""
    if sys.argv[1:2] == ["worker"]:
        del sys.argv[1]
        return worker()
    plain = up._python
    up._python = lambda name, module, **named: plain(
        name, ["bench.watched", "worker"] if name == "worker" else module, **named
    )
    from archive.cli import main as dossier

    dossier()
    return 0


if __name__ == "__main__":
    sys.exit(main())
