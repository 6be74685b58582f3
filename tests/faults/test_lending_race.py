"""Real processes at the lending desk: many lend one copy at once, and one is killed in the middle of a slip."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from archive.domain.access import SYSTEM, Access
from archive.domain.copy import Copy, RegisterLine
from archive.domain.query import Anything
from archive.ports import Ports
from archive.services import reconcile, trail
from tests.faults import lending_desk
from tests.faults.lending_desk import CODES
from tests.unit.services.conftest import ROLES, make_dossier, make_person

DESKS = 32
PATIENCE = 120.0  # seconds, on a machine that is busy with other things


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Children of a server that has the product loaded and nothing opened."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([lending_desk.__name__])
    return context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ports = lending_desk.opened(tmp_path)
    for login, (name, role) in ROLES.items():
        make_person(ports, login, name, role)
    make_dossier(ports)
    ports.index.close()
    return tmp_path


def register_of(ports: Ports) -> dict[str, RegisterLine]:
    found = ports.index.select(RegisterLine, Anything(), Access.whole_archive(), size=10_000).records
    return {read.record.id: read.record for read in found}


def test_of_32_processes_that_lend_one_copy_at_once_exactly_one_succeeds(
    folder: Path, processes: ForkServerContext
) -> None:
    start, answers = processes.Barrier(DESKS), processes.Queue()
    borrowers = [list(ROLES)[n % len(ROLES)] for n in range(DESKS)]
    desks = [
        processes.Process(target=lending_desk.lend_once, args=(folder, borrower, start, answers))
        for borrower in borrowers
    ]
    for desk in desks:
        desk.start()
    told = [answers.get(timeout=PATIENCE) for _ in desks]
    for desk in desks:
        desk.join(PATIENCE)
    ports = lending_desk.opened(folder)

    lent = [borrower for key, borrower in told if key == "lent"]
    refused = [(key, sentence) for key, sentence in told if key != "lent"]
    copy = ports.index.get(Copy, CODES[0]).record
    assert len(lent) == 1 and len(refused) == DESKS - 1
    assert copy.loans == 1 and copy.loan is not None and copy.borrower == lent[0]
    assert {key for key, _ in refused} <= {"copy_out", "copy_just_out"}
    assert all(copy.loan.borrower_name in sentence and "17:30" in sentence for _, sentence in refused)
    assert {id: line.loan for id, line in register_of(ports).items()} == {f"{CODES[0]}/1": copy.loan}
    assert trail.verify(ports, SYSTEM).is_whole
    ports.index.close()


def killed(processes: ForkServerContext, desk: Callable[[Path], None], folder: Path) -> None:
    process = processes.Process(target=desk, args=(folder,))
    process.start()
    process.join(PATIENCE)
    assert process.exitcode == -signal.SIGKILL


def test_a_desk_killed_between_copies_and_register_leaves_a_loan_whose_lines_are_written_afterwards(
    folder: Path, processes: ForkServerContext
) -> None:
    killed(processes, lending_desk.die_before_line, folder)
    ports = lending_desk.later(folder)
    assert register_of(ports) == {}
    made = reconcile.reconcile(ports)
    assert (made.lines, made.slips) == (2, 0)
    loans = {f"{code}/1": ports.index.get(Copy, code).record.loan for code in CODES}
    assert {id: line.loan for id, line in register_of(ports).items()} == loans
    assert reconcile.reconcile(ports).nothing
    ports.index.close()


def test_a_desk_killed_between_two_copies_of_a_slip_leaves_nothing_lent(
    folder: Path, processes: ForkServerContext
) -> None:
    killed(processes, lending_desk.die_before_second_copy, folder)
    ports = lending_desk.later(folder)
    assert ports.index.get(Copy, CODES[0]).record.state == "out"
    assert reconcile.reconcile(ports).slips == 1
    copies = [ports.index.get(Copy, code).record for code in CODES]
    assert [(copy.state, copy.loan, copy.loans) for copy in copies] == [("shelved", None, 0)] * 2
    assert register_of(ports) == {}
    assert trail.verify(ports, SYSTEM).is_whole
    ports.index.close()


def test_desks_killed_at_any_moment_lose_no_loan_and_double_none(folder: Path, processes: ForkServerContext) -> None:
    chance = random.Random(20261123)
    for _ in range(6):
        begun = processes.Event()
        desk = processes.Process(target=lending_desk.lend_and_return_for_ever, args=(folder, begun))
        desk.start()
        assert begun.wait(PATIENCE)
        time.sleep(chance.uniform(0.05, 0.6))
        assert desk.exitcode is None
        desk.kill()
        desk.join(PATIENCE)
        ports = lending_desk.later(folder)
        reconcile.reconcile(ports)
        copies = [ports.index.get(Copy, code).record for code in CODES]
        lines = register_of(ports)
        assert sorted(lines) == sorted(f"{copy.id}/{n}" for copy in copies for n in range(1, copy.loans + 1))
        assert all(lines[f"{copy.id}/{copy.loan.n}"].loan == copy.loan for copy in copies if copy.loan)
        assert [line.id for line in lines.values() if line.closed_on is None] == [
            f"{copy.id}/{copy.loans}" for copy in copies if copy.state == "out"
        ]
        verified = trail.verify(ports, SYSTEM)
        assert verified.is_whole and verified.waiting == 0
        ports.index.close()
