"""Desks in processes of their own, on one archive: what each does, for `test_lending_race`."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from archive.domain.access import Actor
from archive.domain.copy import Copy, RegisterLine
from archive.domain.record import Record
from archive.errors import Refused
from archive.ports import Ports
from archive.services import lending, people
from tests.unit.services.conftest import HandClock, make_ports, shipped

shipped()  # read here, once: the processes are forked off one that has them

CODES = ("KH-2024-031-01-Y1", "KH-2024-031-02-Y1")
PLACE = "甲柜 2 层 盒 07"


def opened(folder: Path) -> Ports:
    """The archive in `folder`, its clock standing at the same moment for every desk."""
    return make_ports(folder, HandClock())


def later(folder: Path) -> Ports:
    """The archive some minutes afterwards, when no desk can still be writing."""
    clock = HandClock()
    clock.move(timedelta(minutes=5))
    return make_ports(folder, clock)


def request(*codes: str, borrower: str = "he.zhixing") -> lending.LoanRequest:
    return lending.LoanRequest(
        codes=codes,
        borrower=borrower,
        asked_for="接地电阻",
        purpose="核对实测值",
        signature="贺知行",
        room="阅览室",
        consent="gu.wendi",
    )


def archivist(ports: Ports) -> Actor:
    return people.actor_for(people.user(ports, "gu.wendi"), ports.schemes)


def lend_once(folder: Path, borrower: str, start: Any, answers: Any) -> None:
    """Waits for the start, lends the first copy and answers "lent" or the refusal's key and sentence."""
    ports = opened(folder)
    actor = archivist(ports)
    start.wait()
    try:
        lending.lend(ports, actor, request(CODES[0], borrower=borrower))
        answers.put(("lent", borrower))
    except Refused as refused:
        answers.put((refused.key, refused.told_in("zh")))


class Killing:
    """An index that kills its own process, as `kill -9` does, before a write that `fits`."""

    def __init__(self, inner: Any, fits: Callable[[Record], bool]) -> None:
        self._inner, self._fits = inner, fits

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def put(self, records: Any) -> Any:
        self._look(records[0])
        return self._inner.put(records)

    def replace(self, record: Record, token: str) -> Any:
        self._look(record)
        return self._inner.replace(record, token)

    def _look(self, record: Record) -> None:
        if self._fits(record):
            os.kill(os.getpid(), signal.SIGKILL)


def die_before_line(folder: Path) -> None:
    """Lends both copies; killed when the copies are written and no line of the register is."""
    _lend_and_die(folder, lambda record: isinstance(record, RegisterLine))


def die_before_second_copy(folder: Path) -> None:
    """Lends both copies; killed when the first is written and the second is not."""
    _lend_and_die(folder, lambda record: isinstance(record, Copy) and record.id == CODES[1])


def _lend_and_die(folder: Path, fits: Callable[[Record], bool]) -> None:
    ports = opened(folder)
    actor = archivist(ports)
    killing = Ports(
        **{**{n: getattr(ports, n) for n in Ports.__dataclass_fields__}, "index": Killing(ports.index, fits)}
    )
    lending.lend(killing, actor, request(*CODES))


def lend_and_return_for_ever(folder: Path, begun: Any) -> None:
    """Lends both copies, takes them back and shelves them, again and again, until it is killed."""
    ports = opened(folder)
    actor = archivist(ports)
    begun.set()
    while True:
        for code in CODES:
            state = ports.index.get(Copy, code).record.state
            if state == "out":
                lending.take_back(ports, actor, code)
            if state in ("out", "returned"):
                lending.shelve(ports, actor, code, PLACE)
        lending.lend(ports, actor, request(*CODES))
