"""Documents are as closed and stand where their dossier says, whatever moves while that is being written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.domain.record import Versioned
from archive.ports import Ports
from archive.services import arranging, audit, dossiers, filing, placing
from tests.unit.services.conftest import Office, make_dossier
from tests.unit.services.test_reconcile import with_pages

ID = "d" * 20
OPEN, RESTRICTED = "engineering-customer/company", "engineering-customer/restricted"
FIRST = "kh-2024-031-doc-1"


@pytest.fixture
def shelf(office: Office) -> Office:
    """An open dossier with a loose document, and a restricted one beside it."""
    make_dossier(office.ports)
    make_dossier(office.ports, "KH-2024-032", level="restricted")
    with_pages(office)
    return office


class Overtaken:
    """An index through which, at the first `method` that `fits`, somebody else is quicker with `act`."""

    def __init__(self, inner: object, method: str, fits: Callable[..., bool], act: Callable[[], object]) -> None:
        self._inner, self._method, self._fits, self._act = inner, method, fits, act
        self._done = False

    def __getattr__(self, name: str) -> Any:
        return self._overtaken if name == self._method else getattr(self._inner, name)

    def _overtaken(self, *given: Any) -> Any:
        if not self._done and self._fits(*given):
            self._done = True
            self._act()
        return getattr(self._inner, self._method)(*given)


def dossier(ports: Ports, id: str = "kh-2024-031") -> Dossier:
    return ports.index.get(Dossier, id).record


def document(ports: Ports, id: str = ID) -> Document:
    return ports.index.get(Document, id).record


def changed(ports: Ports, **update: Any) -> Versioned[Dossier]:
    """The open dossier with another record, and nothing following from it."""
    read = ports.index.get(Dossier, "kh-2024-031")
    last = audit.event(ports, SYSTEM, "edit")
    return audit.change(ports, read, read.record.model_copy(update={**update, "last": last}))


def edit(shelf: Office, level: str) -> None:
    fields = {"customer_t": "临澜港务"}
    dossiers.edit(shelf.ports, shelf.desk, "kh-2024-031", name="工程", cls="", fields=fields, level=level)


def test_a_paper_moved_to_another_dossier_meanwhile_is_as_closed_as_that_one(shelf: Office) -> None:
    narrow = changed(shelf.ports, level="restricted", mark=RESTRICTED).record
    dossiers.mark_documents(shelf.ports, SYSTEM, narrow)
    open_ = changed(shelf.ports, level="company", mark=OPEN).record

    def move() -> None:
        filing.file_document(shelf.ports, shelf.desk, ID, dossier="kh-2024-032", type="minutes", late=True)

    index = Overtaken(shelf.ports.index, "get", lambda kind, id: (kind, id) == (Document, ID), move)
    assert dossiers.mark_documents(shelf.with_index(index), SYSTEM, open_) == 2
    assert document(shelf.ports).mark == RESTRICTED
    assert document(shelf.ports, FIRST).mark == OPEN


def test_a_paper_moved_to_another_dossier_meanwhile_does_not_stand_in_a_volume_of_this_one(shelf: Office) -> None:
    arranging.put(shelf.ports, shelf.desk, "kh-2024-031", ID, None)
    volumes = dossier(shelf.ports).volumes
    arranging.take_out(shelf.ports, shelf.desk, "kh-2024-031", ID)
    again = changed(shelf.ports, volumes=volumes).record

    def move() -> None:
        read = shelf.ports.index.get(Document, ID)
        last = audit.event(shelf.ports, SYSTEM, "file")
        audit.change(shelf.ports, read, read.record.model_copy(update={"dossier": "kh-2024-032", "last": last}))

    index = Overtaken(shelf.ports.index, "get", lambda kind, id: (kind, id) == (Document, ID), move)
    assert placing.place(shelf.with_index(index), SYSTEM, again) == []
    assert document(shelf.ports).volume == 0


def test_what_a_dossier_says_now_decides_and_not_what_it_said_when_it_was_read(shelf: Office) -> None:
    before = dossier(shelf.ports)
    edit(shelf, "restricted")
    assert dossiers.mark_documents(shelf.ports, SYSTEM, before) == 0
    assert {document(shelf.ports, id).mark for id in (ID, FIRST)} == {RESTRICTED}
    arranging.put(shelf.ports, shelf.desk, "kh-2024-031", ID, None)
    placed = document(shelf.ports)
    assert placing.place(shelf.ports, SYSTEM, before) == []
    assert document(shelf.ports) == placed


def test_a_dossier_closed_in_the_middle_of_opening_its_documents_leaves_them_closed(shelf: Office) -> None:
    """The one who closes it has looked at a document before it is opened."""
    narrow = changed(shelf.ports, level="restricted", mark=RESTRICTED).record
    dossiers.mark_documents(shelf.ports, SYSTEM, narrow)
    open_ = changed(shelf.ports, level="company", mark=OPEN).record
    opens = Overtaken(
        shelf.ports.index, "replace", lambda record, _: isinstance(record, Document), lambda: edit(shelf, "restricted")
    )
    dossiers.mark_documents(shelf.with_index(opens), SYSTEM, open_)
    assert {document(shelf.ports, id).mark for id in (ID, FIRST)} == {RESTRICTED}


def test_documents_that_are_as_their_dossier_says_are_not_read_one_by_one(shelf: Office) -> None:
    read: list[str] = []
    index = Overtaken(shelf.ports.index, "get", lambda kind, id: bool(kind is Document and read.append(id)), edit)
    dossiers.mark_documents(shelf.with_index(index), SYSTEM, dossier(shelf.ports))
    placing.place(shelf.with_index(index), SYSTEM, dossier(shelf.ports))
    assert read == []
