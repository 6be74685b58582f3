"""A crash between the write of a document and those of its pages leaves nothing filed the old way for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from archive.domain.access import SYSTEM, Actor
from archive.domain.document import Document, Page
from archive.domain.dossier import Dossier
from archive.domain.page_filing import denormalised
from archive.ports import Ports
from archive.services import arranging, audit, dossiers, filing, rebuild, reconcile
from tests.unit.services.conftest import Office, make_dossier
from tests.unit.services.test_reconcile import Dying, Killed, with_pages

ID = "d" * 20


@pytest.fixture
def shelf(office: Office) -> Office:
    """A dossier with a document of three pages, all of them in the index."""
    make_dossier(office.ports)
    with_pages(office)
    rebuild.rebuild(office.ports)
    return office


def is_page(records: Any) -> bool:
    return isinstance(records[0], Page)


def pages_of(ports: Ports) -> list[Page]:
    return [read.record for read in ports.index.changes(Page, 0)]


def as_filed(ports: Ports) -> dict[str, Any]:
    """What every page of the document has to carry, its stamp apart."""
    read = ports.index.get(Document, ID)
    carried = denormalised(read.record, read.revision, *filing.context_of(ports, read.record))
    return {name: value for name, value in carried.items() if name != "stamp"}


def differing(ports: Ports) -> set[str]:
    return {name for page in pages_of(ports) for name, value in as_filed(ports).items() if getattr(page, name) != value}


def correct(ports: Ports, actor: Actor) -> None:
    filing.file_document(ports, actor, ID, type="minutes", title="第三次会议纪要", level="restricted", late=True)


def rename(ports: Ports, actor: Actor) -> None:
    fields = {"customer_t": "临澜港务"}
    dossiers.edit(ports, actor, "kh-2024-031", name="新名", cls="", fields=fields, level="company")


def arrange(ports: Ports, actor: Actor) -> None:
    arranging.put(ports, actor, "kh-2024-031", ID, None)


@pytest.mark.parametrize(
    ("act", "left"), [(correct, {"title", "type", "mark"}), (rename, {"dossier_name", "meta"}), (arrange, {"volume"})]
)
def test_pages_left_behind_by_a_crash_are_filed_as_their_document_is(
    shelf: Office, act: Callable[[Ports, Actor], None], left: set[str]
) -> None:
    before = reconcile.reconcile(shelf.ports).positions
    with pytest.raises(Killed):
        act(shelf.with_index(Dying(shelf.ports.index, "put", is_page)), shelf.desk)
    assert left <= differing(shelf.ports)
    shelf.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(shelf.ports, before).pages == 3
    assert differing(shelf.ports) == set()
    assert reconcile.reconcile(shelf.ports).nothing


def test_a_document_left_behind_by_a_crash_stands_where_its_dossier_says(shelf: Office) -> None:
    of_document = Dying(shelf.ports.index, "replace", lambda record, _: isinstance(record, Document))
    with pytest.raises(Killed):
        arrange(shelf.with_index(of_document), shelf.desk)
    assert shelf.ports.index.get(Document, ID).record.volume == 0
    shelf.clock.move(timedelta(minutes=5))
    made = reconcile.reconcile(shelf.ports)
    assert made.papers == 1 and not made.nothing
    document = shelf.ports.index.get(Document, ID).record
    held = shelf.ports.index.get(Dossier, document.dossier).record.holding(ID)
    assert held is not None and document.volume == held.number
    assert differing(shelf.ports) == set()


def test_a_page_that_is_missing_is_written(shelf: Office) -> None:
    page = shelf.ports.index.get(Page, pages_of(shelf.ports)[1].id)
    shelf.ports.index.delete(Page, page.record.id, page.token)
    assert reconcile.reconcile(shelf.ports).pages == 1
    assert len(pages_of(shelf.ports)) == 3


def test_pages_that_are_right_are_not_written_though_their_document_was(shelf: Office) -> None:
    read = shelf.ports.index.get(Document, ID)
    last = audit.event(shelf.ports, SYSTEM, "keep")
    audit.change(shelf.ports, read, read.record.model_copy(update={"last": last}))
    before = {read.record.id: read.seq for read in shelf.ports.index.changes(Page, 0)}
    assert reconcile.reconcile(shelf.ports).pages == 0
    assert {read.record.id: read.seq for read in shelf.ports.index.changes(Page, 0)} == before


def test_pages_of_a_document_that_is_being_read_are_left_to_those_who_read_it(shelf: Office) -> None:
    read = shelf.ports.index.get(Document, ID)
    update = {"finished": "no", "title": "新题", "last": audit.event(shelf.ports, SYSTEM, "retry")}
    audit.change(shelf.ports, read, read.record.model_copy(update=update))
    assert reconcile.reconcile(shelf.ports).pages == 0


def test_a_lost_dossier_keeps_no_other_document_from_its_turn(shelf: Office) -> None:
    make_dossier(shelf.ports, "KH-2024-032")
    lost = shelf.ports.index.get(Dossier, "kh-2024-032")
    shelf.ports.index.delete(Dossier, lost.record.id, lost.token)
    with pytest.raises(Killed):
        correct(shelf.with_index(Dying(shelf.ports.index, "put", is_page)), shelf.desk)
    made = reconcile.reconcile(shelf.ports)
    assert (made.pages, made.failed) == (3, [])


def test_who_files_pages_while_their_dossier_is_renamed_leaves_the_new_name(shelf: Office) -> None:
    index, renamed = shelf.ports.index, []

    class Overtaken:
        def __getattr__(self, name: str) -> Any:
            return getattr(index, name)

        def put(self, records: Any) -> int:
            if not renamed:
                renamed.append(True)
                rename(shelf.ports, shelf.desk)
            return index.put(records)

    filing.refile_pages(shelf.with_index(Overtaken()), index.get(Document, ID))
    assert {page.dossier_name for page in pages_of(shelf.ports)} == {"新名"}
