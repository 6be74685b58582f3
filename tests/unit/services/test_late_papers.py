"""Late papers: the original of a volume counts each once, whoever is stopped or overtaken; none is in two volumes."""

from __future__ import annotations

from typing import Any

import pytest

from archive.domain.copy import Copy
from archive.domain.dossier import Dossier, Place
from archive.errors import NotFound, Refused, Unavailable
from archive.services import arranging, copies, dossiers, filing, late_papers
from tests.unit.services.conftest import Office
from tests.unit.services.test_arranging import ID, SCHEME, Y1, Breaking, Overtaking, contents, fixed, paper
from tests.unit.services.test_corrections import changed


@pytest.fixture
def desk(office: Office) -> Office:
    """A dossier with a fixed volume of two papers (2 sheets, 4 pages), and a paper of 3 pages that came late."""
    dossiers.create(office.ports, office.desk, scheme=SCHEME, name="临澜港务", number="KH-2026-001")
    fixed(office, "a", "b")
    paper(office, "c", pages=3)
    return office


class Stopping:
    """An index that cannot be written once the paper is in its volume."""

    def __init__(self, office: Office) -> None:
        self._index = office.ports.index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def refresh(self, seq: int) -> None:
        raise Unavailable("index_disk_full")


def put(office: Office, index: object | None = None, document: str = "c", volume: int = 1) -> Dossier:
    ports = office.ports if index is None else office.with_index(index)
    return arranging.put(ports, office.desk, ID, document, volume)


def dossier_of(office: Office) -> Dossier:
    return office.ports.index.get(Dossier, ID).record


def counted(office: Office) -> tuple[int, int, tuple[str, ...]]:
    copy: Copy = office.copy(Y1)
    return copy.sheets, copy.pages, copy.late


def test_two_requests_at_once_count_a_late_paper_once(desk: Office) -> None:
    with pytest.raises(Refused) as refused:
        put(desk, Overtaking(desk, lambda: put(desk)))
    assert refused.value.key == "document_not_arranged"
    assert contents(dossier_of(desk)) == [(None, ["a", "b", "c"])]
    assert counted(desk) == (5, 7, ("c",))


def test_a_request_that_fails_leaves_what_another_has_counted(desk: Office) -> None:
    late_papers.add(desk.ports, desk.desk, dossier_of(desk), 1, late_papers.Addition("c", 3, 3))
    with pytest.raises(Unavailable):
        put(desk, Breaking(desk))
    assert counted(desk) == (5, 7, ("c",))


def test_a_paper_left_out_by_a_request_that_failed_is_counted_again_by_the_one_that_put_it_there(desk: Office) -> None:
    addition = late_papers.Addition("c", 3, 3)
    put(desk, Overtaking(desk, lambda: late_papers.leave_out(desk.ports, desk.desk, dossier_of(desk), 1, addition)))
    assert counted(desk) == (5, 7, ("c",))


def test_what_fails_after_the_paper_is_in_its_volume_leaves_it_counted(desk: Office) -> None:
    with pytest.raises(Unavailable):
        put(desk, Stopping(desk))
    assert contents(dossier_of(desk)) == [(None, ["a", "b", "c"])]
    assert counted(desk) == (5, 7, ("c",))


def test_whoever_was_stopped_counts_a_late_paper_once_whatever_happened_since(desk: Office) -> None:
    late_papers.add(desk.ports, desk.desk, dossier_of(desk), 1, late_papers.Addition("c", 3, 3))
    copies.set_place(desk.ports, desk.desk, Y1, Place(cabinet="乙柜"))
    put(desk)
    assert counted(desk) == (5, 7, ("c",))


def test_an_original_registered_later_counts_the_late_papers_of_its_volume(desk: Office) -> None:
    put(desk)
    again = copies.register_copy(desk.ports, desk.desk, ID, 1, kind="photocopy")
    assert (again.pages, again.late) == (7, ("c",))


def test_a_paper_in_an_open_volume_moves_into_the_fixed_one(desk: Office) -> None:
    arranging.put(desk.ports, desk.desk, ID, "c", None)
    paper(desk, "d")
    put(desk, document="d", volume=2)
    assert contents(put(desk)) == [(None, ["a", "b", "c"]), ("contract", ["d"])]


def test_a_paper_that_another_puts_into_a_fixed_volume_meanwhile_is_in_one_volume(desk: Office) -> None:
    def elsewhere() -> None:
        arranging.put(desk.ports, desk.desk, ID, "c", None)
        arranging.number_pages(desk.ports, desk.desk, ID, 2)
        arranging.fix(desk.ports, desk.desk, ID, 2, sheets=2, place=Place(cabinet="甲柜"))

    with pytest.raises(Refused) as refused:
        put(desk, Overtaking(desk, elsewhere))
    assert refused.value.key == "document_in_fixed_volume"
    assert contents(dossier_of(desk)) == [(None, ["a", "b"]), ("contract", ["c"])]
    assert counted(desk) == (2, 4, ())


@pytest.mark.parametrize(
    ("update", "key"),
    [
        ({"kept": False}, "document_not_arranged"),
        ({"attachment": True}, "document_not_arranged"),
        ({"review": "waiting"}, "document_unreviewed"),
    ],
)
def test_what_belongs_into_no_volume_does_not_come_late(desk: Office, update: dict[str, Any], key: str) -> None:
    changed(desk, "c", **update)
    with pytest.raises(Refused) as refused:
        put(desk)
    assert refused.value.key == key
    assert counted(desk) == (2, 4, ())


@pytest.mark.parametrize("volume", [1, None])
def test_a_paper_moved_to_another_dossier_meanwhile_comes_into_no_volume_of_this(
    desk: Office, volume: int | None
) -> None:
    dossiers.create(desk.ports, desk.desk, scheme=SCHEME, name="青屿三院", number="KH-2026-002")

    def moved() -> None:
        filing.file_document(desk.ports, desk.desk, "c", dossier="kh-2026-002")
        arranging.remark(desk.ports, desk.desk, ID, 1, "已移出一份")

    ports = desk.with_index(Overtaking(desk, moved))
    with pytest.raises(NotFound):
        arranging.put(ports, desk.desk, ID, "c", volume)
    assert contents(dossier_of(desk)) == [(None, ["a", "b"])]
    assert counted(desk) == (2, 4, ())
