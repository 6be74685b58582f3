"""A deployment's Redis: emptied, killed and started again in the middle of the work, two schedulers by mistake, workers
that are stopped, that are of an older version, that do not understand. Nothing is lost, nothing is doubled."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import RedisError

from archive.config import Settings
from archive.errors import NotFound
from archive.ports import DeadLetter
from tests import tools
from tests.faults.conftest import ROOT, Office, wait_until
from tests.faults.test_killed_processes import put_in
from workers import dead_letters, messages, presence
from workers.dead_letters import Message
from workers.queue import CeleryTaskQueue, waiting

pytestmark = [pytest.mark.timeout(600), pytest.mark.needs("redis")]
PASSWORD = "a password: with / and @ in it"


@dataclass
class RedisServer:
    """A Redis with a password and an append-only file, on a port of its own."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = {"bind": "127.0.0.1", "port": str(self.port), "requirepass": PASSWORD, "dir": str(self.folder)}
        options |= {"appendonly": "yes", "save": "", "loglevel": "warning"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.process = subprocess.Popen([tools.find("redis"), *words])
        wait_until(self.answers, "the Redis to answer")

    def answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except RedisError:
            return False

    @property
    def client(self) -> Any:
        return Redis(port=self.port, password=PASSWORD)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = RedisServer(tmp_path, free.getsockname()[1])
    made.start()
    yield made
    made.kill()


@pytest.fixture
def deployed(office: Office, server: RedisServer, tmp_path: Path) -> Office:
    """An archive whose broker is that Redis."""
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n", "utf-8")
    office.settings |= {
        "DOSSIER_BROKER": f"redis://127.0.0.1:{server.port}/0",
        "DOSSIER_BROKER_PASSWORD_FILE": str(secret),
        "DOSSIER_SWEEP_SECONDS": "2",
        "DOSSIER_WORKERS": "2",
    }
    return office


@contextmanager
def process(office: Office, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the archive beside those of `dossier up`."""
    log = (office.data.parent / f"{words[-1][:20].strip()}.log").open("ab")
    made = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=office.environment, stdout=log, stderr=log)
    try:
        yield made
    finally:
        made.kill()
        made.wait()
        log.close()


def queue_of(office: Office) -> CeleryTaskQueue:
    file = Path(office.settings["DOSSIER_BROKER_PASSWORD_FILE"])
    return CeleryTaskQueue(
        Settings(data=office.data, broker=office.settings["DOSSIER_BROKER"], broker_password_file=file)
    )


def filed_once(office: Office, file: Path) -> None:
    """Waits until the file is searchable; then every page of it is there, read, exactly once."""
    told = office.told("ingest", str(file), "--wait")
    (entry,) = told["known"]
    assert (entry["state"], entry["pages"], entry["pages_failed"]) == ("done", 30, 0)
    assert office.told("status")["records"]["page"] == 30
    found = office.told("search", "record")
    assert (found["total"], found["documents"]) == (30, 1)


def test_a_redis_emptied_and_then_killed_loses_no_page_and_doubles_none_even_with_two_schedulers(
    deployed: Office, server: RedisServer, thirty_pages: Path
) -> None:
    deployed.start()
    assert not deployed.pids("valkey-server")
    with process(deployed, "-m", "workers.scheduler") as second:
        put_in(deployed, thirty_pages)
        server.client.flushall()  # both schedulers notice, and both want to send again
        begun = deployed.pages_begun()
        wait_until(lambda: deployed.pages_begun() > min(begun + 4, 27), "the work to go on")
        server.kill()
        server.start()
        filed_once(deployed, thirty_pages)
        assert second.poll() is None
        second.terminate()
        assert second.wait(60) == 0
    assert deployed.told("audit", "verify")["whole"] is True
    wait_until(lambda: queue_of(deployed).is_at_rest(), "the queue to be empty")
    assert deployed.stop() == 0
    assert queue_of(deployed).workers() == []


def test_a_worker_told_to_stop_ends_its_page_and_gives_the_rest_back(
    deployed: Office, server: RedisServer, thirty_pages: Path
) -> None:
    deployed.start()
    put_in(deployed, thirty_pages)
    first = deployed.pids("workers")[0]
    os.kill(first, signal.SIGTERM)
    wait_until(lambda: first not in deployed.pids("workers"), "the worker to end", 60)
    left = [key for key in server.client.keys("dossier.taken.*") if f"/{first}/" in key.decode()]
    assert left == [], "what it had taken waits for nobody"
    filed_once(deployed, thirty_pages)


OLD = "import workers.__main__ as m; raise SystemExit(m.main())"
NEW = "from workers import messages; messages.FORM, messages.KNOWN_FORMS = 2, (1, 2); " + OLD


def test_messages_that_a_worker_does_not_know_wait_for_a_newer_one_or_are_kept(
    deployed: Office, server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, client = queue_of(deployed), server.client
    monkeypatch.setattr(messages, "KNOWN_FORMS", (1, 2))
    with process(deployed, "-c", OLD, "--queues", "index"):
        wait_until(queue.workers, "the worker's sign of life")
        (seen,) = queue.workers()
        assert (seen.queues, seen.processes) == (("index",), 2)
        _send(queue, "dossier.split", ["no such job"], form=2)
        _send(queue, "dossier.index.shrink", ["x"], form=1)
        _send(queue, "dossier.finish", ["d", "one too many"], form=1)
        client.lpush(messages.queue_name("index", 1), b'{"not": "a message of ours"}')
        queue.read("no such document", [1])
        wait_until(lambda: len(queue.dead_letters()) == 2, "the messages nobody understands to be kept")
        left = {"index": 1, "ocr": 1, "under_way": 0}  # of a newer form, and for another queue
        wait_until(lambda: queue.depths() == left, "what is left to wait untouched")
    letters = {letter.step: letter for letter in queue.dead_letters()}
    assert {letter.reason for letter in letters.values()} == {"letter_not_understood"}
    assert letters["finish"].about == "d"
    with process(deployed, "-c", NEW):
        wait_until(lambda: queue.depth() == 0, "the newer worker to do what waits")
    _tried_again(queue, letters["finish"])


def _send(queue: CeleryTaskQueue, name: str, args: list[object], form: int) -> None:
    queue._app.send_task(name, args=args, queue=messages.queue_name("index", form), priority=5)


def _tried_again(queue: CeleryTaskQueue, letter: DeadLetter) -> None:
    queue.try_again(letter.id)
    assert queue.depth() == 1
    assert letter.id not in {one.id for one in queue.dead_letters()}
    with pytest.raises(NotFound):
        queue.try_again(letter.id)


def test_a_message_that_fails_again_counts_and_one_done_after_all_is_dropped(server: RedisServer) -> None:
    message = Message("dossier.finish", ["d"], 3)
    dead_letters.keep(server.client, message, "letter_failed", "first")
    dead_letters.keep(server.client, message, "letter_failed", "second")
    (letter,) = dead_letters.all_kept(server.client)
    assert (letter.tries, letter.detail, letter.step, letter.about) == (2, "second", "finish", "d")
    assert dead_letters.message_of(server.client, letter.id) == message
    dead_letters.drop_done(server.client, message)
    assert dead_letters.all_kept(server.client) == []


def test_what_a_dead_worker_had_taken_is_given_back(deployed: Office, server: RedisServer) -> None:
    queue = queue_of(deployed)
    settings = queue._settings
    app = messages.celery_app(settings, worker="elsewhere/other/7/dead")
    queue.split("job", priority=2)
    server.client.sadd(presence.ALL, "elsewhere/other/7/dead")
    with app.connection_for_read() as connection:
        bound = app.amqp.queues[messages.queue_name("index", 1)].bind(connection.default_channel)
        assert bound.get() is not None
        connection.default_channel.qos._delivered.clear()
    assert queue.depths() == {"index": 0, "ocr": 0, "under_way": 1}
    assert not queue.is_at_rest()
    assert presence.give_back_of_the_dead(settings) == 1
    assert queue.depths() == {"index": 1, "ocr": 0, "under_way": 0}
    assert server.client.llen(f"{messages.queue_name('index', 1)}{messages.SEPARATOR}2") == 1, "with its priority"
    assert waiting(server.client, "index") == 1
