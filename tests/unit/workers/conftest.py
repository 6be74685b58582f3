"""The archive's own broker, for tests of what is sent over it."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.intake_job import IntakeJob, JobState
from archive.errors import Unreadable
from archive.ports import Examined, Ports
from archive.services import intake
from ingest.classification import SchemeClassifier
from tests.unit.services.conftest import HandClock, make_ports
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


class Illegible:
    """Opens files that have as many pages as their name says, none of which can be read: what counts is the order."""

    def examine(self, path: Path, name: str = "") -> Examined:
        return Examined("application/pdf", int(name.split(maxsplit=1)[0]))

    def page(self, path: Path, number: int) -> Any:
        raise Unreadable("page_kills_reader", page=number)

    def close(self) -> None: ...


@pytest.fixture
def ports(settings: Settings, running: Supervisor) -> Iterator[Ports]:
    made = replace(
        make_ports(settings.data, HandClock()),
        decoder=Illegible(),
        classifier=SchemeClassifier(),
        queue=CeleryTaskQueue(settings),
    )
    yield made
    made.index.close()


def bring(ports: Ports, pages: int, channel: str = "folder") -> str:
    file = io.BytesIO(f"{pages} {channel}".encode())
    return intake.receive(ports, SYSTEM, file, f"{pages} pages", channel=channel, batch="b").job.id


def is_done(ports: Ports, job: str) -> bool:
    return ports.index.get(IntakeJob, job).record.state == JobState.DONE
