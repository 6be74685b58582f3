"""The lending desk: one slip, all copies or none; coming back; the register; what is offered and refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from archive.domain.access import SYSTEM, Access
from archive.domain.copy import Copy, CopyState, RegisterLine
from archive.domain.dossier import Dossier, Place
from archive.domain.lending import Action
from archive.domain.query import Anything
from archive.domain.record import Record, Versioned
from archive.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused, Unavailable
from archive.ports import Ports
from archive.services import audit, copies, late_papers, lending, loan_lists, people, register
from archive.services.lending import Count, LoanRequest
from tests.unit.services.conftest import Office, make_dossier, make_ports

Y1, Y2 = "KH-2024-031-01-Y1", "KH-2024-031-02-Y1"
PLACE = "甲柜 2 层 盒 07"


def request(*codes: str, **changes: Any) -> LoanRequest:
    given: dict[str, Any] = {
        "codes": codes or (Y1,),
        "borrower": "he.zhixing",
        "asked_for": "接地电阻",
        "purpose": "核对实测值",
        "signature": "贺知行",
        "room": "阅览室 2 号桌",
        "consent": "gu.wendi",
    }
    return LoanRequest(**{**given, **changes})


def lines(ports: Ports) -> list[RegisterLine]:
    found = ports.index.select(RegisterLine, Anything(), Access.whole_archive(), order=("id",), size=1000).records
    return [read.record for read in found]


@pytest.fixture
def shelf(office: Office) -> Office:
    make_dossier(office.ports)
    return office


# --- lending ----------------------------------------------------------------------------------------------------


def test_several_originals_go_out_on_one_slip_due_the_same_day(shelf: Office) -> None:
    issued = lending.lend(shelf.ports, shelf.desk, request(Y1, Y2))
    assert issued.slip == "JY-20261123-001"
    assert [copy.state for copy in (shelf.copy(Y1), shelf.copy(Y2))] == ["out", "out"]
    loans = [copy.loan for copy in issued.copies if copy.loan]
    assert [loan.together for loan in loans] == [(Y1, Y2)] * 2
    assert {copy.due_on for copy in issued.copies} == {date(2026, 11, 23)}
    assert [(line.id, line.borrower, line.closed_on) for line in lines(shelf.ports)] == [
        (f"{Y1}/1", "he.zhixing", None),
        (f"{Y2}/1", "he.zhixing", None),
    ]


def test_a_code_scanned_twice_is_one_copy(shelf: Office) -> None:
    assert len(lending.lend(shelf.ports, shelf.desk, request(Y1, Y1.lower(), Y1)).copies) == 1


def test_a_copy_on_loan_cannot_be_lent_again_and_nothing_of_the_slip_is(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y2))
    with pytest.raises(Refused) as refused:
        lending.lend(shelf.ports, shelf.desk, request(Y1, Y2, borrower="tang.xu"))
    assert "贺知行" in refused.value.told_in("zh")
    assert shelf.copy(Y1).state == "shelved" and shelf.copy(Y1).loans == 0
    assert [line.id for line in lines(shelf.ports)] == [f"{Y2}/1"]


def test_each_reason_is_said_once_with_the_pieces_it_is_about(shelf: Office) -> None:
    make_dossier(shelf.ports, "KH-2024-032", volumes=1)
    third = "KH-2024-032-01-Y1"
    lending.lend(shelf.ports, shelf.desk, request(Y1, Y2))
    lending.send_to_repair(shelf.ports, shelf.desk, third, "虫蛀")
    with pytest.raises(Refused) as refused:
        lending.lend(shelf.ports, shelf.desk, request(Y1, third, Y2, borrower="tang.xu"))
    told = refused.value.told_in("zh")
    assert told.startswith(f"不能一起办理。{Y1}、{Y2} 由贺知行借出，")
    assert f"{third} 在修复" in told and told.count("贺知行") == 1
    with pytest.raises(Refused) as same:
        lending.lend(shelf.ports, shelf.desk, request(Y1, Y2, borrower="tang.xu"))
    assert (same.value.key, same.value.data["codes"]) == ("copy_out", [Y1, Y2])
    assert f"{Y1}, {Y2} out" in same.value.told_in("en")


class Quicker:
    """An index in which another desk lends `code` just before this one writes it."""

    def __init__(self, office: Office, code: str) -> None:
        self._office, self._code = office, code

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office.ports.index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Copy) and record.id == self._code and self._code:
            self._code = ""
            lending.lend(self._office.ports, self._office.desk, request(record.id, borrower="tang.xu"))
        return self._office.ports.index.replace(record, token)


def test_where_another_desk_was_quicker_the_whole_slip_is_taken_back_and_who_has_it_is_said(shelf: Office) -> None:
    with pytest.raises(Refused) as refused:
        lending.lend(shelf.with_index(Quicker(shelf, Y2)), shelf.desk, request(Y1, Y2))
    assert refused.value.told_in("zh").startswith(f"{Y2} 刚由汤序借出")
    first = shelf.copy(Y1)
    assert (first.state, first.loan, first.loans, first.borrower, first.due_on) == ("shelved", None, 0, "", None)
    assert [(line.id, line.borrower) for line in lines(shelf.ports)] == [(f"{Y2}/1", "tang.xu")]


def test_after_a_slip_was_taken_back_the_copys_earlier_loan_stands_again(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    before = lending.shelve(shelf.ports, shelf.desk, Y1, PLACE)
    with pytest.raises(Refused):
        lending.lend(shelf.with_index(Quicker(shelf, Y2)), shelf.desk, request(Y1, Y2))
    assert shelf.copy(Y1).loan == before.loan and shelf.copy(Y1).loans == 1
    assert lending.lend(shelf.ports, shelf.desk, request(Y1)).copies[0].loans == 2


class Breaking:
    """An index that takes one write of a copy and then no more."""

    def __init__(self, office: Office) -> None:
        self._index = office.ports.index
        self._written = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Copy):
            if self._written:
                raise Unavailable("index_disk_full")
            self._written = True
        return self._index.replace(record, token)


def test_where_a_full_disk_keeps_a_copy_from_being_taken_back_its_code_is_said(shelf: Office) -> None:
    with pytest.raises(Unavailable) as said:
        lending.lend(shelf.with_index(Breaking(shelf)), shelf.desk, request(Y1, Y2))
    assert said.value.key == "lending_half" and said.value.data["all_codes"] == [Y1]
    assert "磁盘已满" in said.value.told_in("zh") and Y1 in said.value.told_in("zh")


class TwoDesks:
    """An index in which the other copy of the volume goes out at the same moment, both desks having looked first."""

    def __init__(self, office: Office, other: str) -> None:
        self._office, self._other = office, other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office.ports.index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Copy) and self._other:
            other, self._other = self._other, ""
            lending.lend(self._office.ports, self._office.desk, request(other))
        return self._office.ports.index.replace(record, token)


def test_two_desks_cannot_take_the_last_two_copies_of_a_manual(office: Office) -> None:
    make_dossier(office.ports, volumes=1, types=("manual",), fields={"common_k": "yes"})
    second = copies.register_copy(office.ports, SYSTEM, "kh-2024-031", 1, kind="photocopy")
    with pytest.raises(Refused) as refused:
        lending.lend(office.with_index(TwoDesks(office, second.id)), office.desk, request(Y1))
    assert refused.value.key == "lending_keeps"
    assert sorted([office.copy(Y1).state, office.copy(second.id).state]) == ["out", "shelved"]


def test_both_copies_of_a_manual_on_one_slip_are_refused_and_neither_goes(office: Office) -> None:
    make_dossier(office.ports, volumes=1, types=("manual",), fields={"common_k": "yes"})
    second = copies.register_copy(office.ports, SYSTEM, "kh-2024-031", 1, kind="photocopy")
    with pytest.raises(Refused) as refused:
        lending.lend(office.ports, office.desk, request(Y1, second.id))
    assert {office.copy(Y1).state, office.copy(second.id).state} == {"shelved"}
    assert f"把 {second.id} 留在架上" in refused.value.told_in("zh")
    assert office.copy(Y1).last.action == "register", "it was seen before anything was written"


def test_the_manual_of_equipment_that_is_not_in_common_use_is_lent(office: Office) -> None:
    make_dossier(office.ports, volumes=1, types=("manual",), fields={"common_k": "no"})
    assert lending.lend(office.ports, office.desk, request(Y1)).copies[0].state == "out"


def test_a_manual_in_common_use_stays_until_there_is_a_photocopy_of_it(office: Office) -> None:
    make_dossier(office.ports, volumes=1, types=("manual",), fields={"common_k": "yes"})
    with pytest.raises(Refused) as refused:
        lending.lend(office.ports, office.desk, request(Y1))
    assert refused.value.clause == "规范 三、3"
    assert "可以再登记 1 份常备复印件。" in refused.value.told_in("zh")
    assert "归还" not in refused.value.told_in("zh"), "none is out"
    copies.register_copy(office.ports, SYSTEM, "kh-2024-031", 1, kind="photocopy")
    assert lending.lend(office.ports, office.desk, request(Y1)).copies[0].state == "out"


def test_a_volume_of_many_papers_is_lent_though_a_manual_is_in_it(office: Office) -> None:
    make_dossier(office.ports, volumes=1, types=("manual",), fields={"common_k": "yes"})
    copy = office.ports.index.get(Copy, Y1)
    last = audit.event(office.ports, SYSTEM, "edit")
    audit.change(office.ports, copy, copy.record.model_copy(update={"types": ("contract", "manual"), "last": last}))
    assert lending.lend(office.ports, office.desk, request(Y1)).copies[0].state == "out"


class Leaving:
    """An index in which the borrower's account is closed while the loan is written."""

    def __init__(self, office: Office) -> None:
        self._office, self._done = office, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office.ports.index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Copy) and not self._done:
            self._done = True
            people.deactivate(self._office.ports, self._office.actor("lu.yao"), "he.zhixing")
        return self._office.ports.index.replace(record, token)


def test_an_empty_field_for_the_borrower_is_said_to_be_empty(shelf: Office) -> None:
    with pytest.raises(InvalidInput) as wrong:
        lending.lend(shelf.ports, shelf.desk, replace(request(Y1), borrower=" "))
    assert (wrong.value.key, wrong.value.data["field"]) == ("person_needed", "borrower")


def test_nobody_gets_papers_while_the_account_is_being_closed(shelf: Office) -> None:
    with pytest.raises(InvalidInput) as wrong:
        lending.lend(shelf.with_index(Leaving(shelf)), shelf.desk, request(Y1))
    assert wrong.value.key == "no_borrower"
    assert shelf.copy(Y1).state == "shelved"


def test_nobody_leaves_with_papers_out(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    with pytest.raises(Refused) as refused:
        people.deactivate(shelf.ports, shelf.actor("lu.yao"), "he.zhixing")
    assert refused.value.key == "papers_out" and Y1 in refused.value.told_in("zh")
    assert people.user(shelf.ports, "he.zhixing").active == "yes"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"codes": ()}, "codes"),
        ({"codes": tuple(f"KH-{n}" for n in range(51))}, "codes"),
        ({"borrower": "nobody"}, "borrower"),
        ({"consent": "nobody"}, "consent"),
        ({"asked_for": " "}, "asked_for"),
        ({"purpose": ""}, "purpose"),
        ({"signature": ""}, "signature"),
        ({"signature": "<svg onload=alert(1)>" * 9}, "signature"),
        ({"due_on": date(2026, 11, 22)}, "due_on"),
        ({"where": "home"}, "where"),
    ],
)
def test_what_is_filled_in_wrong_is_named_by_its_field(shelf: Office, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        lending.lend(shelf.ports, shelf.desk, request(**changes))
    assert wrong.value.field == field
    assert shelf.copy(Y1).state == "shelved"


def test_a_drawn_signature_is_kept_as_its_path(shelf: Office) -> None:
    path = "M 10 12 L 14.5 18 C 20 22 25 3 30 12"
    lent = lending.lend(shelf.ports, shelf.desk, request(signature=path)).copies[0]
    assert lent.loan is not None and lent.loan.signature == path


def test_a_reader_cannot_consent(shelf: Office) -> None:
    with pytest.raises(Refused) as refused:
        lending.lend(shelf.ports, shelf.desk, request(consent="he.zhixing"))
    assert refused.value.key == "consent_wrong" and refused.value.clause == "规范 四、2"


def test_papers_are_not_lent_to_one_who_may_not_see_them(office: Office) -> None:
    make_dossier(office.ports, types=("quotation",))
    with pytest.raises(Refused) as refused:
        lending.lend(office.ports, office.desk, request(Y1))
    assert refused.value.key == "borrower_may_not_see"
    assert lending.lend(office.ports, office.desk, request(Y1, borrower="tang.xu")).copies


def test_a_reader_cannot_lend(shelf: Office) -> None:
    with pytest.raises(Forbidden):
        lending.lend(shelf.ports, shelf.actor("he.zhixing"), request())


def test_another_due_day_needs_a_reason_and_the_consent_of_one_who_may(shelf: Office) -> None:
    later = {"due_on": date(2026, 11, 25), "due_reason": "连续施工三日"}
    with pytest.raises(Refused) as bare:
        lending.lend(shelf.ports, shelf.desk, request(**later))
    assert bare.value.key == "due_exception_needs"
    with pytest.raises(Refused) as reader:
        lending.lend(shelf.ports, shelf.desk, request(**later, due_consent="he.zhixing"))
    assert reader.value.key == "consent_wrong"
    lent = lending.lend(shelf.ports, shelf.desk, request(**later, due_consent="tang.xu")).copies[0]
    assert lent.due_on == date(2026, 11, 25) and lent.loan is not None and lent.loan.due_consent == "tang.xu"


class Slow:
    """An index whose writes of copies take half a minute."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office.ports.index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, Copy):
            self._office.clock.move(timedelta(seconds=31))
        return self._office.ports.index.replace(record, token)


def test_a_slip_that_takes_too_long_is_given_up_by_its_own_desk(shelf: Office) -> None:
    with pytest.raises(Unavailable) as slow:
        lending.lend(shelf.with_index(Slow(shelf)), shelf.desk, request(Y1, Y2))
    assert slow.value.key == "lending_slow"
    assert {shelf.copy(Y1).state, shelf.copy(Y2).state} == {"shelved"} and lines(shelf.ports) == []


class Contended:
    """An index in which every write of a record of one kind is overtaken by somebody else's."""

    def __init__(self, office: Office, kind: type[Record]) -> None:
        self._index, self._kind = office.ports.index, kind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def replace(self, record: Any, token: str) -> Any:
        if isinstance(record, self._kind):
            raise Conflict("conflict", what=record.id)
        return self._index.replace(record, token)


def test_a_copy_that_others_change_all_the_time_is_given_up_and_said(shelf: Office) -> None:
    ports = shelf.with_index(Contended(shelf, Copy))
    for act in (
        lambda: lending.lend(ports, shelf.desk, request(Y1)),
        lambda: lending.report_missing(ports, shelf.desk, Y1, "不在原处"),
    ):
        with pytest.raises(Unavailable) as busy:
            act()
        assert busy.value.key == "copy_busy" and Y1 in busy.value.told_in("zh")
    assert shelf.copy(Y1).state == "shelved" and lines(shelf.ports) == []


def test_slips_are_numbered_through_the_day(shelf: Office) -> None:
    first = lending.lend(shelf.ports, shelf.desk, request(Y1)).slip
    second = lending.lend(shelf.ports, shelf.desk, request(Y2)).slip
    shelf.clock.move(timedelta(days=1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    lending.shelve(shelf.ports, shelf.desk, Y1, PLACE)
    third = lending.lend(shelf.ports, shelf.desk, request(Y1)).slip
    assert (first, second, third) == ("JY-20261123-001", "JY-20261123-002", "JY-20261124-001")


# --- coming back ------------------------------------------------------------------------------------------------


def test_one_key_returns_a_copy_that_is_as_recorded_and_closes_its_loan(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    back = lending.take_back(shelf.ports, shelf.desk, Y1)
    assert back.difference is None and back.copy.state == "returned"
    assert [line.closed_on for line in lines(shelf.ports)] == [date(2026, 11, 23)]


def test_a_returned_copy_is_lent_again_only_when_it_is_at_its_place(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    with pytest.raises(Refused) as refused:
        lending.lend(shelf.ports, shelf.desk, request(Y1))
    assert refused.value.key == "copy_is_returned"
    with pytest.raises(Refused) as wrong:
        lending.shelve(shelf.ports, shelf.desk, Y1, "甲柜 2 层 盒 08")
    assert "盒 07" in wrong.value.told_in("zh")
    assert lending.shelve(shelf.ports, shelf.desk, Y1, "甲柜/2层/盒07").state == "shelved"
    assert lending.lend(shelf.ports, shelf.desk, request(Y1)).copies[0].loans == 2


def test_a_difference_keeps_the_loan_open_until_it_is_settled(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    back = lending.take_back(shelf.ports, shelf.desk, Y1, Count(62, 124, "good", (31, 32)))
    assert back.difference is not None and back.difference.zh == "差 1 张，差 2 页，缺第 31、32 页"
    with pytest.raises(Refused) as refused:
        lending.close_loan(shelf.ports, shelf.desk, Y1)
    assert refused.value.clause == "规范 四、5"
    finding = lending.open_finding(shelf.ports, shelf.desk, Y1, "缺第 31、32 页").finding
    assert finding is not None and finding.number == "QS-2026-001"
    closed = lending.close_loan(shelf.ports, shelf.desk, Y1)
    assert (closed.state, closed.sheets, closed.pages) == ("returned", 62, 124)
    [line] = lines(shelf.ports)
    assert line.closed_on is not None and line.loan.finding == finding


def test_counting_again_as_recorded_closes_the_loan(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1, Count(62, 126))
    assert lending.count_again(shelf.ports, shelf.desk, Y1).copy.state == "returned"


def test_a_damaged_copy_is_repaired_before_it_is_lent_again(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1, Count(63, 126, "worn"))
    lending.open_finding(shelf.ports, shelf.desk, Y1, "第 3 页撕裂")
    with pytest.raises(Refused) as refused:
        lending.close_loan(shelf.ports, shelf.desk, Y1)
    assert refused.value.clause == "规范 三、2"
    lending.send_to_repair(shelf.ports, shelf.desk, Y1, "第 3 页撕裂")
    with pytest.raises(Refused):
        lending.lend(shelf.ports, shelf.desk, request(Y1))
    assert lending.repaired(shelf.ports, shelf.desk, Y1).state == "returned"


def test_what_is_gone_after_a_repair_is_a_finding_and_both_numbers_are_in_the_trail(shelf: Office) -> None:
    lending.send_to_repair(shelf.ports, shelf.desk, Y1, "虫蛀")
    with pytest.raises(Refused) as refused:
        lending.repaired(shelf.ports, shelf.desk, Y1, sheets=62, pages=124, what=" ")
    assert refused.value.key == "repair_short" and shelf.copy(Y1).state == "repair"
    last = lending.repaired(shelf.ports, shelf.desk, Y1, sheets=62, pages=124, what="末页虫蛀无存").last
    assert last.details == {
        "number": "QS-2026-001", "what": "末页虫蛀无存",
        "sheets_before": 63, "sheets": 62, "pages_before": 126, "pages": 124,
    }  # fmt: skip
    lending.send_to_repair(shelf.ports, shelf.desk, Y1, "加封皮")
    last = lending.repaired(shelf.ports, shelf.desk, Y1, sheets=64, what="不缺").last
    assert last.details == {"sheets_before": 62, "sheets": 64}, "nothing is gone, so nothing is found"


def test_what_closing_with_a_finding_changes_of_the_record_is_in_the_trail(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1, Count(63, 124, "good", (31, 32)))
    lending.open_finding(shelf.ports, shelf.desk, Y1, "缺第 31、32 页")
    assert lending.close_loan(shelf.ports, shelf.desk, Y1).last.details == {"pages_before": 126, "pages": 124}


def test_a_copy_lost_while_out_is_counted_when_it_is_found(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    assert lending.report_missing(shelf.ports, shelf.desk, Y1, "室内遗失").state == "missing"
    assert lending.found(shelf.ports, shelf.desk, Y1).state == "checking"


def test_what_is_not_out_cannot_come_back(shelf: Office) -> None:
    with pytest.raises(Refused) as refused:
        lending.take_back(shelf.ports, shelf.desk, Y1)
    assert refused.value.key == "copy_is_shelved"


def test_what_may_not_be_seen_is_not_there(shelf: Office) -> None:
    with pytest.raises(NotFound):
        lending.offers(shelf.ports, Access.nothing(), Y1)


# --- offers -----------------------------------------------------------------------------------------------------


def test_the_desk_offers_what_the_table_allows_and_says_what_instead(shelf: Office) -> None:
    offers = lending.offers(shelf.ports, shelf.desk.access, Y1)
    assert [offer.action for offer in offers if offer.possible] == [
        Action.ISSUE,
        Action.SEND_TO_REPAIR,
        Action.REPORT_MISSING,
    ]
    [outside] = [offer for offer in offers if not offer.possible]
    assert outside.action == Action.LEND_OUTSIDE and outside.clause == "规范 四、1"
    assert outside.instead is not None and "室内查阅" in outside.instead.zh


def test_several_copies_together_may_do_what_each_may(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y2))
    lending.take_back(shelf.ports, shelf.desk, Y2)
    offers = lending.common_offers(shelf.ports, shelf.desk.access, [Y1, Y2])
    possible = {offer.action for offer in offers if offer.possible}
    assert possible == {Action.SEND_TO_REPAIR, Action.REPORT_MISSING}
    assert any(offer.action == Action.ISSUE and Y2 in offer.why("zh") for offer in offers)
    assert lending.common_offers(shelf.ports, shelf.desk.access, []) == []


def test_what_is_refused_for_several_copies_names_each(shelf: Office) -> None:
    offers = {o.action: o for o in lending.common_offers(shelf.ports, shelf.desk.access, [Y1, Y2])}
    outside = offers[Action.LEND_OUTSIDE]
    assert outside.why("zh").startswith(f"{Y1}、{Y2}：原件不得带离公司")
    assert outside.instead is not None and outside.instead.zh == "可改为室内查阅。"
    copies.register_copy(shelf.ports, SYSTEM, "kh-2024-031", 2, kind="photocopy")
    outside = {o.action: o for o in lending.common_offers(shelf.ports, shelf.desk.access, [Y1, Y2])}[
        Action.LEND_OUTSIDE
    ]
    assert outside.why("en").startswith(f"Not possible together. {Y1}: Originals") and f" {Y2}: " in outside.why("en")
    assert outside.instead is None, "it is not the same for both"


# --- codes and copies -------------------------------------------------------------------------------------------


def test_a_letter_read_for_a_digit_is_taken_and_said(shelf: Office) -> None:
    scanned = copies.find_copy(shelf.ports, shelf.desk.access, "KH-2024-O31-01-Y1")
    assert scanned.copy.id == Y1 and scanned.taken_as is not None
    assert scanned.taken_as.told_in("zh") == (
        "没有条码号 KH-2024-O31-01-Y1。第 9 位是 O，这里应是 0。已按 KH-2024-031-01-Y1 查到一件。"
    )
    assert copies.find_copy(shelf.ports, shelf.desk.access, "ＫＨ－2024－031－01－Y1").taken_as is None


def test_an_unknown_code_names_the_dossiers_copies_and_never_what_may_not_be_seen(shelf: Office) -> None:
    with pytest.raises(NotFound) as missing:
        copies.find_copy(shelf.ports, shelf.desk.access, "KH-2024-031-07-Y1")
    assert missing.value.data["all_near"] == [Y1, Y2]
    with pytest.raises(NotFound) as hidden:
        copies.find_copy(shelf.ports, Access.nothing(), Y1)
    assert hidden.value.key == "no_copy"


def test_a_volumes_original_is_registered_once_and_photocopies_are_numbered(shelf: Office) -> None:
    again = copies.register_copy(shelf.ports, SYSTEM, "kh-2024-031", 1)
    first = copies.register_copy(shelf.ports, SYSTEM, "kh-2024-031", 1, kind="photocopy", pages=12)
    second = copies.register_copy(shelf.ports, SYSTEM, "kh-2024-031", 1, kind="photocopy")
    assert (again.id, first.id, second.id) == (Y1, "KH-2024-031-01-F1", "KH-2024-031-01-F2")
    assert (first.pages, second.pages, str(first.place)) == (12, 126, PLACE)
    assert [copy.id for copy in copies.copies_of(shelf.ports, shelf.desk.access, "kh-2024-031")] == [
        first.id,
        second.id,
        Y1,
        Y2,
    ]


@pytest.mark.parametrize(
    ("volume", "kind", "key"), [(9, "original", "copy_needs_volume"), (1, "film", "copy_kind_unknown")]
)
def test_what_cannot_be_registered_is_said(shelf: Office, volume: int, kind: str, key: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        copies.register_copy(shelf.ports, SYSTEM, "kh-2024-031", volume, kind=kind)
    assert wrong.value.key == key


def test_a_late_paper_adds_to_what_is_recorded_of_the_original_once(shelf: Office) -> None:
    dossier = shelf.ports.index.get(Dossier, "kh-2024-031").record
    paper = late_papers.Addition("late", sheets=2, pages=3)
    assert late_papers.add(shelf.ports, SYSTEM, dossier, 1, paper)
    copies.set_place(shelf.ports, SYSTEM, Y1, Place(cabinet="乙柜"))
    assert not late_papers.add(shelf.ports, SYSTEM, dossier, 1, paper)  # whoever was stopped does it again
    assert (shelf.copy(Y1).sheets, shelf.copy(Y1).pages) == (65, 129)
    assert not late_papers.add(shelf.ports, SYSTEM, dossier, 7, paper)
    for _ in range(2):
        late_papers.leave_out(shelf.ports, SYSTEM, dossier, 1, paper)
        assert (shelf.copy(Y1).sheets, shelf.copy(Y1).pages, shelf.copy(Y1).late) == (63, 126, ())
    assert late_papers.add(shelf.ports, SYSTEM, dossier, 1, paper)
    assert shelf.copy(Y1).sheets == 65


def test_copies_follow_their_dossiers_name_and_level(shelf: Office) -> None:
    read = shelf.ports.index.get(Dossier, "kh-2024-031")
    last = audit.event(shelf.ports, SYSTEM, "edit")
    changed = {"name": "新名", "level": "restricted", "mark": "engineering-customer/restricted", "last": last}
    audit.change(shelf.ports, read, read.record.model_copy(update=changed))
    assert copies.keep_in_step(shelf.ports, "kh-2024-031") == 2
    assert copies.keep_in_step(shelf.ports, "kh-2024-031") == 0
    assert (shelf.copy(Y1).dossier_name, shelf.copy(Y1).mark) == ("新名", "engineering-customer/restricted")


def test_a_place_is_changed_and_never_emptied(shelf: Office) -> None:
    assert copies.set_place(shelf.ports, shelf.desk, Y1, Place(cabinet="乙柜")).place == Place(cabinet="乙柜")
    with pytest.raises(InvalidInput):
        copies.set_place(shelf.ports, shelf.desk, Y1, Place())


# --- lists ------------------------------------------------------------------------------------------------------


def test_volumes_out_are_those_whose_original_is_not_on_the_shelf(shelf: Office) -> None:
    assert lending.volumes_out(shelf.ports) == frozenset()
    lending.lend(shelf.ports, shelf.desk, request(Y2))
    assert lending.volumes_out(shelf.ports) == {"kh-2024-031/2"}


def test_what_another_process_lends_and_shelves_is_known_at_once(shelf: Office) -> None:
    other = make_ports(shelf.folder, shelf.clock)
    assert lending.volumes_out(other) == frozenset()
    lending.lend(shelf.ports, shelf.desk, request(Y1, Y2))
    assert lending.volumes_out(other) == {"kh-2024-031/1", "kh-2024-031/2"}
    lending.take_back(shelf.ports, shelf.desk, Y1)
    lending.shelve(shelf.ports, shelf.desk, Y1, PLACE)
    assert lending.volumes_out(other) == {"kh-2024-031/2"} == lending.volumes_out(shelf.ports)
    other.index.close()


def test_a_photocopy_that_is_out_leaves_the_volume_on_the_shelf(shelf: Office) -> None:
    standing = copies.register_copy(shelf.ports, SYSTEM, "kh-2024-031", 1, kind="photocopy")
    lending.lend(shelf.ports, shelf.desk, request(standing.id))
    assert lending.volumes_out(shelf.ports) == frozenset()


def test_what_is_away_is_read_anew_from_time_to_time(shelf: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y2))
    assert lending.volumes_out(shelf.ports) == {"kh-2024-031/2"}
    monkeypatch.setattr("archive.services.shelf.ANEW_SECONDS", -1.0)
    assert lending.volumes_out(shelf.ports) == {"kh-2024-031/2"}


def test_a_loan_is_overdue_when_its_day_is_over(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1, Y2))
    assert [row.copy.id for row in loan_lists.due_today(shelf.ports, shelf.desk)] == [Y1, Y2]
    shelf.clock.move(timedelta(hours=9))  # 18:42, past closing
    assert all(row.past_due for row in loan_lists.due_today(shelf.ports, shelf.desk))
    assert loan_lists.overdue(shelf.ports, shelf.desk) == []
    shelf.clock.move(timedelta(days=2))
    assert [row.days_overdue for row in loan_lists.overdue(shelf.ports, shelf.desk)] == [2, 2]
    figures = loan_lists.figures(shelf.ports, shelf.desk)
    assert (figures.overdue, figures.due_today, figures.out_premises, figures.out_outside) == (2, 0, 2, 0)


def test_everyone_sees_their_own_loans(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    assert [row.copy.id for row in loan_lists.my_loans(shelf.ports, shelf.actor("he.zhixing"))] == [Y1]
    assert loan_lists.my_loans(shelf.ports, shelf.actor("tang.xu")) == []
    with pytest.raises(Forbidden):
        loan_lists.out_now(shelf.ports, shelf.actor("he.zhixing"))


def test_copies_to_be_reshelved_are_listed(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    found = loan_lists.in_state(shelf.ports, shelf.desk, CopyState.RETURNED)
    assert [read.record.id for read in found.records] == [Y1]


def test_the_register_is_narrowed_as_asked_and_to_what_one_may_see(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    lending.lend(shelf.ports, shelf.desk, request(Y2, borrower="tang.xu"))

    def ids(wish: loan_lists.RegisterWish) -> list[str]:
        return [read.record.id for read in loan_lists.register(shelf.ports, shelf.desk, wish).records]

    assert ids(loan_lists.RegisterWish()) == [f"{Y2}/1", f"{Y1}/1"]
    assert ids(loan_lists.RegisterWish(open_only=True)) == [f"{Y2}/1"]
    assert ids(loan_lists.RegisterWish(borrowers=("he.zhixing",))) == [f"{Y1}/1"]
    assert ids(loan_lists.RegisterWish(borrowers=("he.zhixing", "tang.xu"))) == [f"{Y2}/1", f"{Y1}/1"]
    assert ids(loan_lists.RegisterWish(last=date(2026, 11, 22))) == []
    assert ids(loan_lists.RegisterWish(text="物流园")) == [f"{Y2}/1", f"{Y1}/1"]
    assert loan_lists.history_of(shelf.ports, Access.nothing(), shelf.copy(Y1)) == []
    assert [line.loan.n for line in loan_lists.history_of(shelf.ports, shelf.desk.access, shelf.copy(Y1))] == [1]


def test_what_was_not_returned_at_a_moment_stays_the_same_whenever_it_is_asked(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    moment = shelf.clock.now() + timedelta(minutes=5)
    shelf.clock.move(timedelta(minutes=10))
    lending.take_back(shelf.ports, shelf.desk, Y1)
    assert [line.id for line in loan_lists.not_returned(shelf.ports, shelf.desk, moment)] == [f"{Y1}/1"]
    assert loan_lists.not_returned(shelf.ports, shelf.desk, shelf.clock.now()) == []


def test_a_register_line_is_never_replaced_by_an_older_one(shelf: Office) -> None:
    lending.lend(shelf.ports, shelf.desk, request(Y1))
    old: Versioned[Copy] = shelf.ports.index.get(Copy, Y1)
    lending.take_back(shelf.ports, shelf.desk, Y1)
    register.write_line(shelf.ports, old)
    assert [line.closed_on for line in lines(shelf.ports)] == [date(2026, 11, 23)]
