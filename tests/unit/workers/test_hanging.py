"""A worker is never left alive and deaf: what it cannot acknowledge it lets go of, and one that takes nothing ends."""

from __future__ import annotations

import os
import signal

import pytest
from redis.exceptions import ConnectionError as Lost

from archive.config import Settings
from tests.unit.workers.conftest import start_again, wait_until_dead
from workers import messages
from workers.heartbeat import IDLE_BEATS, Starving
from workers.queue import CeleryTaskQueue
from workers.supervisor import Supervisor


@pytest.mark.parametrize("what", ["ack", "reject"])
def test_a_message_that_cannot_be_acknowledged_leaves_room_for_the_next(
    settings: Settings, running: Supervisor, what: str
) -> None:
    CeleryTaskQueue(settings).split("job")
    app = messages.celery_app(settings, worker="test/test/1/test")
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        channel.basic_qos(0, 1, False)
        name = messages.queue_name(messages.INDEX, messages.FORM)
        message = app.amqp.queues[name].bind(channel).get()
        assert message is not None and not channel.qos.can_consume()
        pid = running.pid("broker")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until_dead(running, pid)
        with pytest.raises(Lost):
            getattr(message, what)()
        assert channel.qos.can_consume()
        start_again(settings, running)


def beats(starving: Starving, *told: tuple[int, int, int]) -> list[bool]:
    return [starving.is_seen(*one) for one in told]


def test_a_worker_that_takes_nothing_though_messages_wait_is_noticed() -> None:
    deaf = [(7, 0, 3)] * (IDLE_BEATS + 1)
    assert beats(Starving(2), *deaf) == [False] * IDLE_BEATS + [True]


@pytest.mark.parametrize(
    "told",
    [
        [(7, 0, 0)] * 50,  # nothing waits
        [(7, 2, 9)] * 50,  # every process is busy
        [(n, 0, 9) for n in range(50)],  # it takes one after the other
        ([(7, 0, 9)] * IDLE_BEATS + [(8, 1, 9)]) * 3,  # slow, but it takes
    ],
)
def test_a_worker_with_nothing_to_take_or_no_hand_free_is_left_alone(told: list[tuple[int, int, int]]) -> None:
    assert not any(beats(Starving(2), *told))
