"""Arrangement: which volume is proposed for a paper, in which order, what a fixed volume allows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import schemes
from archive.domain.arrangement import (
    ONE,
    inserted,
    is_loose,
    laid_apart,
    new_volume,
    numbered_pages_of,
    propose,
    sheets_of,
    target_of,
    without,
)
from archive.domain.document import Document, PageOf
from archive.domain.dossier import Dossier, Volume, VolumeItem
from archive.domain.record import Event
from archive.domain.scheme_file import read_scheme

LAST = Event(at=datetime(2026, 11, 23, tzinfo=UTC), by="test", action="create")
TEXTS = dict(schemes.shipped())
CUSTOMER = read_scheme(TEXTS["engineering-customer"], "engineering-customer")
CAMPUS = read_scheme(TEXTS["campus-construction"], "campus-construction")


def dossier(*volumes: Volume, **more: Any) -> Dossier:
    return Dossier(
        id="d", number="D-1", scheme=CUSTOMER.id, name="d", level="x", mark="x", state="x", created_at=LAST.at,
        last=LAST, volumes=volumes, **more,
    )  # fmt: skip


def paper(id: str, type_: str, phase: str, day: str = "2024-01-01", pages: int = 40, **more: Any) -> Document:
    return Document(
        id=id, job="j", source="s", file_name="f", media_type="m", mark="m", received_at=LAST.at, last=LAST, type=type_,
        phase=phase, date=date.fromisoformat(day) if day else None,
        pages=tuple(PageOf(number=n, source_page=n) for n in range(1, pages + 1)), **more,
    )  # fmt: skip


def fixed(volume: Volume) -> Volume:
    return volume.model_copy(update={"fixed_at": LAST.at})


def placed(found: Any) -> list[tuple[str, int, int]]:
    return [(one.document, one.volume, one.at) for one in found]


def test_phases_have_volumes_of_their_own_and_papers_stand_by_date() -> None:
    papers = [
        paper("report", "completion_report", "completion"),
        paper("late", "contract", "contract", "2024-05-01"),
        paper("early", "contract", "contract", "2024-01-01"),
    ]
    found = propose(CUSTOMER, dossier(), papers)
    assert placed(found) == [("early", 1, 1), ("late", 1, 2), ("report", 2, 1)]
    assert [one.is_new for one in found] == [True, False, True]
    assert found[0].target.title == "合同文件"


def test_a_thin_dossier_is_one_volume_in_the_order_of_the_phases() -> None:
    papers = [paper("b", "completion_report", "completion", pages=2), paper("a", "contract", "contract", pages=3)]
    found = propose(CUSTOMER, dossier(), papers)
    assert placed(found) == [("a", 1, 1), ("b", 1, 2)]
    assert (found[0].target.phase, found[0].target.title) == (None, ONE)


def test_a_volume_that_is_full_is_followed_by_another_of_its_kind() -> None:
    papers = [paper(f"c{n}", "contract", "contract", f"2024-01-0{n}", pages=100) for n in range(1, 4)]
    assert placed(propose(CUSTOMER, dossier(), papers)) == [("c1", 1, 1), ("c2", 2, 1), ("c3", 3, 1)]


def test_a_paper_goes_between_those_that_are_there() -> None:
    there = [paper("a", "contract", "contract", "2024-01-01", 30), paper("c", "contract", "contract", "2024-03-01", 40)]
    volume = Volume(number=1, title="合同文件", phase="contract", group="contract")
    for one in there:
        volume = inserted(volume, one, 9)
    found = propose(CUSTOMER, dossier(volume), [*there, paper("b", "contract", "contract", "2024-02-01", 5)])
    assert placed(found) == [("b", 1, 2)]


def test_a_fixed_volume_is_left_alone_and_a_supplement_proposed() -> None:
    old = paper("a", "contract", "contract", pages=80)
    volume = fixed(inserted(Volume(number=1, title="合同文件", phase="contract", group="contract"), old, 1))
    (found,) = propose(CUSTOMER, dossier(volume), [old, paper("b", "contract", "contract", "2023-01-01")])
    assert (found.volume, found.is_new, found.late) == (2, True, False)


def test_where_the_dossier_is_one_fixed_volume_a_late_paper_goes_to_its_end() -> None:
    old = paper("a", "contract", "contract", pages=8)
    volume = fixed(inserted(Volume(number=1, title=ONE), old, 1))
    (found,) = propose(CUSTOMER, dossier(volume), [old, paper("b", "contract", "contract", "2023-01-01")])
    assert (found.volume, found.at, found.late) == (1, 2, True)


# --- one volume that grows ----------------------------------------------------------------------------------------

THIN = [paper("a", "contract", "contract", pages=20), paper("b", "start_report", "installation", pages=30)]


def whole(*papers: Document) -> Volume:
    """The volume of all phases with these papers."""
    volume = Volume(number=1, title=ONE)
    for n, one in enumerate(papers, start=1):
        volume = inserted(volume, one, n)
    return volume


def kinds(found: Any) -> dict[str, tuple[int, str | None]]:
    return {one.document: (one.volume, one.target.phase) for one in found}


def test_one_volume_takes_in_more_as_long_as_all_of_it_fits() -> None:
    more = [paper("c", "minutes", "installation", pages=60), paper("d", "settlement", "completion", pages=40)]
    found = propose(CUSTOMER, dossier(whole(*THIN)), [*THIN, *more])
    assert kinds(found) == {"c": (1, None), "d": (1, None)}


def test_an_open_volume_of_all_phases_is_parted_when_the_dossier_is_too_thick_for_one() -> None:
    more = [paper("c", "minutes", "installation", pages=100), paper("d", "settlement", "completion", pages=70)]
    found = propose(CUSTOMER, dossier(whole(*THIN)), [*THIN, *more])
    assert kinds(found) == {"b": (2, "installation"), "c": (2, "installation"), "d": (3, "completion")}
    (first,) = laid_apart(CUSTOMER, dossier(whole(*THIN)), {one.id: one for one in [*THIN, *more]}).volumes
    assert (first.number, first.phase, first.title) == (1, "contract", "合同文件")
    assert [item.document for item in first.items] == ["a"]


def test_papers_too_many_for_a_fixed_volume_of_all_phases_get_supplements_one_for_each_phase() -> None:
    volume = fixed(whole(*THIN))
    more = [
        paper("c", "minutes", "installation", pages=60),
        paper("d", "settlement", "completion", pages=20),
        paper("e", "manual", "completion", pages=40),
    ]
    found = propose(CUSTOMER, dossier(volume), [*THIN, *more])
    assert kinds(found) == {"c": (2, "installation"), "d": (3, "completion"), "e": (3, "completion")}
    assert not any(one.late for one in found)
    assert new_volume((volume,), found[0].target).supplement_to == 1


def test_a_late_paper_is_not_proposed_to_a_fixed_volume_that_is_full() -> None:
    volume = fixed(whole(*THIN)).model_copy(update={"sheets": 100})
    thick, thin = paper("c", "contract", "contract", pages=51), paper("c", "contract", "contract", pages=50)
    assert [one.late for one in propose(CUSTOMER, dossier(volume), [*THIN, thick])] == [False]
    assert [one.late for one in propose(CUSTOMER, dossier(volume), [*THIN, thin])] == [True]


def test_a_dossier_of_several_volumes_never_gets_another_of_all_phases() -> None:
    later = Volume(number=2, title=ONE)
    held = [paper("c", "minutes", "installation", pages=5), paper("d", "settlement", "completion", pages=5)]
    for one in held:
        later = inserted(later, one, 9)
    known = {one.id: one for one in [*THIN, *held]}
    apart = laid_apart(CUSTOMER, dossier(fixed(whole(*THIN)), later), known)
    assert [[item.document for item in volume.items] for volume in apart.volumes] == [["a", "b"], ["c"]]
    assert target_of(CUSTOMER, apart, held[1], known).phase == "completion"


def test_nothing_is_proposed_for_attachments_papers_not_kept_and_unknown_phases() -> None:
    papers = [
        paper("sound", "other", "contract", attachment=True),
        paper("draft", "contract", "contract", kept=False),
        paper("what", "", ""),
    ]
    assert propose(CUSTOMER, dossier(), papers) == []
    assert [is_loose(dossier(), one) for one in papers] == [False, False, True]


def test_drawings_of_each_building_and_specialty_stand_apart_by_number() -> None:
    papers = [
        paper("s2", "construction_drawing", "design", number="结施-02", building="主楼", specialty="structure"),
        paper("s1", "construction_drawing", "design", number="结施-01", building="主楼", specialty="structure"),
        paper("x1", "construction_drawing", "design", number="水施-01", building="附楼", pages=60),
    ]
    found = propose(CAMPUS, dossier(), papers)
    titles = {one.document: one.target.title for one in found}
    assert [one.document for one in found if one.target.title == titles["s1"]] == ["s1", "s2"]
    assert titles["s1"] != titles["x1"]
    assert "主楼" in titles["s1"]


def test_a_type_that_no_group_names_has_the_volume_of_its_phase() -> None:
    one = paper("x", "nothing", "contract", pages=90)
    assert target_of(CUSTOMER, dossier(), one, {one.id: one}).title == "合同"
    nowhere = paper("y", "nothing", "elsewhere", day="", pages=90)
    assert target_of(CUSTOMER, dossier(), nowhere, {nowhere.id: nowhere}).title == "elsewhere"


def test_blank_pages_get_no_number_and_sheets_are_estimated_until_counted() -> None:
    one = paper("a", "contract", "contract", pages=10, blank=(3, 7))
    assert numbered_pages_of(one) == 8
    volume = inserted(Volume(number=1, title="v", phase="contract"), one, 1)
    assert (volume.pages, sheets_of(CUSTOMER.arrangement, volume, {"a": one})) == (8, 10)
    assert sheets_of(CUSTOMER.arrangement, volume, {}) == 8
    assert sheets_of(CUSTOMER.arrangement, volume.model_copy(update={"sheets": 5}), {"a": one}) == 5


def test_taking_a_paper_out_closes_the_numbers() -> None:
    items = tuple(VolumeItem(document=id, item=n, pages=2) for n, id in enumerate("abc", start=1))
    volume = without(Volume(number=1, title="v", items=items), "b")
    assert [(item.document, item.item) for item in volume.items] == [("a", 1), ("c", 2)]
    assert volume.pages == 4


def test_a_scheme_tells_what_its_groups_arrange_by() -> None:
    asked = ("specialty", "building", "part", "number")
    assert [name for name in asked if CAMPUS.arrangement.looks_at(name)] == list(asked)
    assert not any(CUSTOMER.arrangement.looks_at(name) for name in asked)
