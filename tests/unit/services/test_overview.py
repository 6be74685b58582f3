"""The figures of the day: each for those whose work it is, and nothing of what one may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from archive.domain.access import Access
from archive.domain.copy import Copy
from archive.domain.document import Document
from archive.domain.intake_job import IntakeJob, JobState
from archive.services import audit, lending, overview
from tests.unit.services.conftest import Office, make_dossier
from tests.unit.services.test_lending import Y1, request


@pytest.fixture
def shelf(office: Office) -> Office:
    make_dossier(office.ports)
    settle(office)
    return office


def settle(office: Office) -> None:
    for kind in (Document, Copy, IntakeJob):
        last = max((read.seq for read in office.ports.index.changes(kind, 0)), default=0)
        office.ports.index.refresh(last)


def take_in(office: Office, id: str, pages: int, documents: tuple[str, ...]) -> None:
    """A file that came in today."""
    ports = office.ports
    now = ports.clock.now()
    job = IntakeJob(
        id=id, batch="b", source="0" * 64, size=1, file_name="a.pdf", channel="upload", by="gu.wendi", received_at=now,
        received_on=ports.clock.today().isoformat(), state=JobState.DONE, pages=pages, documents=documents,
        last=audit.event(ports, office.desk, "receive"),
    )  # fmt: skip
    audit.create(ports, job)
    settle(office)


def test_a_reader_sees_counts_and_nothing_of_others_work(shelf: Office) -> None:
    seen = overview.overview(shelf.ports, shelf.actor("he.zhixing"))
    assert seen.dossiers == 1
    assert (seen.to_review, seen.due_today, seen.overdue, seen.deadlines, seen.pages_today) == (None,) * 5


def test_who_may_see_nothing_counts_nothing(shelf: Office) -> None:
    actor = shelf.desk
    blind = type(actor)(actor.login, actor.name, actor.roles, Access.nothing())
    seen = overview.overview(shelf.ports, blind)
    assert (seen.dossiers, seen.pages, seen.to_review) == (0, 0, 0)


def test_a_loan_is_due_today_and_overdue_the_day_after(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    settle(shelf)
    today = overview.overview(shelf.ports, shelf.desk)
    assert (today.due_today, today.overdue) == (1, 0)
    shelf.clock.move(timedelta(days=1))
    after = overview.overview(shelf.ports, shelf.desk)
    assert (after.due_today, after.overdue) == (0, 1)


def test_my_loans_are_mine(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    settle(shelf)
    assert [copy.id for copy in overview.my_loans(shelf.ports, shelf.actor("he.zhixing"))] == [Y1]
    assert overview.my_loans(shelf.ports, shelf.desk) == []


def test_pages_of_today_are_those_of_todays_files(shelf: Office) -> None:
    take_in(shelf, "one", 12, ())
    assert overview.overview(shelf.ports, shelf.desk).pages_today == 12
    shelf.clock.move(timedelta(days=1))
    assert overview.overview(shelf.ports, shelf.desk).pages_today == 0


def test_what_came_in_last_stands_first_as_far_as_it_may_be_seen(shelf: Office) -> None:
    take_in(shelf, "one", 1, ("kh-2024-031-doc-1",))
    shelf.clock.move(timedelta(minutes=1))
    take_in(shelf, "two", 1, ("kh-2024-031-doc-2",))
    latest = overview.latest(shelf.ports, shelf.desk)
    assert [document.id for document, _ in latest] == ["kh-2024-031-doc-2", "kh-2024-031-doc-1"]
    assert overview.latest(shelf.ports, shelf.actor("he.zhixing")) == []  # not a reader's work
    assert len(overview.latest(shelf.ports, shelf.desk, most=1)) == 1
