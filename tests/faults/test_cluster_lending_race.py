"""Many desks at two web servers lend one copy on a cluster at the same moment: it is lent once, round after round."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.copy import Copy, CopyState, RegisterLine
from archive.domain.query import Anything
from archive.domain.series import Series
from archive.ports import Ports
from archive.services import trail
from tests.contract.index_examples import WHOLE
from tests.engines.servers import SearchServers
from tests.faults.lending_desk import CODES, PLACE
from tests.faults.web_desks import DONE_FOR_A_PROGRAM, REFUSED, Answer, House, WebDesk, lend_at_once, two_web_servers

DESKS = 32
ROUNDS = int(os.environ.get("DOSSIER_TEST_ROUNDS", "200"))
CODE = CODES[0]

pytestmark = [pytest.mark.needs("opensearch2"), pytest.mark.timeout(600 + 30 * ROUNDS)]


@pytest.fixture
def house(search_servers: SearchServers, tmp_path: Path) -> Iterator[House]:
    """On a node of OpenSearch."""
    place = search_servers.place("opensearch2")
    url, _, prefix = place.partition("|")
    settings = Settings(data=tmp_path / "data", index=url, index_prefix=prefix)
    with two_web_servers(settings, tmp_path, DESKS, programs=True) as made:
        yield made
    search_servers.clear(place)


def test_of_32_desks_at_two_web_servers_that_lend_one_copy_at_once_exactly_one_lends_it_in_every_round(
    house: House,
) -> None:
    """Some two seconds a round on two cores beside other tests; `DOSSIER_TEST_ROUNDS` makes it shorter."""
    with ThreadPoolExecutor(DESKS) as pool:
        for number in range(1, ROUNDS + 1):
            answers = lend_at_once(house.desks, CODE, pool)
            lender = _only_lender(house.desks, answers)
            _is_lent(house.ports, number, lender)
            lender.give_back(CODE, PLACE)
    copy = house.ports.index.get(Copy, CODE)
    assert (copy.record.loans, copy.record.state) == (ROUNDS, CopyState.SHELVED)
    assert copy.revision == 1 + 3 * ROUNDS, "registered once, and lent, taken back and shelved in each round"
    lines = _register(house.ports)
    assert lines.keys() == {f"{CODE}/{n}" for n in range(1, ROUNDS + 1)}
    assert len({line.loan.slip for line in lines.values()}) == ROUNDS
    _were_at_once(house.ports)
    verified = trail.verify(house.ports, SYSTEM)
    assert verified.is_whole and verified.waiting == 0


def _only_lender(desks: list[WebDesk], answers: list[Answer]) -> WebDesk:
    """The one desk that lent; all others were told who has the copy."""
    assert Counter(answer.status for answer in answers) == {DONE_FOR_A_PROGRAM: 1, REFUSED: len(desks) - 1}
    (lender,) = (desk for desk, answer in zip(desks, answers, strict=True) if answer.status == DONE_FOR_A_PROGRAM)
    refused = [answer.fault for answer in answers if answer.status == REFUSED]
    assert all(lender.person.name in fault for fault in refused), refused
    return lender


def _is_lent(ports: Ports, number: int, lender: WebDesk) -> None:
    """The copy is out with that loan, and the register has one new line, which says the same."""
    copy = ports.index.get(Copy, CODE).record
    assert (copy.loans, copy.state, copy.borrower) == (number, CopyState.OUT, lender.person.id)
    assert ports.index.count(RegisterLine, Anything(), WHOLE) == number
    assert ports.index.get(RegisterLine, f"{CODE}/{number}").record.loan == copy.loan


def _register(ports: Ports) -> dict[str, RegisterLine]:
    found = ports.index.select(RegisterLine, Anything(), WHOLE, size=10_000).records
    return {read.record.id: read.record for read in found}


def _were_at_once(ports: Ports) -> None:
    """Desks that found the copy on its shelf took a slip's number before another was quicker: more than were lent."""
    numbers = sum(read.record.last for read in ports.index.changes(Series, 0))
    assert numbers > ROUNDS, "no two desks ever met"
