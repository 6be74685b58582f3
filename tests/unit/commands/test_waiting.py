"""Waiting ends: where nobody works, where pages do not become searchable, where another process left its work; and what
came in until then is told."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from archive import cli
from archive.commands import instance, waiting
from archive.commands.opening import Opened
from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.intake_job import JobState
from archive.errors import Unavailable
from archive.ports import IndexHealth, Ports
from archive.services import intake
from tests.unit.services.conftest import HandClock
from tests.unit.services.reading import Scans, bring, job_of, reading_ports, states
from workers.queue import InProcessQueue

HERE = Settings()
ELSEWHERE = Settings(broker="redis://127.0.0.1:1/0")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE", 0.3)


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    made = reading_ports(tmp_path, HandClock(), Scans())
    yield made
    made.index.close()


def wait(ports: Ports, job: str, queue: InProcessQueue | None, settings: Settings = HERE) -> None:
    archive = Opened(cast("Any", SimpleNamespace(ports=ports)), SYSTEM)
    with waiting.Bar(shown=False) as bar:
        if queue is None:
            waiting.until_searchable(archive, [job], bar, settings)
            return
        with instance.readers(ports.settings) as readers:
            waiting.until_searchable(archive, [job], bar, settings, waiting.Own(queue, readers))


class Index:
    """The index, whose search is not the real one's."""

    def __init__(self, inner: Any, *behind: int, fault: Unavailable | None = None) -> None:
        self._inner, self._behind, self._fault = inner, list(behind), fault

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def refresh(self, seq: int, *, wait: float = 5.0) -> bool:
        return bool(self._inner.refresh(seq, wait=0.1)) and not self._behind

    def health(self) -> IndexHealth:
        told = self._inner.health()
        if self._behind:
            told = replace(told, behind=self._behind[0], fault=self._fault)
            self._behind = self._behind[1:] or self._behind
        return cast("IndexHealth", told)


def done(ports: Ports) -> str:
    """A job all of whose pages are read."""
    queue = InProcessQueue()
    here = replace(ports, queue=queue)
    job = bring(here).job.id
    queue.work_on(here)
    return job


def test_pages_that_never_become_searchable_are_not_waited_for(ports: Ports) -> None:
    job = done(ports)
    with pytest.raises(Unavailable) as said:
        wait(replace(ports, index=cast("Any", Index(ports.index, 7))), job, InProcessQueue())
    assert (said.value.key, said.value.data["pages"]) == ("pages_not_searchable", 7)


def test_why_pages_do_not_become_searchable_is_told_where_it_is_known(ports: Ports, tmp_path: Path) -> None:
    (tmp_path / "index" / "search" / "follower.lock").mkdir(parents=True)  # nobody can open it for writing
    job = done(ports)
    with pytest.raises(Unavailable) as said:
        wait(replace(ports, index=cast("Any", Index(ports.index))), job, InProcessQueue())
    assert said.value.key == "index_unreachable"
    (tmp_path / "index" / "search" / "follower.lock").rmdir()
    wait(ports, job, InProcessQueue())
    assert ports.index.health().fault is None


def test_as_long_as_pages_become_searchable_one_by_one_they_are_waited_for(ports: Ports) -> None:
    job = done(ports)

    class Slow(Index):
        def health(self) -> IndexHealth:
            told = super().health()
            if self._behind == [0]:
                self._behind = []
            return told

    wait(replace(ports, index=cast("Any", Slow(ports.index, *range(9, -1, -1)))), job, InProcessQueue())


class Workers(InProcessQueue):
    """A queue elsewhere, at which so many looks find workers."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def workers(self) -> Any:
        self.looks -= 1
        return ["a worker"] if self.looks >= 0 else []


@pytest.mark.parametrize("looks", [0, 3])
def test_where_no_worker_shows_itself_nobody_waits_for_ever(ports: Ports, looks: int) -> None:
    queue = Workers(looks)
    there = replace(ports, queue=queue)
    with pytest.raises(Unavailable) as said:
        wait(there, bring(there).job.id, None, ELSEWHERE)
    assert said.value.key == "no_worker"
    assert queue.looks < 0


def test_workers_elsewhere_are_waited_for_as_long_as_they_live(ports: Ports) -> None:
    class Working(Workers):
        def workers(self) -> Any:
            if self.looks == 1:
                self.work_on(replace(ports, queue=self))
            return super().workers()

    there = replace(ports, queue=Working(20))
    job = bring(there).job.id
    wait(there, job, None, ELSEWHERE)
    assert job_of(ports, job).state == JobState.DONE


@pytest.mark.parametrize("split", [False, True])
def test_what_another_process_took_and_left_is_taken_up_here(ports: Ports, split: bool) -> None:
    gone = replace(ports, queue=InProcessQueue())
    job = bring(gone).job.id
    if split:
        intake.split(gone, job)
    wait(ports, job, cast("InProcessQueue", ports.queue))
    assert states(ports) == ["read", "read", "read"]


def test_what_another_command_reads_is_left_to_it_as_long_as_it_lives(ports: Ports) -> None:
    job = bring(replace(ports, queue=InProcessQueue())).job.id
    with instance.readers(ports.settings) as first, instance.readers(ports.settings) as second:
        assert not first.is_alone() and not second.is_alone()
        waiter = threading.Thread(target=wait, args=(ports, job, cast("InProcessQueue", ports.queue)))
        waiter.start()
        waiter.join(1.5)  # several times PATIENCE
        assert waiter.is_alive() and states(ports) == []
    waiter.join(30)
    assert states(ports) == ["read", "read", "read"]


def test_the_only_one_who_reads_is_alone(ports: Ports) -> None:
    with instance.readers(ports.settings) as only:
        assert only.is_alone() and only.is_alone()


# --- what is told where waiting ends early ------------------------------------------------------------------------


def ingest(monkeypatch: pytest.MonkeyPatch, folder: Path, fault: BaseException, *more: str) -> int:
    """Takes a file in and waits, which `fault` ends; the exit code."""

    def ended(*_: object) -> None:
        raise fault

    (folder / "a.txt").write_text("paper")
    monkeypatch.setenv("DOSSIER_DATA", str(folder / "data"))
    monkeypatch.setattr(waiting, "until_searchable", ended)
    with pytest.raises(SystemExit) as code:
        cli.main(["ingest", str(folder / "a.txt"), "--wait", *more])
    return cast("int", code.value.code)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Unavailable("worker_stopped"), 5),
        (KeyboardInterrupt(), 130),
        (ValueError("a fault"), 70),
        (SystemExit(143), 143),
    ],
)
def test_what_came_in_is_told_before_the_error_that_ends_the_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: BaseException, code: int
) -> None:
    assert ingest(monkeypatch, tmp_path, fault, "--json") == code
    told = capsys.readouterr()
    (filed,) = json.loads(told.out)["filed"]
    assert (filed["file"], filed["state"]) == (str(tmp_path / "a.txt"), "received")
    assert isinstance(fault, SystemExit) or str(fault) in told.err


def test_sigterm_ends_the_waiting_in_order() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as ended, waiting.ended_in_order():
        signal.raise_signal(signal.SIGTERM)
    assert ended.value.code == 143
    assert signal.getsignal(signal.SIGTERM) == before


def test_for_a_person_what_came_in_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(monkeypatch, tmp_path, Unavailable("worker_stopped")) == 5
    assert "1 filed, 0 failed, 0 known" in capsys.readouterr().out
