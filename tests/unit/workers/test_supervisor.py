"""Processes are kept running, and all end with the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workers import supervisor as supervising
from workers.supervisor import Part, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]


@pytest.fixture
def deaths() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, deaths: list[tuple[str, int]]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, lambda name, status: deaths.append((name, status)))
    yield made
    made.stop()


def wait(true: Callable[[], object], supervisor: Supervisor | None = None, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        if supervisor is not None:
            supervisor.look()
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_dead_process_is_started_again_and_told(supervisor: Supervisor, deaths: list[tuple[str, int]]) -> None:
    supervisor.start(Part("sleeper", lambda: SLEEP))
    first = supervisor.pid("sleeper")
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait(lambda: supervisor.pid("sleeper") not in (None, first), supervisor)
    assert deaths == [("sleeper", -signal.SIGKILL)]


def test_what_dies_at_once_is_started_ever_more_rarely(
    supervisor: Supervisor, deaths: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "FIRST_WAIT", 0.1)
    supervisor.start(Part("failing", lambda: [sys.executable, "-c", "raise SystemExit(3)"]))
    begun = time.monotonic()
    wait(lambda: len(deaths) >= 4, supervisor)
    assert {status for _, status in deaths} == {3}
    assert time.monotonic() - begun >= 0.1 + 0.2 + 0.4


def test_a_process_has_settings_of_its_own_beside_ours(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OURS", "kept")
    said = [
        sys.executable,
        "-c",
        "import os, time; print(os.environ['OURS'], os.environ['OWN'], flush=True); time.sleep(60)",
    ]
    supervisor.start(Part("saying", lambda: said, settings={"OWN": "given"}))
    wait(lambda: (tmp_path / "saying.log").read_text() == "kept given\n")


def test_stopping_kills_what_does_not_listen(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(Part("stubborn", lambda: STUBBORN, patience=0.3))
    pid = supervisor.pid("stubborn")
    wait(lambda: b"deaf" in (tmp_path / "stubborn.log").read_bytes())
    supervisor.stop()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_processes_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from workers.supervisor import Part, Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r}), print)\n"
        f"s.start(Part('sleeper', lambda: {SLEEP!r}))\n"
        "print(s.pid('sleeper'), flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    wait(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2:3])


def test_a_long_log_is_put_aside(supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "LOG_LIMIT", 10)
    (tmp_path / "sleeper.log").write_text("more than ten characters")
    supervisor.start(Part("sleeper", lambda: SLEEP))
    assert (tmp_path / "sleeper.log.1").read_text() == "more than ten characters"
    assert (tmp_path / "sleeper.log").stat().st_size == 0
