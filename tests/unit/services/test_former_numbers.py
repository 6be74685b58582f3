"""Former numbers of a dossier: it is found by them, and no two dossiers have one number, present or former."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from archive.domain.dossier import Claim, Dossier
from archive.domain.intake_job import IntakeJob, Wish
from archive.domain.record import Record
from archive.errors import Conflict, NotFound
from archive.ports import Ports
from archive.services import dossiers, intake, numbers, reconcile
from archive.services.numbers import Use
from tests.unit.services.conftest import Office
from tests.unit.services.test_reconcile import Dying, Killed

SCHEME = "engineering-customer"


def opened(office: Office, number: str = "", *aliases: str, name: str = "临澜港务") -> Dossier:
    return dossiers.create(office.ports, office.desk, scheme=SCHEME, name=name, number=number, aliases=aliases)


def renamed(office: Office, dossier: Dossier, *aliases: str, ports: Ports | None = None) -> Dossier:
    return dossiers.edit(
        ports or office.ports, office.desk, dossier.id, name=dossier.name, cls="", level=dossier.level, aliases=aliases,
        fields={"customer_t": "临澜港务"},
    )  # fmt: skip


def found(office: Office, number: str) -> Dossier:
    return dossiers.by_number(office.ports, office.desk.access, number)


def test_a_dossier_is_found_by_a_former_number_however_it_is_typed(office: Office) -> None:
    made = opened(office, "KH-2024-031", "kh—2009—7", "老档 12", "KH-2024-031", "")
    assert made.aliases == ("KH-2009-7", "老档12")
    assert [found(office, number).id for number in ("ＫＨ-2009-7", "老档12")] == [made.id, made.id]
    renamed(office, made, "KH-2009-8")
    assert found(office, "KH-2009-8").id == made.id


def test_a_record_changed_without_a_word_of_former_numbers_keeps_them(office: Office) -> None:
    made = opened(office, "KH-2024-031", "KH-2009-7")
    dossiers.edit(office.ports, office.desk, made.id, name="新名", cls="", fields=None, level="")
    assert found(office, "KH-2009-7").name == "新名"


def test_one_may_not_find_by_a_former_number_what_one_may_not_see(office: Office) -> None:
    narrow = office.ports.schemes[SCHEME].levels[-1].id
    dossiers.create(office.ports, office.desk, scheme=SCHEME, name="密", level=narrow, aliases=["KH-2009-7"])
    with pytest.raises(NotFound):
        dossiers.by_number(office.ports, office.actor("he.zhixing").access, "KH-2009-7")


def test_no_two_dossiers_have_one_number_and_the_refusal_names_the_other(office: Office) -> None:
    opened(office, "KH-2024-031", "KH-2009-7")
    other = opened(office, "KH-2024-032")
    for refused in (
        lambda: opened(office, "KH-2009-7"),
        lambda: opened(office, "", "KH-2009-7"),
        lambda: renamed(office, other, "KH-2009-9", "KH-2009-7"),
        lambda: renamed(office, other, "KH-2024-031"),
    ):
        with pytest.raises(Conflict) as told:
            refused()
        assert "KH-2024-031" in told.value.told_in("zh")
    assert opened(office, "KH-2009-9").number == "KH-2009-9"  # what was refused took nothing
    assert opened(office).number == "KH-2026-001"


def test_a_former_number_that_is_taken_away_is_free_at_once(office: Office) -> None:
    made = opened(office, "KH-2024-031", "KH-2009-7", "KH-2009-8")
    assert renamed(office, made, "KH-2009-8").aliases == ("KH-2009-8",)
    with pytest.raises(NotFound):
        found(office, "KH-2009-7")
    other = opened(office, "KH-2024-032", "KH-2009-7")
    assert found(office, "KH-2009-7").id == other.id
    renamed(office, made)
    assert opened(office, "KH-2009-8").number == "KH-2009-8"
    assert reconcile.reconcile(office.ports).numbers == 0


def test_the_next_number_is_none_that_a_dossier_had(office: Office) -> None:
    made = opened(office, "KH-2024-031", "KH-2026-001")
    assert opened(office).number == "KH-2026-002"
    line, _ = numbers.register_of(office.ports, office.desk, office.ports.schemes[SCHEME], 2026)
    assert (line.use, line.dossier and line.dossier.id) == (Use.USED, made.id)
    renamed(office, made)
    line, _ = numbers.register_of(office.ports, office.desk, office.ports.schemes[SCHEME], 2026)
    assert (line.use, line.dossier) == (Use.BROKEN_OFF, None)


def test_of_many_who_give_one_former_number_one_gets_it(office: Office) -> None:
    made = [opened(office) for _ in range(4)]

    def give(dossier: Dossier) -> bool:
        try:
            renamed(office, dossier, "KH-2009-7")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(give, made)) == 1
    assert sum("KH-2009-7" in office.ports.index.get(Dossier, one.id).record.aliases for one in made) == 1


def test_what_a_stop_left_claimed_is_not_borne_and_is_free_after_a_while(office: Office) -> None:
    made, other = opened(office, "KH-2024-031"), opened(office, "KH-2024-032")

    def fits(record: Record, *_: object) -> bool:
        return isinstance(record, Dossier)

    dying: Any = office.with_index(Dying(office.ports.index, "replace", fits))
    with pytest.raises(Killed):
        renamed(office, made, "KH-2009-7", ports=dying)
    with pytest.raises(NotFound):
        found(office, "KH-2009-7")
    with pytest.raises(Conflict):
        renamed(office, other, "KH-2009-7")  # it may still be being written
    first = reconcile.reconcile(office.ports)
    assert office.ports.index.get(Claim, "number:KH-2009-7").record.unused == "no"
    office.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(office.ports, first.positions).numbers == 1
    assert renamed(office, other, "KH-2009-7").aliases == ("KH-2009-7",)
    assert reconcile.reconcile(office.ports).numbers == 0


def test_after_a_stop_the_same_former_number_can_be_given_again_at_once(office: Office) -> None:
    made = opened(office, "KH-2024-031")
    numbers.claim_former(office.ports, office.desk, office.ports.schemes[SCHEME], made.id, ["KH-2009-7"])
    assert renamed(office, made, "KH-2009-7").aliases == ("KH-2009-7",)


def test_a_folder_named_by_a_former_number_files_into_the_dossier(office: Office) -> None:
    made = opened(office, "KH-2024-031", "KH-2009-7")

    class Silent:
        def split(self, *_: object, **__: object) -> None: ...

    ports: Any = office.with_index(office.ports.index)
    object.__setattr__(ports, "queue", Silent())
    wish = Wish(folder="2009/kh-2009-7_临澜港务/合同")
    received = intake.receive(ports, office.desk, BytesIO(b"x"), "合同.pdf", channel="upload", batch="b", wish=wish)
    assert office.ports.index.get(IntakeJob, received.job.id).record.wish.dossier == made.id
