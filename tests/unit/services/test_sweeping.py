"""What was left behind is sent again, also where a clock was wrong; what is on its way is not sent over and over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.ports import Ports
from archive.services import sweeping
from tests.unit.services.conftest import HandClock
from tests.unit.services.reading import Scans, bring, reading_ports
from workers.queue import InProcessQueue


class Silent(InProcessQueue):
    """A queue in whose messages nobody works; it began anew at a moment that is set by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.began: datetime | None = None
        self.rests = True

    def is_at_rest(self) -> bool:
        return self.rests

    def lost_before(self) -> datetime | None:
        return self.began


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def queue() -> Silent:
    return Silent()


@pytest.fixture
def ports(tmp_path: Path, clock: HandClock, queue: Silent) -> Iterator[Ports]:
    made = replace(reading_ports(tmp_path, clock, Scans()), queue=queue)
    yield made
    made.index.close()


@pytest.mark.parametrize("rests", [True, False])
def test_a_file_received_while_the_clock_was_ahead_is_sent_when_it_is_right_again(
    ports: Ports, clock: HandClock, queue: Silent, rests: bool
) -> None:
    queue.rests = rests
    clock.move(timedelta(hours=8))
    bring(ports)
    clock.move(-timedelta(hours=8))
    assert sweeping.sweep(ports) == 1
    assert sweeping.sweep(ports) == 0, "once, by the right clock"


def test_a_little_difference_between_two_clocks_is_none(ports: Ports, clock: HandClock) -> None:
    clock.move(timedelta(seconds=20))
    bring(ports)
    clock.move(-timedelta(seconds=20))
    assert sweeping.sweep(ports) == 0


def test_a_beginning_of_the_broker_that_is_yet_to_come_sends_nothing(
    ports: Ports, clock: HandClock, queue: Silent
) -> None:
    queue.rests = False
    bring(ports)
    queue.began = clock.now() + timedelta(hours=8)
    assert [sweeping.sweep(ports) for _ in range(3)] == [0, 0, 0]


def test_what_an_idle_broker_lost_is_sent_at_once_however_often_it_was(
    ports: Ports, clock: HandClock, queue: Silent
) -> None:
    bring(ports)
    for _ in range(6):
        clock.move(timedelta(seconds=5))
        queue.began = clock.now()
        assert (sweeping.sweep(ports), sweeping.sweep(ports)) == (1, 0)


def test_what_a_broker_loses_again_and_again_is_sent_ever_more_rarely(
    ports: Ports, clock: HandClock, queue: Silent
) -> None:
    queue.rests = False
    bring(ports)
    sent = []
    for minute in range(20):
        clock.move(timedelta(minutes=1))
        queue.began = clock.now()
        sent += [minute] * sweeping.sweep(ports)
    assert sent == [0, 2, 5, 10, 19]
