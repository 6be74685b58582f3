"""Lending in the domain: the table, rules, terms, counting, repair, loss, and what the desk offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import schemes
from archive.domain.access import Role
from archive.domain.condition import condition_label, read_condition
from archive.domain.copy import Copy, CopyState, Counted, Finding
from archive.domain.counting import compare, difference_label, difference_of
from archive.domain.dossier import Place
from archive.domain.lending import ACTIONS, STATES, TABLE, Action, allowed, refused_by_state, rows_of
from archive.domain.lending_acts import (
    close,
    count_again,
    found,
    give_back,
    is_place,
    issue,
    open_finding,
    place_code,
    register_line,
    repaired,
    report_missing,
    reshelve,
    send_to_repair,
    withdraw,
)
from archive.domain.lending_offers import actions_for
from archive.domain.lending_rules import (
    Circumstances,
    Person,
    Terms,
    check_form,
    days_overdue,
    due_at,
    is_drawn,
    is_overdue,
    moment_label,
)
from archive.domain.record import Event
from archive.domain.scheme import Label, Lending, LendingRule, Rule, Scheme
from archive.domain.scheme_file import read_scheme
from archive.errors import InvalidInput, Refused

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 1, 42, tzinfo=UTC)  # 09:42 in the office


def rule(number: str, zh: str, en: str) -> Rule:
    return Rule(id=f"lending.{number}", clause=f"规范 三、{number[-1]}", words=Label(zh=zh, en=en))


STAY = rule("3.1", "原件不出公司", "Originals never leave the company")
SAME_DAY = rule("3.2", "当日归还", "Back the same day")
APPROVED = rule("3.4", "外借复印件须经理批准", "A photocopy leaves with the manager's approval")
CHECKED = rule("3.6", "归还须核对", "What comes back is checked")
MANUALS = rule("3.7", "手册至少留一份", "One manual always stays")


def lending() -> Lending:
    staff = ("archivist", "manager")
    return Lending(
        closes="17:30",
        check_rule=CHECKED,
        rules=(
            LendingRule(copy_kind="original", where="premises", allowed=True, consent=staff, rule=SAME_DAY),
            LendingRule(copy_kind="original", where="outside", allowed=False, rule=STAY),
            LendingRule(copy_kind="photocopy", where="premises", allowed=True, rule=SAME_DAY),
            LendingRule(
                copy_kind="photocopy",
                where="outside",
                allowed=True,
                consent=("manager",),
                due_days=7,
                exceptions=False,
                rule=APPROVED,
            ),
            LendingRule(
                copy_kind="original",
                where="premises",
                allowed=True,
                consent=staff,
                keep=1,
                types=("manual",),
                rule=MANUALS,
            ),
        ),
    )


@pytest.fixture(scope="module")
def shipped() -> Scheme:
    return read_scheme(schemes.shipped()["engineering-customer"], "engineering-customer")


@pytest.fixture
def scheme(shipped: Scheme) -> Scheme:
    return shipped.model_copy(update={"lending": lending()})


def a_copy(code: str = "KH-2024-031-02-Y1", *, kind: str = "original", **changes: object) -> Copy:
    fields: dict[str, object] = {
        "id": code,
        "dossier": "d1",
        "dossier_number": "KH-2024-031",
        "dossier_name": "临澜港务物流园程控交换机安装工程",
        "volume": 2,
        "volume_key": "d1/2",
        "title": "完工文件",
        "scheme": "engineering-customer",
        "mark": "engineering-customer/company",
        "copy_kind": kind,
        "place": Place(cabinet="甲柜", shelf="2 层", box="盒 07"),
        "sheets": 63,
        "pages": 126,
        "state": CopyState.SHELVED.value,
        "last": Event(at=NOW, by="gu.wendi", action="create"),
    }
    return Copy(**{**fields, **changes})  # type: ignore[arg-type]


ARCHIVIST = Person("gu.wendi", "顾闻笛", frozenset({Role.ARCHIVIST}))
MANAGER = Person("tang.xu", "汤序", frozenset({Role.MANAGER}))
READER = Person("he.zhixing", "贺知行", frozenset({Role.READER}))


def at(now: datetime = NOW, others: tuple[Copy, ...] = (), types: tuple[str, ...] = ()) -> Circumstances:
    return Circumstances(now, ZONE, others, types)


def terms(**changes: object) -> Terms:
    given: dict[str, object] = {
        "borrower": READER,
        "asked_for": "接地电阻",
        "purpose": "核对实测值",
        "where": "premises",
        "room": "阅览室 2 号桌",
        "consent": ARCHIVIST,
        "signature": "贺知行",
    }
    return Terms(**{**given, **changes})  # type: ignore[arg-type]


def counted(sheets: int = 63, pages: int = 126, condition: str = "good", missing: tuple[int, ...] = ()) -> Counted:
    return Counted(at=NOW, by="gu.wendi", sheets=sheets, pages=pages, condition=condition, missing_pages=missing)


def finding(number: str = "QS-2026-001") -> Finding:
    return Finding(number=number, at=NOW, by="gu.wendi", what="缺第 31、32 页")


def out(scheme: Scheme, copy: Copy | None = None, **changes: object) -> Copy:
    return issue(copy or a_copy(), scheme, at(), terms(**changes), slip="JY-1", by="gu.wendi")


# --- lending ----------------------------------------------------------------------------------------------------


def test_an_original_is_lent_on_the_premises_and_due_the_same_day_at_closing(scheme: Scheme) -> None:
    lent = out(scheme)
    assert lent.state == "out"
    assert lent.loan is not None and lent.loan.n == 1 and lent.loans == 1
    assert lent.loan.due_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert (lent.borrower, lent.where, lent.due_on) == ("he.zhixing", "premises", date(2026, 11, 23))
    assert lent.loan.consent == "gu.wendi" and lent.loan.consent_name == "顾闻笛"


def test_what_is_lent_after_closing_is_due_at_the_end_of_the_day(scheme: Scheme) -> None:
    evening = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 18:00
    assert due_at(a_copy(), scheme, at(evening), "premises") == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def test_the_day_is_the_offices_not_utcs(scheme: Scheme) -> None:
    early = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # 01:00 on the 23rd in the office
    assert due_at(a_copy(), scheme, at(early), "premises") == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_copy_on_loan_cannot_be_lent_again_and_the_refusal_names_who_has_it(scheme: Scheme) -> None:
    lent = out(scheme)
    with pytest.raises(Refused) as refused:
        out(scheme, lent)
    assert refused.value.told_in("zh").startswith(
        "KH-2024-031-02-Y1 由贺知行借出，室内查阅（今日 09:42），今日 17:30 前还"
    )
    assert "贺知行 has KH-2024-031-02-Y1 out, read on the premises (today 09:42)" in refused.value.told_in("en")
    told = refused_by_state(lent, scheme, at(), just_now=True)
    assert told.told_in("zh").startswith("KH-2024-031-02-Y1 刚由贺知行借出")


def test_an_original_never_leaves_and_the_refusal_quotes_rule_and_clause_and_says_what_instead(scheme: Scheme) -> None:
    standing = a_copy("KH-2024-031-02-F1", kind="photocopy")
    with pytest.raises(Refused) as refused:
        issue(a_copy(), scheme, at(others=(standing,)), terms(where="outside"), slip="JY-1", by="gu.wendi")
    assert (refused.value.rule, refused.value.clause) == ("lending.3.1", "规范 三、1")
    assert refused.value.told_in("zh") == (
        "KH-2024-031-02-Y1：原件不出公司。规则「规范 三、1」。可改为室内查阅，或借常备复印件 KH-2024-031-02-F1。"
    )
    assert refused.value.told_in("en") == (
        "KH-2024-031-02-Y1: Originals never leave the company. Rule 规范 三、1. Instead: read it on the premises, or "
        "lend the standing photocopy KH-2024-031-02-F1."
    )


def test_a_photocopy_that_is_out_is_no_alternative(scheme: Scheme) -> None:
    standing = a_copy("KH-2024-031-02-F1", kind="photocopy", state="out")
    with pytest.raises(Refused) as refused:
        issue(a_copy(), scheme, at(others=(standing,)), terms(where="outside"), slip="", by="")
    assert "F1" not in refused.value.told_in("zh")


def test_one_copy_of_a_manual_always_stays_on_the_shelf(scheme: Scheme) -> None:
    manual = at(types=("manual",))
    with pytest.raises(Refused) as refused:
        issue(a_copy(), scheme, manual, terms(), slip="JY-1", by="gu.wendi")
    assert refused.value.rule == "lending.3.7"
    assert refused.value.told_in("zh") == (
        "架上至少要留 1 件，KH-2024-031-02-Y1 借出后就不够了。手册至少留一份。规则「规范 三、7」。"
        "可以再登记 1 份常备复印件。也可在检索中查看扫描件。"
    )
    other = a_copy("KH-2024-031-02-F1", kind="photocopy")
    lent = issue(a_copy(), scheme, at(others=(other,), types=("manual",)), terms(), slip="JY-1", by="gu.wendi")
    assert lent.state == "out"


def test_where_too_few_would_stay_it_is_said_which_come_back(scheme: Scheme) -> None:
    lent = out(scheme, a_copy("KH-2024-031-02-F1", kind="photocopy"))
    back = give_back(out(scheme, a_copy("KH-2024-031-02-F2", kind="photocopy")), scheme, at(), counted())
    around = at(others=(lent, back), types=("manual",))
    [offer] = [one for one in actions_for(a_copy(), scheme, around) if one.action == Action.ISSUE]
    assert offer.instead is not None and offer.instead.en == (
        "You may wait for KH-2024-031-02-F1 (due today 17:30), or put KH-2024-031-02-F2 back in its place first, or "
        "register 1 more standing photocopy."
    )
    assert offer.instead.en in offer.why("en")


def test_what_goes_out_on_the_same_slip_does_not_stay(scheme: Scheme) -> None:
    other = a_copy("KH-2024-031-02-F1", kind="photocopy")
    around = replace(at(others=(other,), types=("manual",)), slip=("KH-2024-031-02-Y1", other.id))
    with pytest.raises(Refused) as refused:
        issue(a_copy(), scheme, around, terms(), slip="JY-1", by="gu.wendi")
    assert "可以把 KH-2024-031-02-F1 留在架上，或再登记 1 份常备复印件。" in refused.value.told_in("zh")


def test_what_would_be_refused_too_is_not_offered_instead(scheme: Scheme) -> None:
    kept = LendingRule(copy_kind="photocopy", where="outside", allowed=True, keep=2, types=("manual",), rule=MANUALS)
    strict = scheme.model_copy(update={"lending": Lending(rules=(*lending().rules, kept), check_rule=CHECKED)})
    standing = a_copy("KH-2024-031-02-F1", kind="photocopy")
    told = []
    for others in ((), (standing,)):
        with pytest.raises(Refused) as refused:
            issue(a_copy(), strict, at(others=others, types=("manual",)), terms(where="outside"), slip="", by="")
        told.append(refused.value.told_in("zh"))
    assert told[0].endswith("可在检索中查看扫描件。"), "the premises are closed to the last manual too"
    assert told[1].endswith("可改为室内查阅。"), "with the photocopy gone only the original would be left"


def test_a_piece_in_repair_is_not_offered_to_be_read_instead(scheme: Scheme) -> None:
    repair = send_to_repair(a_copy(), scheme, at(), by="gu.wendi", what="虫蛀")
    assert {one.instead.zh for one in actions_for(repair, scheme, at()) if one.instead} == {"可在检索中查看扫描件。"}


def test_a_keeping_rule_speaks_of_volumes_that_hold_nothing_else(scheme: Scheme) -> None:
    mixed = issue(a_copy(), scheme, at(types=("contract", "manual")), terms(), slip="", by="")
    assert mixed.state == "out"
    closed = LendingRule(copy_kind="original", where="premises", allowed=False, types=("manual",), rule=STAY)
    strict = scheme.model_copy(update={"lending": Lending(rules=(closed, *lending().rules), check_rule=CHECKED)})
    with pytest.raises(Refused) as refused:
        issue(a_copy(), strict, at(types=("contract", "manual")), terms(), slip="", by="")
    assert refused.value.key == "lending_not_allowed", "any other speaks of those that hold one"


def test_a_rule_may_hold_for_dossiers_with_some_field_only(shipped: Scheme) -> None:
    for fields, refused in (({"common_k": "yes"}, True), ({"common_k": "no"}, False), ({}, False)):
        around = replace(at(types=("manual",)), fields=fields)
        [offer] = [one for one in actions_for(a_copy(), shipped, around) if one.action == Action.ISSUE]
        assert offer.possible is not refused
    assert shipped.lending.asks_fields(("manual",)) and not shipped.lending.asks_fields(("contract",))


def test_where_a_scheme_is_silent_papers_are_read_on_the_premises_only(scheme: Scheme) -> None:
    silent = scheme.model_copy(update={"lending": Lending(rules=(), check_rule=CHECKED)})
    assert out(silent).state == "out"
    for kind in ("original", "photocopy"):
        with pytest.raises(Refused) as refused:
            issue(a_copy(kind=kind), silent, at(), terms(where="outside"), slip="", by="")
        assert refused.value.rule == "lending.default"
        assert "系统默认规则" in refused.value.told_in("zh")


def test_where_nothing_may_be_lent_the_scans_are_offered(scheme: Scheme) -> None:
    rules = tuple(
        LendingRule(copy_kind="original", where=where, allowed=False, rule=STAY)  # type: ignore[arg-type]
        for where in ("premises", "outside")
    )
    closed = scheme.model_copy(update={"lending": Lending(rules=rules, check_rule=CHECKED)})
    with pytest.raises(Refused) as refused:
        out(closed)
    assert refused.value.told_in("zh").endswith("可在检索中查看扫描件。")
    photocopies_only = (*rules, LendingRule(copy_kind="photocopy", where="outside", allowed=False, rule=STAY))
    still = scheme.model_copy(update={"lending": Lending(rules=photocopies_only, check_rule=CHECKED)})
    standing = a_copy("KH-2024-031-02-F1", kind="photocopy")
    with pytest.raises(Refused) as refused:
        issue(a_copy(), still, at(others=(standing,)), terms(where="outside"), slip="", by="")
    assert "F1" not in refused.value.told_in("zh")


def test_a_premises_rule_may_send_one_outside_instead(scheme: Scheme) -> None:
    rules = (
        LendingRule(copy_kind="photocopy", where="premises", allowed=False, rule=STAY),
        LendingRule(copy_kind="photocopy", where="outside", allowed=True, rule=APPROVED),
    )
    odd = scheme.model_copy(update={"lending": Lending(rules=rules, check_rule=CHECKED)})
    with pytest.raises(Refused) as refused:
        issue(a_copy(kind="photocopy"), odd, at(), terms(), slip="", by="")
    assert refused.value.told_in("zh").endswith("可改为外借。")


# --- terms ------------------------------------------------------------------------------------------------------


def test_consent_must_be_there_and_by_one_of_the_roles(scheme: Scheme) -> None:
    with pytest.raises(Refused) as refused:
        out(scheme, consent=None)
    assert "KH-2024-031-02-Y1 须档案管理员或部门经理同意" in refused.value.told_in("zh")
    photocopy = a_copy("KH-2024-031-02-F1", kind="photocopy")
    with pytest.raises(Refused) as refused:
        out(scheme, photocopy, where="outside", consent=ARCHIVIST)
    assert refused.value.told_in("zh").startswith("顾闻笛 不能同意，KH-2024-031-02-F1 须部门经理同意")
    assert refused.value.rule == "lending.3.4"
    lent = out(scheme, photocopy, where="outside", consent=MANAGER)
    assert lent.due_on == date(2026, 11, 30)


def test_a_rule_without_consent_asks_for_none(scheme: Scheme) -> None:
    lent = out(scheme, a_copy(kind="photocopy"), consent=None)
    assert lent.loan is not None and lent.loan.consent == ""


def test_another_due_day_needs_reason_and_consent(scheme: Scheme) -> None:
    later = date(2026, 11, 25)
    for given in ({}, {"due_reason": "现场联调"}, {"due_consent": MANAGER}):
        with pytest.raises(Refused) as refused:
            out(scheme, due_on=later, **given)
        assert refused.value.key == "due_exception_needs" and refused.value.clause == "规范 三、2"
    with pytest.raises(Refused) as reader:
        out(scheme, due_on=later, due_reason="现场联调", due_consent=READER)
    assert reader.value.key == "consent_wrong"
    lent = out(scheme, due_on=later, due_reason="现场联调", due_consent=MANAGER)
    assert lent.loan is not None and lent.loan.due_at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_a_rule_without_exceptions_keeps_its_day_but_a_shorter_loan_is_free(scheme: Scheme) -> None:
    photocopy = a_copy(kind="photocopy")
    given = {"where": "outside", "consent": MANAGER}
    with pytest.raises(Refused) as refused:
        out(scheme, photocopy, due_on=date(2026, 12, 24), due_reason="远", due_consent=MANAGER, **given)
    assert refused.value.key == "due_no_exception"
    assert out(scheme, photocopy, due_on=date(2026, 11, 24), **given).due_on == date(2026, 11, 24)


def test_a_due_day_in_the_past_is_refused(scheme: Scheme) -> None:
    with pytest.raises(InvalidInput) as wrong:
        out(scheme, due_on=date(2026, 11, 22))
    assert wrong.value.field == "due_on"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"asked_for": " "}, "asked_for"),
        ({"purpose": ""}, "purpose"),
        ({"signature": ""}, "signature"),
        ({"signature": "M" * 20_001}, "signature"),
        ({"where": "elsewhere"}, "where"),
        ({"where": "outside", "room": ""}, "room"),
        ({"purpose": "长" * 501}, "purpose"),
    ],
)
def test_a_form_with_a_gap_names_the_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as wrong:
        check_form(terms(**changes))
    assert wrong.value.field == field
    assert wrong.value.told_in("zh") and wrong.value.told_in("en")


def test_a_full_form_passes() -> None:
    check_form(terms())
    check_form(terms(where="outside", room="临澜港务 2 号机房"))


# --- overdue ----------------------------------------------------------------------------------------------------


def test_overdue_is_asked_of_a_moment(scheme: Scheme) -> None:
    lent = out(scheme)
    assert lent.loan is not None
    due = lent.loan.due_at
    assert not is_overdue(lent.loan, due)
    assert is_overdue(lent.loan, due + timedelta(seconds=1))
    assert not is_overdue(lent.loan, NOW - timedelta(days=1)), "before it was lent"
    back = lent.loan.model_copy(update={"returned_at": due + timedelta(hours=2)})
    assert is_overdue(back, due + timedelta(hours=1)), "as of then it was late, whatever came later"
    assert not is_overdue(back, due + timedelta(hours=3))


def test_days_overdue_are_days_in_the_office(scheme: Scheme) -> None:
    lent = out(scheme)
    assert lent.loan is not None
    assert days_overdue(lent.loan, at()) == 0
    assert days_overdue(lent.loan, at(NOW + timedelta(days=3))) == 3
    assert days_overdue(lent.loan, at(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))) == 0, "late on the day itself"


def test_moments_are_said_as_in_the_office() -> None:
    assert moment_label(NOW, at()).zh == "今日 09:42"
    assert moment_label(NOW - timedelta(days=3), at()).zh == "11 月 20 日 09:42"
    assert moment_label(NOW - timedelta(days=3), at()).en == "20 Nov 09:42"
    assert moment_label(NOW - timedelta(days=400), at()).en == "2025-10-19 09:42"


# --- coming back ------------------------------------------------------------------------------------------------


def test_as_recorded_closes_the_loan_and_the_copy_is_to_be_reshelved(scheme: Scheme) -> None:
    back = give_back(out(scheme), scheme, at(), counted(), brought_by="陆遥")
    assert back.state == "returned" and back.open_loan is None
    assert back.loan is not None and back.loan.closed_at == NOW and back.loan.brought_by == "陆遥"
    assert (back.borrower, back.where, back.due_on) == ("", "", None)
    with pytest.raises(Refused) as refused:
        out(scheme, back)
    assert "甲柜 2 层 盒 07" in refused.value.told_in("zh")


def test_a_difference_blocks_closing_and_the_refusal_says_how_much(scheme: Scheme) -> None:
    short = give_back(out(scheme), scheme, at(), counted(62, 124, "worn", (32, 31, 31)))
    assert short.state == "checking" and short.open_loan is not None
    with pytest.raises(Refused) as refused:
        close(short, scheme, at())
    assert refused.value.told_in("zh") == (
        "KH-2024-031-02-Y1 差 1 张，差 2 页，缺第 31、32 页，新有折损，不能注销登记。规则「规范 三、6」。再清点一遍，"
        "或开缺损登记。"
    )
    assert "1 sheets short, 2 pages short, pages 31, 32 missing, newly creased or torn" in refused.value.told_in("en")
    with pytest.raises(Refused) as refused:
        out(scheme, short)
    assert refused.value.rule == "lending.3.6"


def test_too_many_pages_are_a_difference_too(scheme: Scheme) -> None:
    more = give_back(out(scheme), scheme, at(), counted(64, 126))
    assert difference_label(more).zh == "多 1 张"
    assert difference_label(more).en == "1 sheets too many"


def test_counting_again_closes_where_it_is_as_recorded(scheme: Scheme) -> None:
    short = give_back(out(scheme), scheme, at(), counted(pages=124))
    still = count_again(short, scheme, at(), counted(pages=125))
    assert still.state == "checking"
    found_all = count_again(open_finding(still, scheme, at(), finding()), scheme, at(), counted())
    assert found_all.state == "returned" and found_all.finding is None
    assert found_all.loan is not None and found_all.loan.finding is None and found_all.loan.closed_at is not None


def test_a_finding_of_lost_pages_closes_the_loan_and_the_record_says_what_is_left(scheme: Scheme) -> None:
    short = open_finding(
        give_back(out(scheme), scheme, at(), counted(62, 124, missing=(31, 32))), scheme, at(), finding()
    )
    assert short.state == "checking" and short.finding is not None
    with pytest.raises(Refused):
        open_finding(short, scheme, at(), finding("QS-2026-002"))
    closed = close(short, scheme, at())
    assert closed.state == "returned" and (closed.sheets, closed.pages) == (62, 124)
    assert closed.finding is None and closed.loan is not None and closed.loan.finding == finding()


def test_damage_must_be_repaired_before_it_is_lent_again(scheme: Scheme) -> None:
    torn = open_finding(give_back(out(scheme), scheme, at(), counted(condition="loose")), scheme, at(), finding())
    with pytest.raises(Refused) as refused:
        close(torn, scheme, at())
    assert refused.value.rule == "custody.repair" and "新有脱线" in refused.value.told_in("zh")
    repair = send_to_repair(torn, scheme, at(), by="gu.wendi", what="重新装订")
    assert repair.state == "repair" and repair.open_loan is None and repair.condition == "loose"
    assert repair.repair is not None and repair.repair.finding == "QS-2026-001"
    with pytest.raises(Refused) as refused:
        out(scheme, repair)
    assert refused.value.rule == "custody.repair"
    again = repaired(repair, scheme, at(), sheets=64)
    assert again.state == "returned" and again.condition == "good" and again.finding is None and again.repair is None
    assert (again.sheets, again.pages) == (64, 126)


def test_what_is_gone_after_a_repair_needs_a_finding(scheme: Scheme) -> None:
    repair = send_to_repair(a_copy(), scheme, at(), by="gu.wendi", what="虫蛀")
    with pytest.raises(Refused) as refused:
        repaired(repair, scheme, at(), sheets=62, pages=127)
    assert (refused.value.clause, refused.value.data["field"]) == ("规范 三、6", "what")
    assert refused.value.told_in("zh").startswith("KH-2024-031-02-Y1 修复回来差 1 张，多 1 页。")
    ended = repaired(repair, scheme, at(), sheets=62, pages=124, finding=finding())
    assert (ended.state, ended.sheets, ended.pages) == ("returned", 62, 124)
    assert repaired(repair, scheme, at(), pages=130).pages == 130, "leaves that were put in need none"


def test_a_piece_lost_in_repair_is_in_repair_again_when_it_is_found(scheme: Scheme) -> None:
    repair = send_to_repair(a_copy(), scheme, at(), by="gu.wendi", what="虫蛀")
    lost = report_missing(repair, scheme, at(), what="修复室遗失")
    assert (lost.state, lost.note) == ("missing", "修复室遗失")
    here = found(lost, scheme, at(), by="gu.wendi")
    assert here.state == "repair" and here.repair == repair.repair and here.note == ""
    assert repaired(here, scheme, at()).state == "returned"


def test_repair_waits_for_the_finding(scheme: Scheme) -> None:
    torn = give_back(out(scheme), scheme, at(), counted(condition="damaged"))
    with pytest.raises(Refused):
        send_to_repair(torn, scheme, at(), by="gu.wendi", what="修补")


def test_a_piece_on_the_shelf_may_go_to_repair_with_a_reason(scheme: Scheme) -> None:
    with pytest.raises(InvalidInput):
        send_to_repair(a_copy(), scheme, at(), by="gu.wendi", what=" ")
    repair = send_to_repair(a_copy(), scheme, at(), by="gu.wendi", what="虫蛀")
    assert repair.state == "repair" and repair.repair is not None and repair.repair.finding == ""
    with pytest.raises(InvalidInput):
        repaired(repair, scheme, at(), pages=-1)


def test_a_piece_goes_back_only_to_its_own_place(scheme: Scheme) -> None:
    back = give_back(out(scheme), scheme, at(), counted())
    with pytest.raises(Refused) as refused:
        reshelve(back, scheme, at(), "甲柜 2 层 盒 08")
    assert "甲柜 2 层 盒 07" in refused.value.told_in("zh")
    assert reshelve(back, scheme, at(), "甲柜2层盒07").state == "shelved"
    assert reshelve(back, scheme, at(), place_code(back.place)).state == "shelved"


@pytest.mark.parametrize(
    ("place", "given", "same"),
    [
        (("1", "11", "2"), "1/11/2", True),
        (("1", "11", "2"), "1 11 2", True),
        (("1", "11", "2"), "1-11-2", True),
        (("1", "11", "2"), "11/1/2", False),
        (("1", "11", "2"), "11 1 2", False),
        (("1", "11", "2"), "1112", False),
        (("A", "B1", "2"), "AB/1/2", False),
        (("A", "B1", "2"), "AB 1 2", False),
        (("A", "B1", "2"), "a b1 2", True),
        (("甲", "乙柜", "2"), "甲乙/柜/2", False),
        (("一", "十一", "二"), "一十 一 二", False),
        (("甲柜", "2 层", "盒 07"), "甲柜２层盒０７", True),
        (("甲柜", "2 层", "盒 07"), "甲柜／2层／盒07", True),
        (("甲柜", "2 层", "盒 07"), "甲柜 2 层", False),
        (("甲柜", "2 层", "盒 07"), "", False),
        (("甲/乙柜", "2 层", "盒 07"), "甲/乙柜/2 层/盒 07", True),
        (("甲柜", "", "盒 07"), "甲柜/盒 07", True),
    ],
)
def test_a_place_is_compared_part_for_part(place: tuple[str, str, str], given: str, same: bool) -> None:
    assert is_place(given, Place(cabinet=place[0], shelf=place[1], box=place[2])) is same


def test_a_lost_piece_that_is_found_is_counted_where_its_loan_is_open(scheme: Scheme) -> None:
    lost = report_missing(out(scheme), scheme, at(), what="借阅人称已放回")
    assert lost.state == "missing" and lost.open_loan is not None
    assert difference_label(lost).zh == "下落不明"
    here = found(lost, scheme, at(), by="gu.wendi")
    assert here.state == "checking" and here.loan is not None and here.loan.returned_at == NOW
    assert difference_label(here).zh == "尚未清点"
    with pytest.raises(Refused) as refused:
        close(here, scheme, at())
    assert refused.value.key == "not_counted"
    assert count_again(here, scheme, at(), counted()).state == "returned"


def test_a_lost_piece_never_found_has_its_loan_closed_with_a_finding(scheme: Scheme) -> None:
    lost = report_missing(out(scheme), scheme, at(), what="遗失")
    with pytest.raises(Refused) as refused:
        close(lost, scheme, at())
    assert "找到后清点，或开缺损登记" in refused.value.told_in("zh")
    closed = close(open_finding(lost, scheme, at(), finding()), scheme, at())
    assert closed.state == "missing" and closed.open_loan is None and closed.borrower == ""
    assert found(closed, scheme, at(), by="gu.wendi").state == "returned"
    with pytest.raises(Refused) as refused:
        out(scheme, closed)
    assert refused.value.key == "copy_is_missing"


def test_a_piece_missing_from_the_shelf_needs_a_word_of_why(scheme: Scheme) -> None:
    with pytest.raises(InvalidInput):
        report_missing(a_copy(), scheme, at(), what="")
    lost = report_missing(a_copy(), scheme, at(), what="盘点未见")
    assert lost.note == "盘点未见" and found(lost, scheme, at(), by="x").note == ""


def test_what_is_not_out_cannot_come_back(scheme: Scheme) -> None:
    with pytest.raises(Refused) as refused:
        give_back(a_copy(), scheme, at(), counted())
    assert refused.value.key == "copy_is_shelved"


def test_a_copy_recorded_as_out_without_a_loan_says_so(scheme: Scheme) -> None:
    assert refused_by_state(a_copy(state="out"), scheme, at()).key == "copy_is_out"


def test_impossible_counts_are_refused(scheme: Scheme) -> None:
    with pytest.raises(InvalidInput) as wrong:
        give_back(out(scheme), scheme, at(), counted(sheets=-1))
    assert wrong.value.field == "sheets"
    with pytest.raises(InvalidInput):
        give_back(out(scheme), scheme, at(), counted(condition="eaten"))


def test_conditions_are_kept_in_one_form_and_known_ones_are_no_difference() -> None:
    assert read_condition("stained  worn good") == "worn stained"
    assert read_condition("") == "good"
    assert condition_label("worn stained").zh == "折损、污渍"
    worn = a_copy(condition="worn")
    assert compare(worn, counted(condition="worn")) is None
    assert compare(worn, counted(condition="worn stained")) is not None
    assert difference_of(worn) is None


# --- register ---------------------------------------------------------------------------------------------------


def test_the_register_line_follows_from_the_copy(scheme: Scheme) -> None:
    lent = out(scheme)
    assert lent.loan is not None
    line = register_line(lent, lent.loan, 2, ZONE)
    assert (line.id, line.stamp, line.closed_on) == ("KH-2024-031-02-Y1/1", 2, None)
    assert (line.issued_on, line.due_on) == (date(2026, 11, 23), date(2026, 11, 23))
    back = give_back(lent, scheme, at(), counted())
    assert back.loan is not None
    assert register_line(back, back.loan, 3, ZONE).closed_on == date(2026, 11, 23)


# --- the table and what is offered ------------------------------------------------------------------------------


def test_every_state_and_action_has_a_name_and_every_state_a_way_on() -> None:
    assert set(STATES) == set(CopyState) == {row.before for row in TABLE}
    assert set(ACTIONS) == set(Action) == {row.action for row in TABLE}
    reached = {row.after for row in TABLE}
    assert reached == set(CopyState)


def test_the_desk_offers_what_may_be_done_with_keys_and_refusals_last(scheme: Scheme) -> None:
    offers = actions_for(a_copy(), scheme, at())
    assert [(o.key, o.action.value) for o in offers] == [
        ("1", "issue"),
        ("2", "send_to_repair"),
        ("3", "report_missing"),
        ("", "lend_outside"),
    ]
    assert offers[0].terms.zh == "今日 17:30 前还，档案管理员或部门经理同意即可"
    assert offers[0].possible and offers[0].why("zh") == "" and offers[0].rule == "" and offers[0].clause == ""
    refused = offers[-1]
    assert not refused.possible and (refused.rule, refused.clause) == ("lending.3.1", "规范 三、1")
    assert refused.instead.zh == "可改为室内查阅。" and "Originals never leave" in refused.why("en")


def test_a_photocopy_without_needed_consent_is_offered_with_its_day_alone(scheme: Scheme) -> None:
    assert actions_for(a_copy(kind="photocopy"), scheme, at())[0].terms.en == "due today 17:30"


def test_a_copy_that_is_out_offers_its_return_and_says_who_has_it(scheme: Scheme) -> None:
    offers = actions_for(out(scheme), scheme, at())
    assert [(o.key, o.action.value) for o in offers] == [
        ("y", "return"),
        ("1", "return_different"),
        ("2", "report_missing"),
        ("", "issue"),
        ("", "lend_outside"),
    ]
    assert offers[0].terms.zh == "63 张 126 页，完好：一键归还并注销登记"
    assert "贺知行" in offers[3].why("zh") and offers[3].instead is None


def test_a_difference_offers_counting_and_a_finding_and_refuses_closing(scheme: Scheme) -> None:
    short = give_back(out(scheme), scheme, at(), counted(pages=124))
    offers = {o.action.value: o for o in actions_for(short, scheme, at())}
    assert offers["open_finding"].key == "q" and offers["count_again"].key == "c"
    assert offers["open_finding"].terms.zh.startswith("差 2 页")
    assert not offers["close"].possible and offers["close"].clause == "规范 三、6"
    assert not offers["send_to_repair"].possible
    numbered = {o.action.value: o for o in actions_for(open_finding(short, scheme, at(), finding()), scheme, at())}
    assert numbered["close"].possible and numbered["send_to_repair"].possible
    assert "QS-2026-001" in numbered["open_finding"].why("zh")


def test_every_state_offers_each_of_its_actions_with_words(scheme: Scheme) -> None:
    lent = out(scheme)
    lost = report_missing(lent, scheme, at(), what="x")
    back = give_back(lent, scheme, at(), counted())
    for copy in (a_copy(), lent, lost, back, send_to_repair(back, scheme, at(), by="", what="x")):
        offers = actions_for(copy, scheme, at())
        assert {row.action for row in rows_of(copy)} <= {o.action for o in offers}
        assert all(o.label.zh and o.label.en for o in offers)
        assert all((o.terms if o.possible else o.why("zh")) for o in offers)
    assert "甲柜 2 层 盒 07" in actions_for(back, scheme, at())[0].terms.zh


def test_an_action_the_state_does_not_know_is_refused(scheme: Scheme) -> None:
    with pytest.raises(Refused):
        allowed(a_copy(), Action.REPAIRED, scheme, at())


def test_the_shipped_scheme_refuses_in_the_offices_own_words(shipped: Scheme) -> None:
    with pytest.raises(Refused) as refused:
        issue(a_copy(), shipped, at(), terms(where="outside"), slip="", by="")
    assert "原件不得带离公司" in refused.value.told_in("zh") and refused.value.clause in refused.value.told_in("en")


def test_a_copy_without_a_place_on_record_has_nowhere_to_go_back_to(scheme: Scheme) -> None:
    back = give_back(out(scheme, a_copy(place=Place())), scheme, at(), counted())
    with pytest.raises(Refused) as refused:
        reshelve(back, scheme, at(), "")
    assert refused.value.key == "place_unknown"


# --- slips --------------------------------------------------------------------------------------------------------


def test_a_loan_knows_the_other_copies_on_its_slip(scheme: Scheme) -> None:
    together = ("KH-2024-031-02-Y1", "KH-2024-031-03-Y1")
    lent = issue(a_copy(), scheme, at(), terms(), slip="JY-1", by="gu.wendi", together=together)
    assert lent.loan is not None and lent.loan.together == together
    alone = out(scheme)
    assert alone.loan is not None and alone.loan.together == (alone.id,)


def test_a_slip_that_came_to_nothing_leaves_the_copy_as_it_was(scheme: Scheme) -> None:
    first = a_copy()
    back = reshelve(give_back(out(scheme, first), scheme, at(), counted()), scheme, at(), str(first.place))
    for before in (first, back):
        assert withdraw(out(scheme, before), before.loan) == before


@pytest.mark.parametrize(
    ("signature", "drawn"),
    [
        ("M 10 12 L 14.5 18 C 20 22 25 3 30 12", True),
        ("m1,2l3,4-5e-3", True),
        ("贺知行", False),
        ("M", False),
        ('M 1 2" onload="x', False),
        ("Mia Li", False),
    ],
)
def test_a_drawn_signature_is_told_from_a_typed_one(signature: str, drawn: bool) -> None:
    assert is_drawn(signature) is drawn


def test_a_long_signature_that_is_no_drawing_is_refused(scheme: Scheme) -> None:
    with pytest.raises(InvalidInput) as wrong:
        check_form(terms(signature="<svg>" * 30))
    assert (wrong.value.key, wrong.value.field) == ("signature_unreadable", "signature")
    check_form(terms(signature="M 1 2 " + "L 3 4 " * 100))
