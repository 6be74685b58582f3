"""The queue's messages over the archive's own broker, with nobody to take them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.config import Settings
from archive.errors import InvalidInput, NotFound, Unavailable
from tests.unit.workers.conftest import start_again, wait_for, wait_until_dead
from workers import broker, memory
from workers.queue import CeleryTaskQueue
from workers.supervisor import Part, Supervisor
from workers.turns import STRETCH


def test_messages_of_every_priority_are_counted(settings: Settings, running: Supervisor) -> None:
    queue = CeleryTaskQueue(settings)
    assert queue.depth() == 0
    for priority in range(10):
        queue.split("job", priority=priority)
    queue.read("document", [1, 2])
    queue.finish("document")
    queue.reread("document", 3)
    assert queue.depth() == 13
    assert queue.depths() == {"index": 11, "ocr": 2, "under_way": 0}
    assert not queue.is_at_rest()


def test_without_a_broker_nothing_is_known_and_sending_harms_nobody(settings: Settings) -> None:
    queue = CeleryTaskQueue(settings)
    begun = time.monotonic()
    for _ in range(100):
        queue.read("document", [1])
    assert queue.depth() is None
    assert queue.depths() is None
    assert queue.lost_before() is None
    assert not queue.is_at_rest()
    assert (queue.dead_letters(), queue.workers()) == ([], [])
    with pytest.raises(Unavailable) as refused:
        queue.try_again("x")
    assert refused.value.key == "broker_away"
    assert time.monotonic() - begun < 5


def test_messages_are_there_when_a_killed_broker_is_back(settings: Settings, running: Supervisor) -> None:
    queue = CeleryTaskQueue(settings)
    queue.split("job")
    time.sleep(1.2)  # it writes to the disk once a second
    pid = running.pid("broker")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_dead(running, pid)
    start_again(settings, running)
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


def test_a_broker_that_began_anew_is_noticed_however_quickly_it_was_back(
    settings: Settings, running: Supervisor
) -> None:
    queue = CeleryTaskQueue(settings)
    first = queue.lost_before()
    assert first is not None
    assert CeleryTaskQueue(settings).lost_before() == first, "everybody is told the same"
    pid = running.pid("broker")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until_dead(running, pid)
    start_again(settings, running)
    killed = queue.lost_before()
    assert killed is not None and killed > first
    broker.client(settings).flushall()
    emptied = queue.lost_before()
    assert emptied is not None and emptied > killed
    assert queue.lost_before() == emptied


def test_what_could_not_be_sent_is_told_to_the_sweeper_when_the_broker_is_back(
    settings: Settings, running: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.queue.PAUSE", 0.0)
    queue, sweeper = CeleryTaskQueue(settings), CeleryTaskQueue(settings)
    before = sweeper.lost_before()
    socket = broker.socket_path(settings)
    socket.rename(socket.with_suffix(".away"))
    queue.split("lost")
    socket.with_suffix(".away").rename(socket)
    assert sweeper.lost_before() == before
    queue.split("sent")
    after = sweeper.lost_before()
    assert before is not None and after is not None and after > before


def test_a_dead_letter_that_is_not_there_cannot_be_tried_again(settings: Settings, running: Supervisor) -> None:
    queue = CeleryTaskQueue(settings)
    with pytest.raises(NotFound):
        queue.try_again("x")
    queue.forget("x")


def test_the_brokers_password_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a/b@c:d\n", "utf-8")
    made = Settings(data=tmp_path, broker="redis://office@redis.example:6379/2", broker_password_file=file)
    assert broker.url(made) == "redis://office:a%2Fb%40c%3Ad@redis.example:6379/2"
    file.unlink()
    with pytest.raises(InvalidInput) as refused:
        broker.url(made)
    assert refused.value.key == "broker_password_unreadable"
    assert str(file) in refused.value.told_in("zh")


@pytest.mark.parametrize(
    "slow", [{}, {"DOSSIER_OCR_SECONDS": "900"}, {"DOSSIER_FILE_SECONDS": "3600"}, {"DOSSIER_PAGE_SECONDS": "700"}]
)
def test_a_message_stays_hidden_longer_than_any_task_and_its_longest_wait(slow: dict[str, str]) -> None:
    code = (
        "import workers.tasks as t; c = t.app.conf; "
        "print(c.broker_transport_options['visibility_timeout'], c.task_time_limit, t.LONGEST_WAIT, c.task_acks_late)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, **slow}
    )
    told = done.stdout.split()
    hidden, limit, wait = map(float, told[:3])
    assert limit + wait < hidden
    given = {name.removeprefix("DOSSIER_").lower(): float(value) for name, value in slow.items()}
    slowest = Settings().model_copy(update=given)
    assert limit == slowest.task_seconds
    assert STRETCH + slowest.page_seconds + slowest.ocr_seconds < limit, "the slowest page, begun at the end of a turn"
    assert slowest.file_seconds < limit
    assert told[3] == "True"


def test_a_loss_noted_by_a_clock_that_was_ahead_is_noted_anew(settings: Settings, running: Supervisor) -> None:
    client = broker.client(settings)
    memory.note_loss(client)
    noted = json.loads(client.get(memory.MARK))
    ahead = datetime.now(UTC) + timedelta(hours=8)
    client.set(memory.MARK, json.dumps(noted | {"since": ahead.isoformat()}))
    told = CeleryTaskQueue(settings).lost_before()
    assert told is not None and told <= datetime.now(UTC)
    assert CeleryTaskQueue(settings).lost_before() == told
