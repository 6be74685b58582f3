"""The queue's messages over the archive's own broker, with nobody to take them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.config import Settings
from workers import broker
from workers.queue import CeleryTaskQueue
from workers.supervisor import Part, Supervisor


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def running(settings: Settings) -> Iterator[Supervisor]:
    """The broker, until the test is over."""
    supervisor = Supervisor(settings.data / "logs", lambda name, status: None)
    supervisor.start(Part("broker", lambda: broker.command(settings)))
    wait_for(settings)
    yield supervisor
    supervisor.stop()
    broker.remove_socket(settings)


def wait_for(settings: Settings, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while CeleryTaskQueue(settings).depth() is None:
        assert time.monotonic() < end, "the broker does not answer"
        time.sleep(0.02)


def test_messages_of_every_priority_are_counted(settings: Settings, running: Supervisor) -> None:
    queue = CeleryTaskQueue(settings)
    assert queue.depth() == 0
    for priority in range(10):
        queue.split("job", priority=priority)
    queue.read("document", [1, 2])
    queue.finish("document")
    queue.reread("document", 3)
    assert queue.depth() == 13


def test_without_a_broker_nothing_is_known_and_sending_harms_nobody(settings: Settings) -> None:
    queue = CeleryTaskQueue(settings)
    begun = time.monotonic()
    for _ in range(100):
        queue.read("document", [1])
    assert queue.depth() is None
    assert time.monotonic() - begun < 5


def test_messages_are_there_when_a_killed_broker_is_back(settings: Settings, running: Supervisor) -> None:
    queue = CeleryTaskQueue(settings)
    queue.split("job")
    time.sleep(1.2)  # it writes to the disk once a second
    pid = running.pid("broker")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while running.pid("broker") in (None, pid):
        running.look()
        assert time.monotonic() < end
        time.sleep(0.05)
    wait_for(settings)
    assert CeleryTaskQueue(settings).depth() == 1


def test_a_start_after_a_stop_begins_with_an_empty_queue(settings: Settings, running: Supervisor) -> None:
    CeleryTaskQueue(settings).split("job")
    running.stop()
    broker.empty(settings)
    running.start(Part("broker", lambda: broker.command(settings)))
    wait_for(settings)
    assert CeleryTaskQueue(settings).depth() == 0


def test_the_socket_is_for_the_owner_alone(settings: Settings, running: Supervisor) -> None:
    path = broker.socket_path(settings)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_path_too_long_for_a_socket_gets_a_short_one_that_others_find(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / ("long-name-" * 12))
    placed = broker.place_socket(settings)
    assert len(os.fsencode(placed)) <= broker.LONGEST_SOCKET_PATH
    assert broker.socket_path(settings) == placed
    assert broker.place_socket(settings) == placed
    assert placed.parent.stat().st_mode & 0o077 == 0
    broker.remove_socket(settings)
    assert not placed.parent.exists()


def test_the_wheel_brings_a_server_that_runs(settings: Settings) -> None:
    server = broker.command(settings)[0]
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=True)
    assert "erver v=" in told.stdout
