"""What a crash leaves out is written again, the whole index is made anew, and the trail shows what was touched."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from archive.domain.access import SYSTEM, Access
from archive.domain.audit import AuditEvent, DayHead, LookDay
from archive.domain.copy import Copy, RegisterLine
from archive.domain.document import Document, Page, PageOf, PageState
from archive.domain.dossier import Dossier
from archive.domain.page_facts import PageFacts
from archive.domain.query import Anything
from archive.domain.reading import Line, Reading
from archive.domain.record import Record
from archive.domain.series import Series
from archive.errors import Conflict, Forbidden, Unavailable
from archive.ports import Ports
from archive.services import audit, filing, lending, page_reading, people, rebuild, reconcile, trail
from archive.services.series import next_number
from ingest.store_names import quoted
from tests.unit.services.conftest import Office, make_dossier, make_ports
from tests.unit.services.test_lending import PLACE, Y1, Y2, request


class Killed(BaseException):
    """The process ends here."""


class Dying:
    """An index or store in whose hands the process ends at a call of `method` that `fits`."""

    def __init__(self, inner: object, method: str, fits: Callable[..., bool] = lambda *_: True) -> None:
        self._inner, self._method, self._fits = inner, method, fits

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._inner, name)
        return self._died if name == self._method else whole

    def _died(self, *given: Any, **named: Any) -> Any:
        if self._fits(*given):
            raise Killed
        return getattr(self._inner, self._method)(*given, **named)


@pytest.fixture
def shelf(office: Office) -> Office:
    make_dossier(office.ports)
    return office


def register_of(ports: Ports) -> dict[str, RegisterLine]:
    found = ports.index.select(RegisterLine, Anything(), Access.whole_archive(), size=1000).records
    return {read.record.id: read.record for read in found}


def everything(ports: Ports, *kinds: type[Record]) -> dict[str, tuple[int, Record]]:
    return {
        f"{k.kind}/{read.record.id}": (read.revision, read.record) for k in kinds for read in ports.index.changes(k, 0)
    }


# --- reconciling --------------------------------------------------------------------------------------------------


def test_nothing_is_written_where_all_is_in_order(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    shelf.clock.move(timedelta(minutes=5))
    made = reconcile.reconcile(shelf.ports)
    assert made.nothing


def test_a_loan_whose_line_a_crash_left_out_gets_it(shelf: Office) -> None:
    with pytest.raises(Killed):
        lending.lend(shelf.with_index(Dying(shelf.ports.index, "put")), shelf.desk, request(Y1))
    assert shelf.copy(Y1).state == "out" and register_of(shelf.ports) == {}
    reconcile.reconcile(shelf.ports)
    assert register_of(shelf.ports) == {}  # the desk may still be writing
    shelf.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(shelf.ports).lines == 1
    assert register_of(shelf.ports)[f"{Y1}/1"].loan == shelf.copy(Y1).loan
    assert reconcile.reconcile(shelf.ports).nothing


def test_a_slip_of_which_one_copy_was_written_is_taken_back(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    before = lending.shelve(shelf.ports, shelf.desk, Y1, PLACE)
    second = Dying(shelf.ports.index, "replace", lambda record, _: isinstance(record, Copy) and record.id == Y2)
    with pytest.raises(Killed):
        lending.lend(shelf.with_index(second), shelf.desk, request(Y1, Y2))
    assert shelf.copy(Y1).state == "out"
    shelf.clock.move(timedelta(minutes=5))
    made = reconcile.reconcile(shelf.ports)
    assert (made.slips, made.lines) == (1, 0)
    now = shelf.copy(Y1)
    assert (now.state, now.loan, now.loans, now.borrower) == ("shelved", before.loan, 1, "")
    assert list(register_of(shelf.ports)) == [f"{Y1}/1"]


def test_a_slip_that_was_written_whole_is_never_taken_back(shelf: Office) -> None:
    with pytest.raises(Killed):
        lending.lend(shelf.with_index(Dying(shelf.ports.index, "put")), shelf.desk, request(Y1, Y2))
    shelf.clock.move(timedelta(minutes=5))
    made = reconcile.reconcile(shelf.ports)
    assert (made.slips, made.lines) == (0, 2)
    assert {shelf.copy(Y1).state, shelf.copy(Y2).state} == {"out"}


def test_a_slip_of_which_one_piece_came_back_already_is_never_taken_back(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1, Y2))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    lending.shelve(shelf.ports, shelf.desk, Y1, PLACE)
    lending.lend(shelf.ports, shelf.desk, request(Y1, borrower="tang.xu"))
    shelf.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(shelf.ports).slips == 0
    assert shelf.copy(Y2).state == "out"


@pytest.mark.parametrize("method", ["put_sidecar", "create"])
def test_an_event_or_sidecar_that_a_crash_left_out_is_written(shelf: Office, method: str) -> None:
    """`create`: the event of a changed copy; `put_sidecar`: everything beside the scans."""
    dying = (
        Dying(shelf.ports.store, method)
        if method == "put_sidecar"
        else Dying(shelf.ports.index, method, lambda record: isinstance(record, AuditEvent))
    )
    field = "store" if method == "put_sidecar" else "index"
    ports = Ports(**{**{n: getattr(shelf.ports, n) for n in Ports.__dataclass_fields__}, field: dying})
    with pytest.raises(Killed):
        lending.report_missing(ports, shelf.desk, Y1, "不在原处")
    made = reconcile.reconcile(shelf.ports)
    assert made.events == 1 and made.sidecars == (1 if method == "put_sidecar" else 0)
    assert shelf.ports.store.has_sidecar("copy", Y1, 2)
    assert trail.verify(shelf.ports, SYSTEM).is_whole
    assert reconcile.reconcile(shelf.ports).nothing


def test_a_pass_goes_on_where_the_last_one_stopped_but_not_past_a_slip_being_written(shelf: Office) -> None:
    first = reconcile.reconcile(shelf.ports)
    with pytest.raises(Killed):
        lending.lend(shelf.with_index(Dying(shelf.ports.index, "put")), shelf.desk, request(Y1))
    second = reconcile.reconcile(shelf.ports, first.positions)
    assert second.lines == 0
    lending.report_missing(shelf.ports, shelf.desk, Y2, "不在原处")
    shelf.clock.move(timedelta(minutes=5))
    third = reconcile.reconcile(shelf.ports, second.positions)
    assert third.lines == 1
    assert reconcile.reconcile(shelf.ports, third.positions).nothing


def test_copies_follow_a_dossier_that_was_changed_without_them_a_while_ago(shelf: Office) -> None:
    positions = reconcile.reconcile(shelf.ports).positions
    read = shelf.ports.index.get(Dossier, "kh-2024-031")
    last = audit.event(shelf.ports, SYSTEM, "edit")
    audit.change(shelf.ports, read, read.record.model_copy(update={"name": "新名", "last": last}))
    first = reconcile.reconcile(shelf.ports, positions)
    assert first.copies == 0  # those who changed it may still be writing
    shelf.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(shelf.ports, first.positions).copies == 2
    assert shelf.copy(Y1).dossier_name == "新名"


def test_papers_and_copies_close_though_the_closing_of_their_dossier_was_broken_off(shelf: Office) -> None:
    read = shelf.ports.index.get(Dossier, "kh-2024-031")
    scheme = shelf.ports.schemes[read.record.scheme]
    closed = read.record.model_copy(update={"level": "restricted", "mark": scheme.mark("restricted")})
    audit.change(shelf.ports, read, closed.model_copy(update={"last": audit.event(shelf.ports, SYSTEM, "edit")}))
    assert shelf.ports.index.get(Document, "kh-2024-031-doc-1").record.mark == "engineering-customer/company"
    shelf.clock.move(timedelta(minutes=5))
    made = reconcile.reconcile(shelf.ports)
    assert made.papers == 2 and not made.nothing
    marks = {shelf.ports.index.get(Document, "kh-2024-031-doc-1").record.mark, shelf.copy(Y1).mark}
    assert marks == {"engineering-customer/restricted"}
    assert reconcile.reconcile(shelf.ports).nothing


def test_a_copy_closes_though_the_correction_of_its_paper_was_broken_off(shelf: Office) -> None:
    positions = reconcile.reconcile(shelf.ports).positions
    dying = Dying(shelf.ports.index, "replace", lambda record, _: isinstance(record, Copy))
    with pytest.raises(Killed):
        filing.file_document(shelf.with_index(dying), shelf.desk, "kh-2024-031-doc-1", type="quotation")
    assert shelf.copy(Y1).mark == "engineering-customer/company"
    assert reconcile.reconcile(shelf.ports, positions).copies == 1
    assert (shelf.copy(Y1).mark, shelf.copy(Y1).types) == ("engineering-customer/restricted", ("quotation",))
    assert reconcile.reconcile(shelf.ports).nothing


def test_a_volume_fixed_without_its_original_being_registered_gets_it(shelf: Office) -> None:
    read = shelf.ports.index.get(Dossier, "kh-2024-031")
    third = read.record.volumes[1].model_copy(update={"number": 3})
    open_ = third.model_copy(update={"number": 4, "fixed_at": None})
    last = audit.event(shelf.ports, SYSTEM, "fix")
    volumes = (*read.record.volumes, third, open_)
    audit.change(shelf.ports, read, read.record.model_copy(update={"volumes": volumes, "last": last}))
    shelf.clock.move(timedelta(minutes=5))
    assert reconcile.reconcile(shelf.ports).copies == 1
    made = shelf.copy("KH-2024-031-03-Y1")
    assert (made.state, made.place, made.pages) == ("shelved", third.place, 126)
    assert reconcile.reconcile(shelf.ports).nothing


# --- rebuilding ---------------------------------------------------------------------------------------------------


def with_pages(office: Office, *, pages: int = 3) -> Document:
    """A document whose pages were read, one of them without success."""
    ports = office.ports
    document = Document(
        id="d" * 20,
        job="job",
        source="1" * 64,
        file_name="会议纪要.pdf",
        media_type="application/pdf",
        pages=tuple(PageOf(number=n, source_page=n) for n in range(1, pages + 1)),
        dossier="kh-2024-031",
        scheme="engineering-customer",
        mark="engineering-customer/company",
        title="会议纪要",
        finished="yes",
        received_at=ports.clock.now(),
        last=audit.event(ports, SYSTEM, "split"),
    )
    audit.create(ports, document)
    for n in range(1, pages):
        reading = Reading(
            engine="test", version="1", width=100, height=100, lines=(Line(text=f"第{n}页接地电阻", box=(1, 1, 50, 9)),)
        )
        name = f"readings/aa/{n}/test-1.json.gz"
        ports.store.put_derived(name, gzip.compress(reading.model_dump_json().encode()))
        facts = PageFacts(number=n, state=PageState.READ, reading=name, image=f"images/{n}")
        page_reading.keep_facts(ports, document.id, facts)
    page_reading.keep_facts(
        ports, document.id, PageFacts(number=pages, state=PageState.FAILED, failure="page_kills_reader")
    )
    return document


def lived_in(office: Office) -> None:
    """Loans open and closed, a finding, looks, sign-ins, pages."""
    with_pages(office)
    lending.lend(office.ports, office.desk, request(Y1, Y2))
    lending.take_back(office.ports, office.desk, Y1)
    audit.look(office.ports, office.desk, "d" * 20)
    audit.look(office.ports, office.actor("he.zhixing"), "d" * 20)
    office.clock.move(timedelta(minutes=20))
    audit.look(office.ports, office.desk, "d" * 20)
    rebuild.rebuild(office.ports)  # pages, by the same way as afterwards


KEPT = (Dossier, Document, Copy, RegisterLine, AuditEvent, LookDay)


@pytest.fixture
def anew(shelf: Office) -> Iterator[Ports]:
    lived_in(shelf)
    ports = make_ports(shelf.folder / "anew", shelf.clock)
    ports = Ports(**{**{n: getattr(ports, n) for n in Ports.__dataclass_fields__}, "store": shelf.ports.store})
    yield ports
    ports.index.close()


def test_a_rebuilt_index_holds_the_same_records_loans_register_and_pages(shelf: Office, anew: Ports) -> None:
    made = rebuild.rebuild(anew)
    assert made.broken == [] and made.searchable
    assert everything(anew, *KEPT) == {
        key: (_stamped(revision, record), record) for key, (revision, record) in everything(shelf.ports, *KEPT).items()
    }
    assert anew.index.get(Copy, Y2).record.loan == shelf.copy(Y2).loan
    pages = {id: record for id, (_, record) in everything(anew, Page).items()}
    assert pages == {id: record for id, (_, record) in everything(shelf.ports, Page).items()}
    assert [page.state for page in pages.values() if isinstance(page, Page)] == ["read", "read", "failed"]
    assert made.pages == 3 and made.repaired.nothing
    assert trail.verify(anew, SYSTEM).is_whole


def _stamped(revision: int, record: Record) -> int:
    """A register line's sidecars go by the copy's revision, and so does a restored one."""
    return record.stamp if isinstance(record, RegisterLine) else revision


def test_an_index_can_be_made_anew_again_and_again(shelf: Office, anew: Ports) -> None:
    for _ in range(3):
        rebuild.rebuild(shelf.ports)
        reconcile.reconcile(shelf.ports)
    rebuild.rebuild(anew)
    assert trail.verify(anew, SYSTEM).is_whole
    assert reconcile.reconcile(anew).nothing


def test_numbers_go_on_after_a_rebuild(shelf: Office, anew: Ports) -> None:
    rebuild.rebuild(anew)
    lending.shelve(anew, shelf.desk, Y1, PLACE)
    assert lending.lend(anew, shelf.desk, request(Y1)).slip == "JY-20261123-002"
    assert anew.index.get(Copy, Y1).record.loans == 2


def test_a_look_after_a_rebuild_goes_on_with_the_days_chain(shelf: Office, anew: Ports) -> None:
    rebuild.rebuild(anew)
    audit.look(anew, shelf.desk, "d" * 20)  # the same quarter of an hour: known already
    day = anew.index.get(LookDay, "gu.wendi/2026-11-23")
    assert day.revision == 2
    audit.look(anew, shelf.desk, "e" * 20)
    assert trail.verify(anew, SYSTEM).is_whole
    assert anew.index.get(AuditEvent, "looks/gu.wendi/2026-11-23/3").record.details == {"document": "e" * 20}


def test_a_rebuild_that_was_broken_off_is_said_and_finished_by_the_next(shelf: Office, anew: Ports) -> None:
    third = iter(range(10_000))
    dying = Dying(anew.store, "sidecars")

    def some() -> Iterator[Any]:
        for sidecar in shelf.ports.store.sidecars():
            if next(third) == 20:
                raise Killed
            yield sidecar

    dying.sidecars = some  # type: ignore[attr-defined]
    broken_off = Ports(**{**{n: getattr(anew, n) for n in Ports.__dataclass_fields__}, "store": dying})
    with pytest.raises(Killed):
        rebuild.rebuild(broken_off)
    with pytest.raises(Unavailable) as said:
        rebuild.check_whole(anew.index, anew.store)
    assert said.value.key == "rebuild_unfinished"
    rebuild.rebuild(anew)
    rebuild.check_whole(anew.index, anew.store)
    assert anew.index.get(Copy, Y2).record.loan == shelf.copy(Y2).loan
    assert len(everything(anew, Page)) == 3


def test_an_empty_index_beside_a_full_store_is_not_taken_for_a_new_archive(anew: Ports) -> None:
    with pytest.raises(Unavailable) as said:
        rebuild.check_whole(anew.index, anew.store)
    assert said.value.key == "index_lost"


def test_a_sidecar_that_cannot_be_read_is_named_and_keeps_nothing_else_away(shelf: Office, anew: Ports) -> None:
    shelf.ports.store.put_sidecar("user", "lu.yao", 2, b"{not json")
    made = rebuild.rebuild(anew)
    assert made.broken == ["user/lu.yao"]
    assert people.user(anew, "gu.wendi").name == "顾闻笛"


def test_progress_tells_every_stage(anew: Ports) -> None:
    told: list[str] = []
    rebuild.rebuild(anew, lambda stage, done, whole: told.append(stage))
    assert {"records", "pages", "reconcile"} <= set(told)


# --- the trail ----------------------------------------------------------------------------------------------------


def altered(ports: Ports, id: str, **changes: Any) -> None:
    """Writes an event over what was there, past all services."""
    read = ports.index.get(AuditEvent, id)
    ports.index.put([read.record.model_copy(update=changes)])


def test_a_whole_trail_is_said_to_be_whole(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1, Y2))
    made = trail.verify(shelf.ports, SYSTEM)
    assert made.is_whole and made.waiting == 0
    assert made.chains == made.records and made.events >= made.chains


def test_an_altered_event_is_found_even_where_its_hash_was_made_to_fit(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    altered(shelf.ports, f"copy/{Y1}/2", by="somebody")
    faults = trail.verify(shelf.ports, SYSTEM).faults
    assert [(f.key, f.number) for f in faults if f.chain == f"copy/{Y1}"] == [("trail_altered", 2)]
    event = shelf.ports.index.get(AuditEvent, f"copy/{Y1}/2").record
    altered(shelf.ports, event.id, hash=event.true_hash())
    keys = {f.key for f in trail.verify(shelf.ports, SYSTEM).faults if f.chain == f"copy/{Y1}"}
    assert keys == {"trail_link"}


def test_a_missing_event_is_a_gap(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    token = shelf.ports.index.get(AuditEvent, f"copy/{Y1}/2").token
    shelf.ports.index.delete(AuditEvent, f"copy/{Y1}/2", token)
    faults = trail.verify(shelf.ports, SYSTEM).faults
    assert ("trail_gap", f"copy/{Y1}", 2) in [(f.key, f.chain, f.number) for f in faults]


def test_a_record_changed_past_the_services_is_found(shelf: Office) -> None:
    read = shelf.ports.index.get(Copy, Y1)
    shelf.ports.index.replace(read.record.model_copy(update={"pages": 1}), read.token)
    assert trail.verify(shelf.ports, SYSTEM).waiting == 1  # looks like a crash, so the event is written …
    reconcile.reconcile(shelf.ports)
    read = shelf.ports.index.get(Copy, Y1)
    shelf.ports.index.restore([(read.record.model_copy(update={"pages": 2}), read.revision + 5)])
    keys = {(f.key, f.number) for f in trail.verify(shelf.ports, SYSTEM).faults}
    assert keys == {("trail_gap", n) for n in range(3, 7)}


def test_a_record_that_differs_from_its_sidecar_is_found(shelf: Office) -> None:
    lines = everything(shelf.ports, Copy)
    _, copy = lines[f"copy/{Y1}"]
    shelf.ports.store.put_sidecar("copy", Y1, 9, copy.model_dump_json().encode())
    assert [(f.key, f.number) for f in trail.verify(shelf.ports, SYSTEM).faults] == [("trail_lost", 9)]


def test_a_chain_taken_away_as_a_whole_is_found_by_its_day(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    assert reconcile.reconcile(shelf.ports).days == 0  # today is not over
    shelf.clock.move(timedelta(days=1))
    made = reconcile.reconcile(shelf.ports)
    assert made.days == 1
    lending.take_back(shelf.ports, shelf.desk, Y1)
    shelf.clock.move(timedelta(days=3))
    assert reconcile.reconcile(shelf.ports).days == 1  # days on which nothing happened have no head
    assert trail.verify(shelf.ports, SYSTEM).is_whole
    for kind, id in ((Copy, Y2), (AuditEvent, f"copy/{Y2}/1")):
        shelf.ports.index.delete(kind, id, shelf.ports.index.get(kind, id).token)
        shutil.rmtree(shelf.folder / "store" / "sidecars" / kind.kind / quoted(id))
    faults = [(fault.key, fault.chain) for fault in trail.verify(shelf.ports, SYSTEM).faults]
    assert faults == [("trail_day", "2026-11-23")]


def test_a_head_made_to_fit_does_not_follow_from_the_day_before(shelf: Office) -> None:
    shelf.clock.move(timedelta(days=1))
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    shelf.clock.move(timedelta(days=2))
    assert reconcile.reconcile(shelf.ports).days == 2
    first = shelf.ports.index.get(DayHead, "2026-11-23")
    shelf.ports.index.replace(first.record.model_copy(update={"hash": "f" * 64}), first.token)
    keys = [(fault.key, fault.chain) for fault in trail.verify(shelf.ports, SYSTEM).faults if "day" in fault.key]
    assert keys == [("trail_day_link", "2026-11-23"), ("trail_day_link", "2026-11-24")]


def test_every_fault_is_told_in_both_languages() -> None:
    for key in (
        "trail_altered",
        "trail_gap",
        "trail_link",
        "trail_unlike",
        "trail_ahead",
        "trail_lost",
        "trail_changed",
    ):
        fault = trail.Fault(key, "copy/KH-2024-031-01-Y1", 3)
        for language in ("zh", "en"):
            told = fault.told_in("zh" if language == "zh" else "en")
            assert "KH-2024-031-01-Y1" in told and "3" in told


def test_the_trail_is_for_those_who_may_verify_it(shelf: Office) -> None:
    for call in (trail.verify, trail.events):
        with pytest.raises(Forbidden):
            call(shelf.ports, shelf.desk)
    with pytest.raises(Forbidden):
        trail.events_of(shelf.ports, shelf.desk, "copy", Y1)


def test_what_happened_to_a_record_is_read_from_the_beginning(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    actions = [event.action for event in trail.events_of(shelf.ports, SYSTEM, "copy", Y1)]
    assert actions == ["register", "issue", "return"]
    found = trail.events(shelf.ports, SYSTEM, by="gu.wendi", action="issue", first="2026-11-23").records
    assert [read.record.chain for read in found] == [f"copy/{Y1}"]


def test_a_number_is_given_out_once_even_when_another_desk_takes_one_meanwhile(shelf: Office) -> None:
    next_number(shelf.ports, "JY-1")
    index = shelf.ports.index

    class Overtaken:
        tried = False

        def __getattr__(self, name: str) -> Any:
            return getattr(index, name)

        def replace(self, record: Any, token: str) -> Any:
            if isinstance(record, Series) and not self.tried:
                self.tried = True
                next_number(shelf.ports, "JY-1")
            return index.replace(record, token)

    assert next_number(shelf.with_index(Overtaken()), "JY-1") == 3
    with pytest.raises(Conflict):
        index.create(Series(id="JY-1", last=9))
