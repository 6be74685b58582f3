"""Copies are lent and come back while the scan store's server fails: what was decided by id stands, the person is told
to look, and what is missing beside the record is written when the server is back."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.domain.access import SYSTEM, Access
from archive.domain.copy import Copy, CopyState, RegisterLine
from archive.domain.query import Anything
from archive.errors import Unavailable
from archive.ports import Ports
from archive.services import lending, reconcile, trail
from tests import object_server
from tests.faults.lending_desk import CODES, archivist, request
from tests.faults.troubled_server import Trouble, TroubledServer
from tests.unit.services.conftest import ROLES, HandClock, make_dossier, make_person, make_ports


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ports(troubled: TroubledServer, clock: HandClock, tmp_path: Path) -> Iterator[Ports]:
    store = object_server.store(tmp_path / "data", secrets.token_hex(6), endpoint=troubled.address)
    made = replace(make_ports(tmp_path, clock), store=store)
    for login, (name, role) in ROLES.items():
        make_person(made, login, name, role)
    make_dossier(made)
    yield made
    made.index.close()


def test_a_loan_that_could_not_be_kept_beside_the_scans_is_taken_back_and_lent_once_afterwards(troubled, ports, clock):
    troubled.only(lambda request: True, Trouble(status=503, code="SlowDown"))
    with pytest.raises(Unavailable) as raised:
        lending.lend(ports, archivist(ports), request(CODES[0]))
    assert "先看看" in raised.value.told_in("zh")
    assert "look whether" in raised.value.told_in("en")
    troubled.heal()
    clock.move(timedelta(minutes=5))
    reconcile.reconcile(ports)
    assert ports.index.get(Copy, CODES[0]).record.state == CopyState.SHELVED
    lending.lend(ports, archivist(ports), request(CODES[0]))
    assert [line.loan.returned_at for line in _register(ports) if line.loan.returned_at is None] == [None]
    _everything_is_beside_the_scans(ports)


def test_a_return_that_could_not_be_kept_beside_the_scans_stands_and_is_written_afterwards(troubled, ports, clock):
    lending.lend(ports, archivist(ports), request(CODES[0]))
    clock.move(timedelta(minutes=5))
    troubled.only(lambda request: True, Trouble(status=503, code="SlowDown"))
    with pytest.raises(Unavailable):
        lending.take_back(ports, archivist(ports), CODES[0])
    troubled.heal()
    reconcile.reconcile(ports)
    assert ports.index.get(Copy, CODES[0]).record.state == CopyState.RETURNED
    assert [line.loan.returned_at is not None for line in _register(ports)] == [True]
    _everything_is_beside_the_scans(ports)


def _register(ports: Ports) -> list[RegisterLine]:
    found = ports.index.select(RegisterLine, Anything(), Access.whole_archive(), size=100).records
    return [read.record for read in found]


def _everything_is_beside_the_scans(ports: Ports) -> None:
    reconcile.reconcile(ports)
    for read in ports.index.changes(Copy, 0):
        assert ports.store.has_sidecar("copy", read.record.id, read.revision)
    assert trail.verify(ports, SYSTEM).is_whole
