"""What a worker logs and counts of its tasks: each line says which task it is about, each task how long it took."""

from __future__ import annotations

import time
from typing import Any

from celery import signals

from archive import logs, measures, metrics
from archive.config import Settings

_begun: dict[str, float] = {}  # by the task's id: when; one at a time in a process


def begin(settings: Settings) -> None:
    """To be called in the worker's own process, before it forks others. Shows the figures once the worker is ready."""
    logs.begin(settings)
    metrics.begin()
    signals.worker_ready.connect(lambda **_: metrics.serve(settings), weak=False)
    signals.task_prerun.connect(_begin_task, weak=False)
    signals.task_postrun.connect(_end_task, weak=False)


def _begin_task(task_id: str = "", task: Any = None, **_: Any) -> None:
    _begun[task_id] = time.perf_counter()
    logs.about(task=task.name, task_id=task_id)


def _end_task(task_id: str = "", task: Any = None, state: str | None = None, **_: Any) -> None:
    begun = _begun.pop(task_id, time.perf_counter())
    measures.tell("task", time.perf_counter() - begun, task=task.name, outcome=(state or "unknown").lower())
    logs.about()
