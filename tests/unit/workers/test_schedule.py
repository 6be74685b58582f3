"""What happens by itself goes on whatever one part of it does."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any, cast

from archive.errors import Unavailable
from workers.scheduler import PULSE, Beside, Duty, duties


def test_a_duty_is_done_at_once_and_then_at_its_pace() -> None:
    done: list[int] = []
    duty = Duty("count", 0.2, lambda: done.append(1))
    duty.do_when_due()
    duty.do_when_due()
    assert len(done) == 1
    time.sleep(0.25)
    duty.do_when_due()
    assert len(done) == 2


def test_a_duty_that_fails_is_tried_again_at_its_time() -> None:
    tries: list[int] = []

    def fail() -> None:
        tries.append(1)
        raise Unavailable("index_disk_full") if len(tries) == 1 else ZeroDivisionError

    duty = Duty("fail", 0.0, fail)
    duty.do_when_due()
    duty.do_when_due()
    assert len(tries) == 2


def test_a_duty_may_wait_before_its_first_time() -> None:
    done: list[int] = []
    Duty("later", 1.0, lambda: done.append(1), first=60.0).do_when_due()
    assert done == []


def test_a_duty_beside_the_others_keeps_nobody_waiting_never_runs_twice_at_once_and_ends_with_the_process() -> None:
    stop, begun, go_on = threading.Event(), threading.Event(), threading.Event()
    running: list[int] = []
    most: list[int] = []

    def work() -> None:
        running.append(1)
        most.append(len(running))
        begun.set()
        go_on.wait(10)
        running.pop()

    beside = Beside(Duty("long", 0.0, work), stop)
    assert begun.wait(10)  # and we are here while it runs
    time.sleep(2 * PULSE + 0.2)  # it would have begun again by now
    assert most == [1]
    go_on.set()
    end = time.monotonic() + 20
    while len(most) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(most) > 1 and set(most) == {1}
    stop.set()
    beside.end()
    done = len(most)
    time.sleep(PULSE + 0.2)
    assert len(most) == done and running == []


def test_reconciling_is_not_among_what_is_done_one_after_the_other() -> None:
    archive = SimpleNamespace(ports=SimpleNamespace(careful=None), settings=SimpleNamespace(sweep_seconds=20.0))
    assert [duty.name for duty in duties(cast("Any", archive))] == ["give back", "sweep"]
