"""Health: what is reckoned of room, pace and what is stuck. What is shown of it: tests/web/test_health.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from archive.domain.access import SYSTEM, Actor
from archive.domain.intake_job import IntakeJob, Wish
from archive.errors import Forbidden
from archive.ports import Ports
from archive.services import audit, health
from archive.services.health import BESIDE_A_PAGE, Health, Room
from tests.unit.services.conftest import Office, make_dossier
from workers.queue import InProcessQueue

SIZE = 4_000_000


@pytest.fixture
def ports(office: Office) -> Ports:
    return replace(office.ports, queue=InProcessQueue())


@pytest.fixture
def admin(office: Office) -> Actor:
    return office.actor("lu.yao")


def add_job(ports: Ports, id: str, *, ago: timedelta = timedelta(), state: str = "done", **more: Any) -> IntakeJob:
    """A file that was received, and ended, so long ago."""
    at: datetime = ports.clock.now() - ago
    last = audit.event(ports, SYSTEM, "close").model_copy(update={"at": at})
    day = at.astimezone(ports.clock.zone).date().isoformat()
    about = {"batch": "b", "source": "0" * 64, "size": SIZE, "file_name": f"{id}.pdf", "channel": "upload", "by": "x"}
    job = IntakeJob(id=id, received_at=at, received_on=day, state=state, last=last, **{**about, **more})
    return audit.create(ports, job).record


def look(ports: Ports, admin: Actor) -> Health:
    seen = health.look(ports, admin)
    assert [part.fault for part in (seen.index, seen.work, seen.room, seen.pace, seen.stuck)] == [None] * 5
    return seen


def test_it_is_for_those_who_look_after_the_archive(office: Office, ports: Ports) -> None:
    for login in ("he.zhixing", "gu.wendi", "tang.xu", "ye.nanzhou"):
        with pytest.raises(Forbidden):
            health.look(ports, office.actor(login))


def test_the_growth_is_of_the_last_week_with_what_is_kept_beside_the_files(ports: Ports, admin: Actor) -> None:
    add_job(ports, "new", ago=timedelta(days=2), pages=7)
    add_job(ports, "old", ago=timedelta(days=30), pages=700)
    room = look(ports, admin).room.value
    assert room is not None
    assert room.a_day == (SIZE + 7 * BESIDE_A_PAGE) // 7
    assert room.free > 0


def test_days_left_are_told_where_something_comes_in() -> None:
    assert Room(free=1000, a_day=300).days_left == 3
    assert Room(free=1000, a_day=0).days_left is None


def test_pages_count_in_the_hour_and_day_in_which_their_file_ended(ports: Ports, admin: Actor) -> None:
    add_job(ports, "now", ago=timedelta(minutes=10), pages=5)
    add_job(ports, "morning", ago=timedelta(hours=3), pages=11)
    add_job(ports, "before", ago=timedelta(hours=30), pages=100)
    pace = look(ports, admin).pace.value
    assert pace is not None
    assert (pace.last_hour, pace.last_day) == (5, 16)


def test_reasons_are_told_with_their_number_the_most_frequent_first(ports: Ports, admin: Actor) -> None:
    for n in range(3):
        add_job(ports, f"e{n}", state="failed", failure="file_encrypted")
    add_job(ports, "t", state="failed", failure="file_truncated")
    pace = look(ports, admin).pace.value
    assert pace is not None
    assert [(one.key, one.number) for one in pace.reasons] == [("file_encrypted", 3), ("file_truncated", 1)]


def test_a_file_that_just_came_is_not_stuck(ports: Ports, admin: Actor) -> None:
    add_job(ports, "young", ago=timedelta(minutes=5), state="received")
    add_job(ports, "long", ago=timedelta(hours=2), state="received")
    seen = look(ports, admin)
    assert seen.stuck.value is not None
    assert [one.job.id for one in seen.stuck.value.jobs] == ["long"]
    assert seen.work.value is not None
    assert seen.work.value.files == 2
    assert seen.work.value.oldest == ports.clock.now() - timedelta(hours=2)


def test_names_of_files_for_a_dossier_one_may_not_see_are_not_told(office: Office, ports: Ports, admin: Actor) -> None:
    secret = make_dossier(ports, "KH-2024-009", level="secret")
    add_job(ports, "hidden", state="failed", failure="file_encrypted", wish=Wish(dossier=secret.id))
    add_job(ports, "open", state="failed", failure="file_encrypted")
    narrow = replace(admin, access=office.actor("he.zhixing").access)
    stuck = look(ports, narrow).stuck.value
    assert stuck is not None
    assert [job.id for job in stuck.failed] == ["open"]
