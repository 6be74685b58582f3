"""The checklist: what is here, what is missing by name and by month, what does not apply."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

import schemes
from archive.domain.access import Access
from archive.domain.checklist import WantState, check, missing_by_step, unsigned
from archive.domain.document import Document
from archive.domain.dossier import Dossier
from archive.domain.record import Event
from archive.domain.scheme import Scheme
from archive.domain.scheme_file import read_scheme

LAST = Event(at=datetime(2026, 11, 23, tzinfo=UTC), by="test", action="create")
TODAY = date(2026, 11, 23)
TEXTS = dict(schemes.shipped())
CUSTOMER = read_scheme(TEXTS["engineering-customer"], "engineering-customer")
CAMPUS = read_scheme(TEXTS["campus-construction"], "campus-construction")


def dossier(scheme: Scheme, **fields: Any) -> Dossier:
    waived = fields.pop("waived", ())
    return Dossier(
        id="d", number="D-1", scheme=scheme.id, name="d", level="x", mark="x", state="x", created_at=LAST.at, last=LAST,
        fields=fields, waived=waived,
    )  # fmt: skip


def paper(type_: str, day: str = "", **more: Any) -> Document:
    return Document(
        id=f"{type_}{day}", job="j", source="s", file_name="f", media_type="m", mark="m", received_at=LAST.at,
        last=LAST, type=type_, date=date.fromisoformat(day) if day else None, **more,
    )  # fmt: skip


def line(scheme: Scheme, of: Dossier, papers: list[Document], want: str) -> Any:
    return next(one for one in check(scheme, of, papers, TODAY) if one.want.id == want)


def test_a_paper_of_the_type_fulfils_its_line_and_none_leaves_it_missing_by_name() -> None:
    there = line(CUSTOMER, dossier(CUSTOMER), [paper("contract")], "contract")
    assert (there.state, there.here, there.missing) == (WantState.HERE, 1, ())
    missing = line(CUSTOMER, dossier(CUSTOMER), [], "contract")
    assert (missing.state, [name.zh for name in missing.missing]) == (WantState.MISSING, ["合同"])


def test_a_paper_not_to_be_kept_fulfils_nothing() -> None:
    assert line(CUSTOMER, dossier(CUSTOMER), [paper("contract", kept=False)], "contract").state == WantState.MISSING


def test_a_paper_that_waits_for_review_is_in_hand() -> None:
    assert line(CUSTOMER, dossier(CUSTOMER), [paper("contract", review="waiting")], "contract").state == "hand"


def test_a_line_is_waived_only_where_it_may_be() -> None:
    of = dossier(CUSTOMER, waived=("as_built", "parameter_table"))
    assert line(CUSTOMER, of, [], "as_built").state == WantState.WAIVED
    assert line(CUSTOMER, of, [], "parameter_table").state == WantState.MISSING


def test_a_line_with_a_condition_holds_only_under_it() -> None:
    ids = [one.want.id for one in check(CUSTOMER, dossier(CUSTOMER, common_k="no"), [], TODAY)]
    assert "manual" not in ids
    assert line(CUSTOMER, dossier(CUSTOMER, common_k="yes"), [], "manual").state == WantState.MISSING


@pytest.mark.parametrize(("first", "last"), [(date(2022, 9, 20), date(2022, 11, 2)), ("2022-09-20", "2022-11-02")])
def test_a_diary_is_wanted_for_every_month_between_two_days(first: object, last: object) -> None:
    of = dossier(CAMPUS, started_d=first, completed_d=last)
    found = line(CAMPUS, of, [paper("supervision_diary", "2022-10-31")], "supervision_diary")
    assert [name.zh for name in found.missing] == ["监理日志 2022-09", "监理日志 2022-11"]


def test_until_the_last_day_is_known_months_count_to_today() -> None:
    of = dossier(CAMPUS, started_d="2026-10-05")
    found = line(CAMPUS, of, [], "supervision_diary")
    assert [name.en for name in found.missing] == ["Supervision diary 2026-10", "Supervision diary 2026-11"]


@pytest.mark.parametrize("fields", [{}, {"started_d": "unknown"}, {"completed_d": "2026-11-01"}])
def test_without_the_first_day_the_day_itself_is_missing_by_name(fields: dict[str, str]) -> None:
    found = line(CAMPUS, dossier(CAMPUS, **fields), [paper("supervision_diary", "2026-10-31")], "supervision_diary")
    assert (found.state, [name.zh for name in found.missing]) == (WantState.MISSING, ["监理日志（「开工日期」未填）"])
    assert [name.en for name in found.missing] == ["Supervision diary (“Started on” is not given)"]


def test_quarters_and_years_are_periods_too() -> None:
    want = next(one for one in CAMPUS.checklist if one.id == "supervision_diary")
    of = dossier(CAMPUS, started_d="2025-11-05", completed_d="2026-02-01")
    for per, names in (("quarter", ["2025-Q4", "2026-Q1"]), ("year", ["2025", "2026"])):
        scheme = CAMPUS.model_copy(update={"checklist": (want.model_copy(update={"per": per}),)})
        (found,) = check(scheme, of, [], TODAY)
        assert [name.zh.split()[-1] for name in found.missing] == names


def test_what_is_missing_stands_under_the_steps_that_it_blocks() -> None:
    blocked = missing_by_step(check(CUSTOMER, dossier(CUSTOMER), [paper("contract")], TODAY))
    assert [(one.name.zh, one.rule.clause) for one in blocked["complete"]] == [
        ("电话交换机安装参数一览表", "规范 二、3")
    ]
    assert "合同" not in [one.name.zh for one in blocked["shelve"]]
    assert ("开工报告", "规范 二、4") in [(one.name.zh, one.rule.clause) for one in blocked["shelve"]]


def test_papers_that_lack_a_signature_a_rule_asks_for_are_named_with_who_has_not_signed() -> None:
    papers = [
        paper("minutes", title="第 3 次例会纪要", unsigned=("contractor", "supervisor")),
        paper("change_order", unsigned=("designer",)),
        paper("construction_record"),
        paper("construction_record", "2024-01-01", unsigned=("owner",), kept=False),
        paper("acceptance_report", unsigned=("owner",)),  # no rule of the scheme holds a step up for it
        paper("site_diary", unsigned=("owner",)),
    ]
    found = unsigned(CAMPUS, papers, Access.whole_archive())
    assert [one.name.zh for one in found] == [
        "第 3 次例会纪要（缺施工单位、监理单位签名）",
        "设计变更通知单（缺设计单位签名）",
    ]
    assert [one.name.en for one in found][1] == "Change order (not signed by designer)"
    assert {one.rule.clause for one in found} == {"办法 二、5"}
    untold = unsigned(CAMPUS, papers, Access.nothing())
    assert [(one.name.en, one.rule.clause) for one in untold] == [("2 not for you", "办法 二、5")]
