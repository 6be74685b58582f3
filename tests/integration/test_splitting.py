"""A binder with bookmarks comes in as several documents, and blank pages are known; over the real parts."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from archive.domain.access import SYSTEM, Access
from archive.domain.document import Document, Page
from archive.domain.intake_job import IntakeJob, JobState, Wish
from archive.domain.query import Anything
from archive.services import audit, dossiers, intake
from tests.integration.conftest import Office

BOOKMARKS = Wish(split="bookmarks")


def binder(folder: Path, *marks: tuple[str, int], pages: int = 4) -> Path:
    """A PDF without text whose second page is filled, the others blank, with bookmarks at pages (from 1)."""
    sheets = [Image.new("L", (620, 877), 245) for _ in range(pages)]
    ImageDraw.Draw(sheets[1]).rectangle((100, 200, 500, 600), fill=20)
    path = folder / "binder.pdf"
    sheets[0].save(path, save_all=True, append_images=sheets[1:], resolution=75)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        with pdf.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(title, page - 1) for title, page in marks)
        pdf.save(path)
    return path


def documents(office: Office, job: str) -> list[Document]:
    done = office.ports.index.get(IntakeJob, job).record
    assert done.state == JobState.DONE, done
    read = office.ports.index.get_many(Document, done.documents)
    return [read[id].record for id in done.documents]


def test_a_binder_is_split_at_its_bookmarks_and_each_page_is_in_one_document(office: Office) -> None:
    taken = office.take(binder(office.folder, ("安装合同", 1), ("验收记录", 3)), BOOKMARKS)
    first, second = documents(office, taken.job.id)
    assert [page.source_page for page in first.pages] == [1, 2]
    assert [(page.number, page.source_page) for page in second.pages] == [(1, 3), (2, 4)]
    assert (first.title, second.title) == ("安装合同", "验收记录")
    assert "title" in second.review_because  # a bookmark is a guess
    assert office.ports.index.count(Page, Anything(), Access.whole_archive()) == 4
    assert office.ports.index.get(IntakeJob, taken.job.id).record.pages == 4


@pytest.mark.parametrize("wish", [Wish(), BOOKMARKS])
def test_what_is_not_asked_for_or_has_no_bookmarks_stays_one_document(office: Office, wish: Wish) -> None:
    marks = () if wish.split else (("安装合同", 1), ("验收记录", 3))
    taken = office.take(binder(office.folder, *marks), wish)
    (whole,) = documents(office, taken.job.id)
    assert len(whole.pages) == 4


def test_a_split_that_was_broken_off_makes_the_same_documents(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    create, made = audit.create, []

    def dying(ports: object, record: object) -> object:
        if isinstance(record, Document):
            made.append(record.id)
            if len(made) == 2:
                raise Killed
        return create(ports, record)  # type: ignore[arg-type, type-var]

    path = binder(office.folder, ("安装合同", 1), ("验收记录", 3))
    monkeypatch.setattr(audit, "create", dying)
    with pytest.raises(Killed):
        office.take(path, BOOKMARKS)
    monkeypatch.undo()
    (read,) = office.ports.index.changes(IntakeJob, 0)
    assert [(part.first_page, part.last_page) for part in read.record.parts] == [(1, 2), (3, 4)]
    intake.split(office.ports, read.record.id)
    office.settle()
    found = documents(office, read.record.id)
    assert [one.id for one in found] == made
    assert office.ports.index.count(Document, Anything(), Access.whole_archive()) == 2


def test_blank_pages_are_known_and_get_no_number(office: Office) -> None:
    dossier = dossiers.create(office.ports, SYSTEM, scheme="engineering-customer", name="临澜港务")
    taken = office.take(binder(office.folder), Wish(dossier=dossier.id, scheme=dossier.scheme))
    (whole,) = documents(office, taken.job.id)
    assert whole.blank == (1, 3, 4)
