"""A whole office on a temporary folder: the real store, decoder, index and engines, with a queue that does the work
at once in this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from archive.bootstrap import Application, build
from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.intake_job import Wish
from archive.ports import Ports
from archive.services import intake
from workers.queue import InProcessQueue

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"


@contextmanager
def opened(settings: Settings) -> Iterator[Ports]:
    """An archive whose queue does the work at once."""
    queue = InProcessQueue()
    application = build(settings, queue=queue)
    queue.work_on(application.ports)
    try:
        yield application.ports
    finally:
        application.close()


@dataclass
class Office:
    """An archive to work in. `take` brings one file in and waits until its pages are searchable."""

    application: Application
    folder: Path

    @property
    def ports(self) -> Ports:
        return self.application.ports

    def take(self, path: Path, wish: Wish = Wish()) -> intake.Received:
        with path.open("rb") as file:
            received = intake.receive(self.ports, SYSTEM, file, path.name, channel="command", batch="test", wish=wish)
        self.settle()
        return received

    def settle(self) -> None:
        """Until what was written is seen by searches."""
        self.ports.index.refresh(sys.maxsize, wait=20)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = Settings(data=tmp_path / "data")
    queue = InProcessQueue()
    application = build(settings, queue=queue)
    queue.work_on(application.ports)
    yield Office(application, tmp_path)
    application.close()


@dataclass(frozen=True)
class Sample:
    """A sample file and the truth about its pages."""

    path: Path
    truth: dict[str, list[dict[str, object]]]


def sample(number: str, first: str) -> Sample:
    """The sample file of the dossier `number` whose name begins with `first`."""
    (path,) = (SAMPLES / "dossiers").glob(f"*/{number} */{first}*")
    return Sample(path, json.loads((SAMPLES / "truth" / f"{number} {path.name}.json").read_text("utf-8")))
