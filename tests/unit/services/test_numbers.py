"""Numbers of dossiers: whenever a process ends, no number stays unused without an explanation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from archive.domain.dossier import Claim, Dossier
from archive.domain.record import Record
from archive.domain.series import Series
from archive.errors import Conflict, Forbidden
from archive.ports import Ports
from archive.services import dossiers, numbers, reconcile
from archive.services.numbers import NumberLine, Use
from tests.unit.services.conftest import Office
from tests.unit.services.test_reconcile import Dying, Killed

SCHEME = "engineering-customer"


def opened(ports: Ports, office: Office, name: str = "临澜港务", number: str = "") -> Dossier:
    return dossiers.create(ports, office.desk, scheme=SCHEME, name=name, number=number)


def register(office: Office, login: str = "gu.wendi") -> dict[str, NumberLine]:
    last = max((read.seq for read in office.ports.index.changes(Dossier, 0)), default=0)
    office.ports.index.refresh(last)
    found = numbers.register_of(office.ports, office.actor(login), office.ports.schemes[SCHEME], 2026)
    return {line.number: line for line in found}


def killed_at(office: Office, method: str, kind: type[Record]) -> None:
    """Somebody opens a dossier, and the process ends at this write."""

    def fits(record: Record, *_: object) -> bool:
        return isinstance(record, kind)

    with pytest.raises(Killed):
        opened(office.with_index(Dying(office.ports.index, method, fits)), office, "中断的卷宗")


@pytest.mark.parametrize(
    ("method", "kind", "used"),
    [
        ("create", Claim, {"KH-2026-001": Use.USED, "KH-2026-002": Use.USED}),
        ("replace", Series, {"KH-2026-001": Use.USED, "KH-2026-002": Use.BROKEN_OFF, "KH-2026-003": Use.USED}),
        ("create", Dossier, {"KH-2026-001": Use.USED, "KH-2026-002": Use.BROKEN_OFF, "KH-2026-003": Use.USED}),
    ],
)
def test_wherever_opening_a_dossier_ends_each_number_is_used_or_explained(
    office: Office, method: str, kind: type[Record], used: dict[str, Use]
) -> None:
    opened(office.ports, office)
    killed_at(office, method, kind)
    office.clock.move(timedelta(minutes=5))
    opened(office.ports, office)
    assert {number: line.use for number, line in register(office).items()} == used
    gaps = [line for line in register(office).values() if line.is_gap]
    assert all(line.claim and (line.claim.name, line.claim.by) == ("中断的卷宗", "gu.wendi") for line in gaps)


def test_the_reconciler_marks_a_number_that_was_not_used_and_not_before_its_time(office: Office) -> None:
    killed_at(office, "create", Dossier)
    first = reconcile.reconcile(office.ports)
    assert office.ports.index.get(Claim, "number:KH-2026-001").record.unused == "no"
    assert register(office)["KH-2026-001"].use is Use.OPENING
    office.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(office.ports, first.positions).numbers == 1
    claim = office.ports.index.get(Claim, "number:KH-2026-001")
    assert claim.record.unused == "yes"
    assert office.ports.store.has_sidecar("claim", claim.record.id, claim.revision)
    assert reconcile.reconcile(office.ports).nothing


def test_a_number_that_was_not_used_can_be_taken_up_by_typing_it(office: Office) -> None:
    killed_at(office, "create", Dossier)
    office.clock.move(timedelta(minutes=5))
    reconcile.reconcile(office.ports)
    opened(office.ports, office, "再立", "KH-2026-001")
    line = register(office)["KH-2026-001"]
    assert (line.use, line.dossier and line.dossier.name) == (Use.USED, "再立")
    with pytest.raises(Conflict):
        opened(office.ports, office, "三立", "KH-2026-001")
    assert reconcile.reconcile(office.ports).numbers == 0


def test_a_mark_goes_away_where_the_dossier_was_opened_after_all(office: Office) -> None:
    made = opened(office.ports, office)
    read = office.ports.index.get(Claim, f"number:{made.number}")
    office.ports.index.replace(read.record.model_copy(update={"unused": "yes"}), read.token)
    assert reconcile.reconcile(office.ports).numbers == 1
    assert office.ports.index.get(Claim, f"number:{made.number}").record.unused == "no"


def test_a_number_typed_before_its_turn_is_skipped_by_the_count(office: Office) -> None:
    opened(office.ports, office, number="KH-2026-002")
    assert [opened(office.ports, office).number for _ in range(2)] == ["KH-2026-001", "KH-2026-003"]
    assert {line.use for line in register(office).values()} == {Use.USED}


def test_a_number_counted_without_a_claim_is_shown_as_a_gap(office: Office) -> None:
    office.ports.index.create(Series(id="KH-2026", last=1))
    opened(office.ports, office)
    assert [line.use for line in register(office).values()] == [Use.ONLY_COUNTED, Use.USED]


def test_of_a_dossier_one_may_not_see_the_register_tells_only_the_number(office: Office) -> None:
    narrow = office.ports.schemes[SCHEME].levels[-1].id
    manager: Callable[..., Any] = office.actor
    dossiers.create(office.ports, manager("tang.xu"), scheme=SCHEME, name="秘密", level=narrow)
    actor = office.desk
    blind = type(actor)(actor.login, actor.name, actor.roles, type(actor.access).to({f"{SCHEME}/company"}))
    (line,) = numbers.register_of(office.ports, blind, office.ports.schemes[SCHEME], 2026)
    assert (line.number, line.use, line.dossier, line.claim) == ("KH-2026-001", Use.USED, None, None)
    with pytest.raises(Forbidden):
        numbers.register_of(office.ports, office.actor("he.zhixing"), office.ports.schemes[SCHEME], 2026)
