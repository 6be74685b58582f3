"""The archive's own broker, for tests of what is sent over it."""

from __future__ import annotations

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


def start_again(settings: Settings, running: Supervisor) -> None:
    """Waits until the broker, which was killed, is back."""
    end = time.monotonic() + 20
    while running.pid("broker") is None:
        running.look()
        assert time.monotonic() < end
        time.sleep(0.05)
    wait_for(settings)


def wait_until_dead(running: Supervisor, pid: int) -> None:
    end = time.monotonic() + 20
    while running.pid("broker") == pid:
        assert time.monotonic() < end
        time.sleep(0.02)
