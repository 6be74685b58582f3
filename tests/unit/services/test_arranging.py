"""Arranging: papers into volumes, their order and numbers; a fixed volume never shifts; blank pages get no number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, PageOf
from archive.domain.dossier import Dossier, Place
from archive.errors import Forbidden, InvalidInput, NotFound, Refused, Unavailable
from archive.services import appraising, arranging, audit, dossiers, lending, trail
from archive.services.lending import LoanRequest
from tests.unit.services.conftest import Office

SCHEME, ID = "engineering-customer", "kh-2026-001"
PLACE = Place(cabinet="甲柜", shelf="2 层")


@pytest.fixture
def desk(office: Office) -> Office:
    dossiers.create(office.ports, office.desk, scheme=SCHEME, name="临澜港务", number="KH-2026-001")
    return office


def paper(office: Office, id: str, *, pages: int = 2, phase: str = "contract", day: date | None = None) -> Document:
    """A reviewed document of the dossier that is in no volume."""
    ports = office.ports
    document = Document(
        id=id, job="job", source="1" * 64, file_name=f"{id}.pdf", media_type="application/pdf", scheme=SCHEME,
        pages=tuple(PageOf(number=n, source_page=n) for n in range(1, pages + 1)), mark=f"{SCHEME}/company",
        dossier=ID, type="contract", phase=phase, title=id, date=day, review="done", finished="yes",
        received_at=ports.clock.now(), last=audit.event(ports, SYSTEM, "split"),
    )  # fmt: skip
    made = audit.create(ports, document)
    ports.index.refresh(made.seq)
    return made.record


def volume_of(dossier: Dossier, number: int = 1) -> list[tuple[str, int, int | None, int | None]]:
    found = dossier.volume(number)
    assert found is not None
    return [(item.document, item.item, item.first_page, item.last_page) for item in found.items]


def document(office: Office, id: str) -> Document:
    return office.ports.index.get(Document, id).record


def fixed(office: Office, *ids: str) -> Dossier:
    """A fixed first volume of these papers."""
    for id in ids:
        arranging.put(office.ports, office.desk, ID, paper(office, id).id, 1 if id != ids[0] else None)
    arranging.number_pages(office.ports, office.desk, ID, 1)
    return arranging.fix(office.ports, office.desk, ID, 1, sheets=len(ids), place=PLACE)


def test_papers_go_where_they_are_proposed_and_know_their_place(desk: Office) -> None:
    paper(desk, "late", day=date(2026, 3, 1))
    paper(desk, "early", day=date(2026, 1, 1))
    made = arranging.as_proposed(desk.ports, desk.desk, ID)
    assert [id for id, *_ in volume_of(made)] == ["early", "late"]
    assert [(document(desk, id).volume, document(desk, id).item) for id in ("early", "late")] == [(1, 1), (1, 2)]
    assert arranging.pile(desk.ports, desk.desk, ID).loose == []
    assert trail.verify(desk.ports, SYSTEM).is_whole


def test_pages_are_numbered_through_the_volume_and_anew_after_a_move(desk: Office) -> None:
    for id in ("a", "b"):
        arranging.put(desk.ports, desk.desk, ID, paper(desk, id, pages=3).id, None if id == "a" else 1)
    numbered = arranging.number_pages(desk.ports, desk.desk, ID, 1)
    assert volume_of(numbered) == [("a", 1, 1, 3), ("b", 2, 4, 6)]
    moved = arranging.put(desk.ports, desk.desk, ID, "b", 1, 1)
    assert volume_of(moved) == [("b", 1, None, None), ("a", 2, None, None)]


def test_a_blank_page_gets_no_number_and_a_person_may_say_so(desk: Office) -> None:
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "a", pages=4).id, None)
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "b", pages=1).id, 1)
    arranging.mark_blank(desk.ports, desk.desk, "a", 4, blank=True)
    assert document(desk, "a").blank == (4,) and document(desk, "a").blank_said
    assert volume_of(arranging.number_pages(desk.ports, desk.desk, ID, 1)) == [("a", 1, 1, 3), ("b", 2, 4, 4)]
    arranging.mark_blank(desk.ports, desk.desk, "a", 4, blank=False)
    assert volume_of(arranging.number_pages(desk.ports, desk.desk, ID, 1)) == [("a", 1, 1, 4), ("b", 2, 5, 5)]


def test_a_page_may_become_blank_in_a_volume_that_would_not_take_its_paper_any_more(desk: Office) -> None:
    one_volume(desk)
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "d", phase="completion").id, 1)
    read = desk.ports.index.get(Document, "b")
    last = audit.event(desk.ports, SYSTEM, "file")
    audit.change(desk.ports, read, read.record.model_copy(update={"phase": "completion", "last": last}))
    arranging.mark_blank(desk.ports, desk.desk, "b", 15, blank=True)
    (volume,) = desk.ports.index.get(Dossier, ID).record.volumes
    assert [(item.document, item.pages) for item in volume.items] == [("a", 20), ("b", 14), ("c", 15), ("d", 2)]
    assert volume.pages == 51


def test_in_a_fixed_volume_no_page_becomes_blank(desk: Office) -> None:
    fixed(desk, "a")
    with pytest.raises(Refused) as refused:
        arranging.mark_blank(desk.ports, desk.desk, "a", 1, blank=True)
    assert refused.value.key == "volume_fixed"
    assert document(desk, "a").blank == ()
    with pytest.raises(NotFound):
        arranging.mark_blank(desk.ports, desk.desk, "a", 9, blank=True)
    with pytest.raises(Forbidden):
        arranging.mark_blank(desk.ports, desk.actor("he.zhixing"), "a", 1, blank=True)


def test_fixing_registers_the_original_and_is_refused_while_something_is_in_the_way(desk: Office) -> None:
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "a").id, None)
    with pytest.raises(Refused) as refused:
        arranging.fix(desk.ports, desk.desk, ID, 1, sheets=1, place=PLACE)
    assert refused.value.key == "volume_unnumbered"
    arranging.number_pages(desk.ports, desk.desk, ID, 1)
    for sheets, place, field in ((0, PLACE, "sheets"), (1, Place(), "place")):
        with pytest.raises(InvalidInput) as wrong:
            arranging.fix(desk.ports, desk.desk, ID, 1, sheets=sheets, place=place)
        assert wrong.value.field == field
    arranging.fix(desk.ports, desk.desk, ID, 1, sheets=1, place=PLACE)
    assert desk.copy("KH-2026-001-01-Y1").place == PLACE


def test_nothing_in_a_fixed_volume_shifts(desk: Office) -> None:
    before = volume_of(fixed(desk, "a", "b"))
    acts: tuple[Callable[[], Dossier], ...] = (
        lambda: arranging.take_out(desk.ports, desk.desk, ID, "a"),
        lambda: arranging.number_pages(desk.ports, desk.desk, ID, 1),
        lambda: arranging.rename(desk.ports, desk.desk, ID, 1, "别的"),
        lambda: arranging.put(desk.ports, desk.desk, ID, "a", None),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert volume_of(dossiers.dossier_at(desk.ports, desk.desk, ID)) == before


def test_a_late_paper_goes_to_the_end_of_a_fixed_volume_with_a_remark(desk: Office) -> None:
    fixed(desk, "a", "b")
    paper(desk, "c", pages=3)
    made = arranging.put(desk.ports, desk.desk, ID, "c", 1)
    assert volume_of(made)[-1] == ("c", 3, 5, 7)
    (remark,) = made.volumes[0].remarks
    assert (remark.document, remark.pages, remark.by) == ("c", 3, "gu.wendi")
    assert desk.copy("KH-2026-001-01-Y1").pages == 7


Y1 = "KH-2026-001-01-Y1"


def lent(office: Office) -> None:
    wish = LoanRequest([Y1], "he.zhixing", "接地", "核对", "贺知行", room="阅览室", consent="gu.wendi")
    lending.lend(office.ports, office.desk, wish)


def test_no_late_paper_goes_into_a_volume_whose_original_is_out(desk: Office) -> None:
    before = fixed(desk, "a", "b").volumes
    lent(desk)
    paper(desk, "c", pages=3)
    acts: tuple[Callable[[], Dossier], ...] = (
        lambda: arranging.put(desk.ports, desk.desk, ID, "c", 1),
        lambda: arranging.as_proposed(desk.ports, desk.desk, ID),
    )
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.clause == "规范 二、8"
        assert refused.value.told_in("zh").startswith(
            f"案卷 01 的原件 {Y1} 不在架上（借出，借阅人贺知行，今日 17:30 前还）"
        )
        assert "补充卷" in refused.value.told_in("zh")
    assert dossiers.dossier_at(desk.ports, desk.desk, ID).volumes == before
    assert lending.take_back(desk.ports, desk.desk, Y1).difference is None, "it is counted against what went out"
    with pytest.raises(Refused) as refused:
        arranging.put(desk.ports, desk.desk, ID, "c", 1)
    assert "（待归架）" in refused.value.told_in("zh")
    supplement = arranging.put(desk.ports, desk.desk, ID, "c", None)
    assert [id for id, *_ in volume_of(supplement, 2)] == ["c"]
    lending.shelve(desk.ports, desk.desk, Y1, "甲柜 2 层")
    paper(desk, "d")
    assert volume_of(arranging.put(desk.ports, desk.desk, ID, "d", 1))[-1][0] == "d"


def test_a_late_paper_that_the_volume_refuses_leaves_the_originals_count(desk: Office) -> None:
    paper(desk, "b", phase="installation", pages=900)  # too thick for the whole dossier to be one volume
    fixed(desk, "a")
    with pytest.raises(Refused):
        arranging.put(desk.ports, desk.desk, ID, "b", 1)
    assert desk.copy(Y1).last.action == "register"


class Overtaking:
    """An index in which something happens before the next dossier is written."""

    def __init__(self, office: Office, then: Callable[[], object]) -> None:
        self._index, self._then = office.ports.index, [then]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Dossier) and self._then:
            self._then.pop()()
        return self._index.replace(record, token)


class Breaking:
    """An index that takes no more writes of dossiers."""

    def __init__(self, office: Office) -> None:
        self._index = office.ports.index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Dossier):
            raise Unavailable("index_disk_full")
        return self._index.replace(record, token)


def test_a_late_paper_that_cannot_be_written_leaves_the_originals_count(desk: Office) -> None:
    fixed(desk, "a")
    paper(desk, "c", pages=3)
    with pytest.raises(Unavailable):
        arranging.put(desk.with_index(Breaking(desk)), desk.desk, ID, "c", 1)
    assert desk.copy(Y1).pages == 2


def test_phases_are_not_mixed_in_a_volume(desk: Office) -> None:
    paper(desk, "b", phase="installation", pages=900)  # too thick for the whole dossier to be one volume
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "a").id, None)
    with pytest.raises(Refused) as refused:
        arranging.put(desk.ports, desk.desk, ID, "b", 1)
    assert refused.value.key == "phases_mixed"


def one_volume(office: Office) -> Dossier:
    """The whole dossier in one open volume: a contract paper and two of the installation."""
    paper(office, "a", pages=20)
    for id in ("b", "c"):
        paper(office, id, pages=15, phase="installation")
    return arranging.as_proposed(office.ports, office.desk, ID)


def test_some_of_the_papers_go_where_they_are_proposed_together(desk: Office) -> None:
    for id, phase in (("a", "contract"), ("b", "installation"), ("c", "installation")):
        paper(desk, id, phase=phase, pages=60, day=date(2026, 1, 1 + ord(id) - ord("a")))
    made = arranging.as_proposed(desk.ports, desk.desk, ID, ["b", "c"])
    assert contents(made) == [("installation", ["b", "c"])]


def test_a_volume_that_is_gone_meanwhile_takes_no_paper(desk: Office) -> None:
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "a").id, None)
    paper(desk, "b")
    ports = desk.with_index(Overtaking(desk, lambda: arranging.take_out(desk.ports, desk.desk, ID, "a")))
    with pytest.raises(InvalidInput) as gone:
        arranging.put(ports, desk.desk, ID, "b", 1)
    assert gone.value.key == "volume_unknown"


def contents(dossier: Dossier) -> list[tuple[str | None, list[str]]]:
    return [(volume.phase, [item.document for item in volume.items]) for volume in dossier.volumes]


def test_a_dossier_that_outgrows_its_one_volume_is_parted_by_phase(desk: Office) -> None:
    assert contents(one_volume(desk)) == [(None, ["a", "b", "c"])]
    paper(desk, "d", pages=110, phase="completion")
    pile = arranging.pile(desk.ports, desk.desk, ID)
    assert ([one.id for one, _ in pile.loose], [one.id for one in pile.coming_out]) == (["d"], ["b", "c"])
    made = arranging.as_proposed(desk.ports, desk.desk, ID, ["d"])
    assert contents(made) == [("contract", ["a"]), ("installation", ["b", "c"]), ("completion", ["d"])]
    assert [(document(desk, id).volume, document(desk, id).item) for id in "abcd"] == [(1, 1), (2, 1), (2, 2), (3, 1)]
    assert trail.verify(desk.ports, SYSTEM).is_whole


def test_a_second_volume_made_by_hand_parts_the_first(desk: Office) -> None:
    one_volume(desk)
    made = arranging.put(desk.ports, desk.desk, ID, "c", None)
    assert contents(made) == [("contract", ["a"]), ("installation", ["c"])]
    assert document(desk, "b").volume == 0
    with pytest.raises(Refused) as refused:
        arranging.put(desk.ports, desk.desk, ID, "b", 1)
    assert (refused.value.key, refused.value.clause) == ("phases_mixed", "规范 二、6")


def test_one_volume_is_not_fixed_with_several_phases_while_more_waits_than_fits(desk: Office) -> None:
    one_volume(desk)
    paper(desk, "d", pages=110, phase="completion")
    arranging.number_pages(desk.ports, desk.desk, ID, 1)
    with pytest.raises(Refused) as refused:
        arranging.fix(desk.ports, desk.desk, ID, 1, sheets=50, place=PLACE)
    assert (refused.value.key, refused.value.clause) == ("volume_mixed", "规范 二、6")
    arranging.fix(desk.ports, desk.desk, ID, 1, sheets=25, place=PLACE)  # written on both sides: the rest fits


def test_beside_supplements_no_other_phase_goes_to_the_end_of_the_fixed_volume(desk: Office) -> None:
    one_volume(desk)
    arranging.number_pages(desk.ports, desk.desk, ID, 1)
    arranging.fix(desk.ports, desk.desk, ID, 1, sheets=50, place=PLACE)
    paper(desk, "d", pages=101, phase="completion")
    with pytest.raises(Refused) as full:
        arranging.put(desk.ports, desk.desk, ID, "d", 1)
    assert (full.value.key, full.value.clause) == ("volume_full", "规范 二、7")
    made = arranging.as_proposed(desk.ports, desk.desk, ID)
    assert contents(made) == [(None, ["a", "b", "c"]), ("completion", ["d"])]
    assert made.volumes[1].supplement_to == 1
    paper(desk, "e", pages=1, phase="contract")
    with pytest.raises(Refused) as refused:
        arranging.put(desk.ports, desk.desk, ID, "e", 1)
    assert refused.value.key == "phases_mixed"


def test_in_one_volume_papers_move_only_among_those_of_their_phase(desk: Office) -> None:
    one_volume(desk)
    for id, at in (("a", 2), ("b", 1)):
        with pytest.raises(Refused) as refused:
            arranging.put(desk.ports, desk.desk, ID, id, 1, at)
        assert (refused.value.key, refused.value.clause) == ("phases_out_of_order", "规范 二、6")
    assert contents(arranging.put(desk.ports, desk.desk, ID, "c", 1, 2)) == [(None, ["a", "c", "b"])]


def test_an_empty_last_volume_goes_when_its_only_paper_is_taken_out(desk: Office) -> None:
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "a").id, None)
    assert arranging.take_out(desk.ports, desk.desk, ID, "a").volumes == ()
    assert document(desk, "a").volume == 0


def test_what_is_in_no_volume_is_not_taken_out_of_one(desk: Office) -> None:
    arranging.put(desk.ports, desk.desk, ID, paper(desk, "a").id, None)
    before = desk.ports.index.get(Dossier, ID)
    with pytest.raises(NotFound):
        arranging.take_out(desk.ports, desk.desk, ID, "nothing")
    with pytest.raises(Refused) as refused:
        arranging.take_out(desk.ports, desk.desk, ID, paper(desk, "b").id)
    assert refused.value.key == "document_in_no_volume"
    assert desk.ports.index.get(Dossier, ID).revision == before.revision, "no act stands in the trail"


def test_what_is_not_to_be_kept_leaves_the_pile_and_comes_back(desk: Office) -> None:
    paper(desk, "a")
    manager = desk.actor("tang.xu")
    with pytest.raises(InvalidInput):
        appraising.not_keep(desk.ports, manager, ID, "a", " ")
    appraising.not_keep(desk.ports, manager, ID, "a", "重份")
    found = arranging.pile(desk.ports, desk.desk, ID)
    assert (found.loose, [one.id for one in found.not_kept]) == ([], ["a"])
    appraising.keep(desk.ports, manager, ID, "a")
    assert [one.id for one, _ in arranging.pile(desk.ports, desk.desk, ID).loose] == ["a"]


def test_readers_arrange_nothing(desk: Office) -> None:
    paper(desk, "a")
    with pytest.raises(Forbidden):
        arranging.put(desk.ports, desk.actor("he.zhixing"), ID, "a", None)
