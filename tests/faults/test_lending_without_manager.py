"""The cluster loses its elected manager while desks at two web servers lend one copy at once: it is not lent twice, and
what a desk was told to have lent is lent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.bootstrap import OfficeClock
from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.copy import Copy, CopyState, RegisterLine
from archive.domain.query import Anything
from archive.domain.record import Versioned
from archive.errors import Unavailable
from archive.ports import Ports
from archive.services import reconcile, trail
from tests.contract.index_examples import WHOLE
from tests.engines.opensearch import Cluster
from tests.faults.conftest import wait_until
from tests.faults.lending_desk import CODES, PLACE
from tests.faults.web_desks import AWAY, DONE, REFUSED, House, WebDesk, lend_at_once, two_web_servers

DESKS = 8
BEFORE, AFTER = 2, 3  # rounds
INTO_THE_ROUND = 0.2  # seconds until the manager is killed: desks hold what they read, and begin to write
CODE = CODES[0]

pytestmark = [pytest.mark.needs("opensearch2"), pytest.mark.timeout(900)]


class Later(OfficeClock):
    """The clock some minutes afterwards, when no desk can still be writing."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=5)


@pytest.fixture
def house(cluster: Cluster, tmp_path: Path) -> Iterator[House]:
    """Every record has a copy on another node."""
    with two_web_servers(Settings(data=tmp_path / "data", index=cluster.url), tmp_path, DESKS) as made:
        yield made


def test_no_copy_is_lent_twice_and_no_acknowledged_loan_is_lost_when_the_elected_manager_is_killed(
    house: House, cluster: Cluster
) -> None:
    told: dict[int, str] = {}  # who was told to have lent, by the number of the loan
    assert cluster.is_whole(), "every shard has its copy on another node"
    with ThreadPoolExecutor(DESKS) as pool:
        for _ in range(BEFORE):
            told |= _round(house, pool)
        assert len(told) == BEFORE
        manager = cluster.manager()
        killing = threading.Timer(INTO_THE_ROUND, manager.server.kill)
        killing.start()
        told |= _round(house, pool)
        killing.join()
        known = len(told)
        for _ in range(AFTER):
            told |= _round(house, pool)
        assert len(told) == known + AFTER, "lending goes on"
    _all_is_there(replace(house.ports, clock=Later(house.ports.settings.zone)), told)


def _round(house: House, pool: ThreadPoolExecutor) -> dict[int, str]:
    """All desks lend the copy, and it comes back: the loan's number and who was told to have it, if anybody was."""
    before = _patiently_read(house.ports).record.loans
    answers = lend_at_once(house.desks, CODE, pool)
    assert {answer.status for answer in answers} <= {DONE, REFUSED, AWAY}
    lenders = [desk for desk, answer in zip(house.desks, answers, strict=True) if answer.status == DONE]
    assert len(lenders) <= 1
    copy = _patiently_read(house.ports).record
    assert copy.loans - before in ((1,) if lenders else (0, 1))
    if lenders:
        assert (copy.state, copy.borrower) == (CopyState.OUT, lenders[0].person.id)
    wait_until(lambda: _is_back(house.ports, house.desks[0]), "the copy on its shelf")
    return {copy.loans: lenders[0].person.id} if lenders else {}


def _patiently_read(ports: Ports) -> Versioned[Copy]:
    """The copy, as soon as the cluster answers."""
    found: list[Versioned[Copy]] = []

    def read() -> bool:
        with suppress(Unavailable):
            found.append(ports.index.get(Copy, CODE))
        return bool(found)

    wait_until(read, "an answer of the cluster")
    return found[0]


def _is_back(ports: Ports, desk: WebDesk) -> bool:
    """Whether the copy is on its shelf; does what is still to be done for that."""
    state = _patiently_read(ports).record.state
    if state == CopyState.OUT:
        desk.act("return", CODE)
    elif state == CopyState.RETURNED:
        desk.act("reshelve", CODE, place=PLACE)
    return state == CopyState.SHELVED


def _all_is_there(ports: Ports, told: dict[int, str]) -> None:
    """What a crash may have left out is written first, as the archive does by itself."""
    assert not reconcile.reconcile(ports).failed
    loans = ports.index.get(Copy, CODE).record.loans
    found = ports.index.select(RegisterLine, Anything(), WHOLE, size=100).records
    lines = {read.record.loan.n: read.record.loan.borrower for read in found}
    assert sorted(lines) == list(range(1, loans + 1)) and len(found) == loans
    assert lines.items() >= told.items()
    verified = trail.verify(ports, SYSTEM)
    assert verified.is_whole and verified.waiting == 0
