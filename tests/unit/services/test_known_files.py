"""A file that comes once more: known where its dossier has it, filed again where it has not, and no more is told of it
than whoever brings it may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from archive.domain.access import INBOX_MARK, SYSTEM, Access, Actor, Role
from archive.domain.document import Document
from archive.domain.intake_job import JobState, Wish
from archive.domain.query import Is
from archive.ports import Ports
from archive.services import filing
from tests.unit.services.conftest import HandClock, make_dossier
from tests.unit.services.reading import Scans, bring, documents, job_of, reading_ports
from workers.queue import InProcessQueue

D, E = "kh-2024-031", "kh-2024-032"
NARROW = Actor(
    "gu.wendi", "顾闻笛", frozenset({Role.ARCHIVIST}), Access(frozenset({INBOX_MARK, "engineering-customer/company"}))
)


@pytest.fixture
def ports(tmp_path: Path) -> Iterator[Ports]:
    made = reading_ports(tmp_path, HandClock(), Scans())
    cast("InProcessQueue", made.queue).work_on(made)
    for number in ("KH-2024-031", "KH-2024-032"):
        make_dossier(made, number, volumes=0)
    yield made
    made.index.close()


def homes(ports: Ports) -> list[str]:
    return sorted(document.dossier for document in documents(ports))


def moved(ports: Ports) -> None:
    """A file came into D and was moved to E."""
    job = bring(ports, wish=Wish(dossier=D)).job.id
    filing.file_document(ports, SYSTEM, job_of(ports, job).documents[0], dossier=E, type="contract")
    assert homes(ports) == [E]


def test_what_was_moved_to_another_dossier_is_filed_again_where_it_was(ports: Ports) -> None:
    moved(ports)
    again = bring(ports, wish=Wish(dossier=D))
    assert not again.known
    assert job_of(ports, again.job.id).state == JobState.DONE
    assert homes(ports) == [D, E]


def test_filed_again_it_is_known_however_often_it_comes(ports: Ports) -> None:
    moved(ports)
    first = bring(ports, wish=Wish(dossier=D)).job.id
    for dossier in (D, E, ""):
        assert bring(ports, wish=Wish(dossier=dossier)).known
    assert homes(ports) == [D, E]
    again = next(document for document in documents(ports) if document.dossier == D)
    filing.file_document(ports, SYSTEM, again.id, dossier=E, type="contract")
    third = bring(ports, wish=Wish(dossier=D))
    assert not third.known and third.job.id != first
    assert homes(ports) == [D, E, E]


def test_what_a_search_has_not_seen_leaving_is_looked_up_as_it_is_now(ports: Ports) -> None:
    """A file came in unfiled, was filed in D, and then moved to E; the search still shows it in D."""
    job = bring(ports).job.id
    document = job_of(ports, job).documents[0]
    filing.file_document(ports, SYSTEM, document, dossier=D, type="contract")
    before = ports.index.select(Document, Is.of("dossier", D), Access.whole_archive())
    filing.file_document(ports, SYSTEM, document, dossier=E)

    class Late:
        def __getattr__(self, name: str) -> Any:
            return getattr(ports.index, name)

        def select(self, *_: Any, **__: Any) -> Any:
            return before

    late = replace(ports, index=cast("Any", Late()), queue=InProcessQueue())
    assert not bring(late, wish=Wish(dossier=D)).known


def test_a_file_that_is_being_read_is_known(ports: Ports) -> None:
    unread = replace(ports, queue=InProcessQueue())
    first = bring(unread, wish=Wish(dossier=D))
    again = bring(unread, wish=Wish(dossier=D))
    assert (again.known, again.job.id) == (True, first.job.id)


def test_that_a_known_file_is_not_split_now_is_told(ports: Ports) -> None:
    bring(ports, wish=Wish(dossier=D))
    assert bring(ports, wish=Wish(dossier=D)).note == ""
    assert bring(ports, wish=Wish(dossier=D, split="bookmarks")).note == "file_known_unsplit"


def test_a_file_that_was_to_be_split_the_first_time_too_has_no_wish_dropped(ports: Ports) -> None:
    bring(ports, wish=Wish(dossier=D, split="bookmarks"))
    assert bring(ports, wish=Wish(dossier=D, split="bookmarks")).note == ""


@pytest.mark.parametrize("dossier", [D, ""])
def test_of_a_file_one_may_not_see_it_is_told_only_that_it_is_known(ports: Ports, dossier: str) -> None:
    brought = bring(ports, wish=Wish(dossier=dossier))
    document = job_of(ports, brought.job.id).documents[0]
    filing.file_document(ports, SYSTEM, document, dossier=D, type="contract", level="restricted")
    again = bring(ports, wish=Wish(dossier=dossier), actor=NARROW, batch="mine")
    assert (again.known, again.hidden) == (True, True)
    assert (again.job.batch, again.job.documents) == ("mine", ())
    assert bring(ports, wish=Wish(dossier=dossier)).job.id == brought.job.id


def test_of_a_file_one_may_see_its_job_is_told(ports: Ports) -> None:
    job = bring(ports, wish=Wish(dossier=D)).job.id
    again = bring(ports, wish=Wish(dossier=D), actor=NARROW)
    assert (again.known, again.hidden, again.job.id) == (True, False, job)
