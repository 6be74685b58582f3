"""What happens by itself goes on whatever one part of it does."""

from __future__ import annotations

import time

from archive.errors import Unavailable
from workers.scheduler import Duty


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
