"""What could not be done is told to who looks after the archive, until it is done."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM, Access, Actor, Role
from archive.errors import Forbidden, NotFound
from archive.ports import Ports, WorkerSeen
from archive.services import stuck
from archive.version import VERSION
from tests.unit.workers.conftest import bring, is_done
from workers import broker, dead_letters, presence
from workers.dead_letters import Message
from workers.queue import InProcessQueue
from workers.supervisor import Supervisor

ARCHIVIST = Actor("gu.wendi", "顾闻笛", frozenset({Role.ARCHIVIST}), Access.whole_archive())


def keep(settings: Settings, name: str, *args: object) -> None:
    dead_letters.keep(broker.client(settings), Message(name, args, 4), "letter_failed", "ZeroDivisionError()")


def test_what_is_stuck_is_told_until_it_is_sent_again(ports: Ports, settings: Settings) -> None:
    job = bring(replace(ports, queue=InProcessQueue()), 3)
    keep(settings, "dossier.split", job)
    (letter,) = stuck.stuck(ports, SYSTEM)
    assert (letter.step, letter.about, letter.reason) == ("split", job, "letter_failed")
    stuck.try_again(ports, SYSTEM, letter.id)
    assert ports.queue.depth() == 1
    assert stuck.stuck(ports, SYSTEM) == []
    with pytest.raises(NotFound):
        stuck.try_again(ports, SYSTEM, letter.id)


def test_what_was_done_meanwhile_by_another_message_is_not_told(ports: Ports, settings: Settings) -> None:
    alone = InProcessQueue()
    here = replace(ports, queue=alone)
    job = bring(here, 3)
    alone.work_on(here)
    assert is_done(ports, job)
    keep(settings, "dossier.split", job)
    keep(settings, "dossier.finish", "a document that is gone")
    keep(settings, "dossier.unknown", 7)
    (letter,) = stuck.stuck(ports, SYSTEM)
    assert letter.step == "unknown"
    stuck.drop(ports, SYSTEM, letter.id)
    assert ports.queue.dead_letters() == []


def test_only_who_looks_after_the_archive_is_told(ports: Ports) -> None:
    for ask in (lambda: stuck.stuck(ports, ARCHIVIST), lambda: stuck.try_again(ports, ARCHIVIST, "x")):
        with pytest.raises(Forbidden):
            ask()


def test_a_worker_is_seen_as_long_as_it_gives_signs_of_life(settings: Settings, running: Supervisor) -> None:
    client = broker.client(settings)
    now = datetime.now(UTC)
    worker = WorkerSeen("here/x/1/a", "here", 1, VERSION, ("ocr",), 2, now, now, ("read d",))
    presence.tell(client, worker)
    assert presence.living(client) == [worker]
    assert presence.give_back_of_the_dead(settings) == 0
    client.delete("dossier.worker.here/x/1/a")  # as it expires
    assert presence.living(client) == []
    assert presence.give_back_of_the_dead(settings) == 1
    assert presence.give_back_of_the_dead(settings) == 0


def test_the_version_told_is_the_programs() -> None:
    told = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    assert told["project"]["version"] == VERSION
