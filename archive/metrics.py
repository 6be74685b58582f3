"""The figures of a process and of those it forks, in Prometheus's form. Each entrance that shows them begins it before
it forks; the figures of all its processes are summed in files of a temporary folder.

Figures say how much and how fast. No name of a person, dossier or file, no word of a page or a query is a label.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from archive import measures
from archive.config import Settings
from archive.ports import TaskQueue
from archive.version import VERSION

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library reads it when it is loaded
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)  # seconds: a person waits
LONG = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 320.0)  # seconds: a worker reads
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_folders: list[Path] = []
log = logging.getLogger(__name__)


def begin() -> None:
    """Counts from now on what this process and those it forks do. To be called once, before the first fork."""
    if _folders:
        return
    folder = Path(tempfile.mkdtemp(prefix="dossier-figures-"))
    _folders.append(folder)
    os.environ[FOLDER] = str(folder)
    measures.listen(_counted())


def end() -> None:
    """Clears the folder away; for the process that began it."""
    while _folders:
        shutil.rmtree(_folders.pop(), ignore_errors=True)


def forget_process(pid: int) -> None:
    """A process of ours has ended. What it counted stays counted."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


def text(queue: TaskQueue | None = None) -> bytes:
    """All figures; with the queue's as it stands now where it is given."""
    from prometheus_client import generate_latest

    return generate_latest(_registry(queue))


def serve(settings: Settings, queue: TaskQueue | None = None) -> None:
    """Shows the figures on the port of the settings, in a thread of its own; does nothing where none is named."""
    if not settings.metrics_port:
        return
    from prometheus_client import start_http_server

    try:
        start_http_server(settings.metrics_port, registry=_registry(queue))
    except OSError as reason:  # the work goes on without being looked at
        log.warning("no figures on port %s: %s", settings.metrics_port, reason)


def _registry(queue: TaskQueue | None) -> CollectorRegistry:
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if _folders:
        MultiProcessCollector(registry, path=str(_folders[0]))  # type: ignore[no-untyped-call]
    registry.register(_Standing(queue))
    return registry


def _counted() -> measures.Listener:
    """Keeps what is told in the library's counters and histograms."""
    from prometheus_client import Counter, Histogram

    pages = Counter("dossier_pages_read", "Pages read, well or not", ["outcome"])
    files = Counter("dossier_files_taken", "Files taken out of the watched folder")
    failures = Counter("dossier_failures", "What failed, by the key of its reason", ["what", "reason"])
    tasks = Counter("dossier_tasks", "Tasks ended by workers", ["task", "outcome"])
    task = Histogram("dossier_task_seconds", "Time a task took", ["task"], buckets=LONG)
    search = Histogram("dossier_search_seconds", "Time a search took, up to its result page", buckets=QUICK)
    requests = Histogram(
        "dossier_request_seconds", "Time to a request's answer", ["endpoint", "method", "status"], buckets=QUICK
    )

    def task_ended(seconds: float, like: dict[str, str]) -> None:
        tasks.labels(**like).inc()
        task.labels(like["task"]).observe(seconds)

    keepers: Mapping[str, Callable[[float, dict[str, str]], None]] = {
        "page": lambda number, like: pages.labels(**like).inc(number),
        "file": lambda number, _: files.inc(number),
        "failure": lambda number, like: failures.labels(**like).inc(number),
        "task": task_ended,
        "search": lambda seconds, _: search.observe(seconds),
        "request": lambda seconds, like: requests.labels(**like).observe(seconds),
    }
    return lambda what, amount, like: keepers[what](amount, like)


class _Standing:
    """What is asked for when the figures are: the queue, and which version this is."""

    def __init__(self, queue: TaskQueue | None) -> None:
        self._queue = queue

    def collect(self) -> Iterator[Metric]:
        """The figures of this moment; those of the queue are left out where it does not answer."""
        from prometheus_client.core import GaugeMetricFamily

        yield GaugeMetricFamily("dossier_up", f"Version {VERSION}", value=1)
        depths = self._queue.depths() if self._queue is not None else None
        if self._queue is None or depths is None:
            return
        waiting = GaugeMetricFamily("dossier_queue_messages", "Messages of the queue", labels=["queue"])
        for name, number in depths.items():
            waiting.add_metric([name], number)
        yield waiting
        yield GaugeMetricFamily("dossier_dead_letters", "Steps that failed", value=len(self._queue.dead_letters()))
        workers = self._queue.workers()
        yield GaugeMetricFamily("dossier_workers", "Workers that live", value=len(workers))
        processes = sum(worker.processes for worker in workers)
        yield GaugeMetricFamily("dossier_worker_processes", "Processes of these", value=processes)
