"""The watcher gives signs of life while its loop goes round, and is ended where they stay away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.config import Settings
from tests.engines.processes import free_ports
from workers import presence
from workers.queue import CeleryTaskQueue
from workers.supervisor import Supervisor
from workers.watcher import HANGING, TAKING, Signs


@pytest.fixture
def signs(settings: Settings, running: Supervisor) -> Iterator[Signs]:
    made = Signs(settings)
    yield made
    made.end()
    assert signal.alarm(0) == 0


def test_each_turn_puts_off_the_end_and_is_told(settings: Settings, signs: Signs) -> None:
    signal.alarm(5)
    signs()
    assert HANGING - 5 < signal.alarm(0) <= HANGING
    queue = CeleryTaskQueue(settings)
    (seen,) = queue.watchers()
    assert (seen.pid, seen.doing) == (os.getpid(), ())
    assert queue.workers() == []


def test_a_file_that_is_being_taken_has_more_time_and_is_told(settings: Settings, signs: Signs) -> None:
    with signs.taking():
        assert TAKING - 5 < signal.alarm(0) <= TAKING
        (seen,) = CeleryTaskQueue(settings).watchers()
        assert seen.doing == ("take",)
    assert HANGING - 5 < signal.alarm(0) <= HANGING
    assert CeleryTaskQueue(settings).watchers()[0].doing == ()


def test_signs_without_a_broker_stop_nothing(tmp_path: Path) -> None:
    alone = Signs(Settings(data=tmp_path))
    alone()
    assert signal.alarm(0) > 0
    alone.end()


@pytest.mark.timeout(120)
def test_the_process_shows_figures_and_is_gone_from_the_list_when_it_stops(
    settings: Settings, running: Supervisor
) -> None:
    port = free_ports(1)[0]
    queue = CeleryTaskQueue(settings)
    own = {"DOSSIER_DATA": str(settings.data), "DOSSIER_METRICS_PORT": str(port), "DOSSIER_WATCH_QUIET_SECONDS": "0.2"}
    process = subprocess.Popen([sys.executable, "-m", "workers.watcher"], env={**os.environ, **own})
    try:
        wait_until(queue.watchers)
        assert queue.watchers()[0].pid == process.pid
        assert "dossier_files_taken_total 0.0" in figures(port)
        (settings.inbox / "a.pdf").write_bytes(b"%PDF-1.7 a")
        wait_until(lambda: "dossier_files_taken_total 1.0" in figures(port))
        process.terminate()
        assert process.wait(30) == 0
        assert queue.watchers() == []
    finally:
        process.kill()


def test_a_killed_one_is_struck_off_by_the_schedule(settings: Settings, running: Supervisor) -> None:
    code = "import os; from workers import watcher as w; w.Signs(w.settings())(); os._exit(0)"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "DOSSIER_DATA": str(settings.data)}, check=True)
    assert len(CeleryTaskQueue(settings).watchers()) == 1
    assert presence.give_back_of_the_dead(settings) == 1
    assert CeleryTaskQueue(settings).watchers() == []


def figures(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode()).splitlines()


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)
