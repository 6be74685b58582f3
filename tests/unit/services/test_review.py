"""Taking a review back: the document is to be checked again as it was, unless it moved on meanwhile."""

from __future__ import annotations

from datetime import date

import pytest

from archive.domain.access import SYSTEM
from archive.domain.document import Document, Guess, Page, PageOf, PageState
from archive.domain.dossier import Place
from archive.domain.page_facts import PageFacts
from archive.errors import Forbidden, NotFound, Refused
from archive.services import appraising, arranging, audit, dossiers, filing, page_reading, review, trail
from tests.unit.services.conftest import Office

SCHEME = "engineering-customer"


@pytest.fixture
def desk(office: Office) -> Office:
    """Two dossiers, and an unfiled document of one page that waits for review."""
    for number in ("KH-2026-001", "KH-2026-002"):
        dossiers.create(office.ports, office.desk, scheme=SCHEME, name="临澜港务", number=number)
    return office


def waiting(office: Office, id: str = "unsure", dossier: str = "") -> Document:
    ports = office.ports
    guesses = {
        "type": Guess(value="contract", confidence=0.58, source="text", others=("contract_supplement",)),
        "title": Guess(value="安装合同", confidence=0.86, source="text"),
    }
    document = Document(
        id=id, job="job", source="1" * 64, file_name="扫描.pdf", media_type="application/pdf", scheme=SCHEME,
        pages=(PageOf(number=1, source_page=1),), mark=f"{SCHEME}/company" if dossier else "inbox/unfiled",
        type="contract", phase="contract", title="安装合同", guesses=guesses, review="waiting", dossier=dossier,
        review_because=("dossier", "type"), finished="yes", received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )  # fmt: skip
    made = audit.create(ports, document)
    page_reading.keep_facts(ports, id, PageFacts(number=1, state=PageState.FAILED, failure="page_unreadable"))
    filing.refile_pages(ports, made)
    ports.index.refresh(made.seq)
    return made.record


def page(office: Office, id: str = "unsure") -> Page:
    return office.ports.index.get(Page, f"{id}-1").record


def as_filed(document: Document) -> dict[str, object]:
    """Everything of a document but what tells how it came to be."""
    return document.model_dump(exclude={"last"})


def test_a_correction_that_is_taken_back_leaves_document_and_pages_as_they_were(desk: Office) -> None:
    before = waiting(desk)
    pages = page(desk)
    filing.file_document(
        desk.ports, desk.desk, "unsure", dossier="kh-2026-001", type="minutes", title="别的", date=date(2026, 1, 2)
    )
    assert page(desk).dossier == "kh-2026-001"
    review.take_back(desk.ports, desk.desk, "unsure")
    now = desk.ports.index.get(Document, "unsure").record
    assert as_filed(now) == as_filed(before)
    assert page(desk).model_dump(exclude={"stamp"}) == pages.model_dump(exclude={"stamp"})
    assert [one.record.id for one in filing.review_list(desk.ports, desk.desk).records] == ["unsure"]
    assert trail.verify(desk.ports, SYSTEM).is_whole


def test_a_guess_that_was_let_stand_is_unsure_again(desk: Office) -> None:
    waiting(desk, dossier="kh-2026-001")
    filing.accept(desk.ports, desk.desk, "unsure")
    opened = review.take_back(desk.ports, desk.desk, "unsure").record
    assert (opened.review, opened.guesses["type"].confidence) == ("waiting", 0.58)
    assert opened.dossier == "kh-2026-001"


def test_nothing_is_taken_back_twice_or_where_no_review_was_ended(desk: Office) -> None:
    waiting(desk)
    with pytest.raises(Refused) as refused:
        review.take_back(desk.ports, desk.desk, "unsure")
    assert refused.value.key == "review_not_to_take_back"
    filing.file_document(desk.ports, desk.desk, "unsure", dossier="kh-2026-001")
    filing.file_document(desk.ports, desk.desk, "unsure", title="再改")  # put right later, not from the review
    with pytest.raises(Refused):
        review.take_back(desk.ports, desk.desk, "unsure")
    assert desk.ports.index.get(Document, "unsure").record.review == "done"


def test_what_was_put_into_a_volume_meanwhile_is_not_taken_back(desk: Office) -> None:
    waiting(desk)
    filing.file_document(desk.ports, desk.desk, "unsure", dossier="kh-2026-001")
    arranging.as_proposed(desk.ports, desk.desk, "kh-2026-001")
    with pytest.raises(Refused) as refused:
        review.take_back(desk.ports, desk.desk, "unsure")
    assert refused.value.key == "review_arranged_since"
    assert "KH-2026-001-01" in refused.value.told_in("en")
    assert desk.ports.index.get(Document, "unsure").record.dossier == "kh-2026-001"


def test_what_was_appraised_meanwhile_is_not_taken_back(desk: Office) -> None:
    waiting(desk)
    filing.file_document(desk.ports, desk.desk, "unsure", dossier="kh-2026-001")
    appraising.not_keep(desk.ports, desk.actor("tang.xu"), "kh-2026-001", "unsure", "重份")
    with pytest.raises(Refused) as refused:
        review.take_back(desk.ports, desk.desk, "unsure")
    assert refused.value.key == "review_appraised_since"


def test_a_document_goes_back_into_the_open_volume_it_was_taken_out_of(desk: Office) -> None:
    waiting(desk, dossier="kh-2026-001")
    waiting(desk, "second", dossier="kh-2026-001")
    arranging.put(desk.ports, desk.desk, "kh-2026-001", "unsure", None)
    arranging.put(desk.ports, desk.desk, "kh-2026-001", "second", 1, 2)
    filing.file_document(desk.ports, desk.desk, "unsure", dossier="kh-2026-002")
    review.take_back(desk.ports, desk.desk, "unsure")
    volume = dossiers.dossier_at(desk.ports, desk.desk, "kh-2026-001").volumes[0]
    assert [item.document for item in volume.items] == ["unsure", "second"]
    assert (page(desk).volume, page(desk).item) == ("kh-2026-001/1", 1)


def test_a_document_whose_place_is_out_of_order_now_is_taken_back_and_stays_loose(desk: Office) -> None:
    for id in ("unsure", "second"):
        waiting(desk, id, dossier="kh-2026-001")
        arranging.put(desk.ports, desk.desk, "kh-2026-001", id, None if id == "unsure" else 1)
    filing.file_document(desk.ports, desk.desk, "unsure", dossier="kh-2026-002")
    filing.file_document(desk.ports, desk.desk, "second", type="settlement")
    waiting(desk, "third", dossier="kh-2026-001")
    arranging.as_proposed(desk.ports, desk.desk, "kh-2026-001")
    filing.file_document(desk.ports, desk.desk, "third", phase="completion")
    arranging.as_proposed(desk.ports, desk.desk, "kh-2026-001")
    assert review.take_back(desk.ports, desk.desk, "unsure").record.review == "waiting"


def test_a_review_in_an_open_volume_is_taken_back_in_its_place_but_not_once_it_is_fixed(desk: Office) -> None:
    waiting(desk, dossier="kh-2026-001")
    arranging.put(desk.ports, desk.desk, "kh-2026-001", "unsure", None)
    filing.accept(desk.ports, desk.desk, "unsure")
    assert review.take_back(desk.ports, desk.desk, "unsure").record.volume == 1
    filing.accept(desk.ports, desk.desk, "unsure")
    arranging.number_pages(desk.ports, desk.desk, "kh-2026-001", 1)
    arranging.fix(desk.ports, desk.desk, "kh-2026-001", 1, sheets=1, place=Place(cabinet="甲柜"))
    with pytest.raises(Refused):
        review.take_back(desk.ports, desk.desk, "unsure")


def test_who_may_not_file_takes_nothing_back(desk: Office) -> None:
    waiting(desk)
    filing.file_document(desk.ports, desk.desk, "unsure", dossier="kh-2026-001")
    with pytest.raises(Forbidden):
        review.take_back(desk.ports, desk.actor("he.zhixing"), "unsure")
    with pytest.raises(NotFound):
        review.take_back(desk.ports, desk.desk, "nothing")
