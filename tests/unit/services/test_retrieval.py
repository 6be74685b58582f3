"""Searching with the words of the schemes in use."""

from __future__ import annotations

import pytest

from archive.domain.document import Page, PageState
from archive.services import retrieval
from tests.unit.services.conftest import Office, make_document


@pytest.fixture
def filed(office: Office) -> Office:
    """Two documents of two customers, a page each."""
    for number, customer, amount in (("KH-1", "临澜电气公司", 4800.0), ("KH-2", "澄江中学", 52_000.0)):
        document = make_document(office.ports, number, 1, "contract", "engineering-customer")
        page = Page(
            id=f"{document.id}-1", document=document.id, number=1, state=PageState.READ, text="程控交换机合同",
            meta={"customer_t": customer, "amount_n": amount}, mark=document.mark,
        )  # fmt: skip
        assert office.ports.index.refresh(office.ports.index.put([page]))
    return office


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("客户名称:临澜", ["kh-1-doc-1"]),
        ("交换机 customer：澄江", ["kh-2-doc-1"]),
        ("合同金额:1000..5000", ["kh-1-doc-1"]),
        ("交换机 -合同金额:..5000", ["kh-2-doc-1"]),
        ("客户名称:龘龘", []),
    ],
)
def test_the_schemes_own_fields_are_found_by_what_they_are_called(filed: Office, typed: str, found: list[str]) -> None:
    result = retrieval.search(filed.ports, filed.desk, typed).result
    assert [one.document for one in result.found] == found


def test_of_many_values_that_no_scheme_knows_a_few_are_told_and_the_rest_counted(filed: Office) -> None:
    notes = retrieval.search(filed.ports, filed.desk, "类型:甲 类型:乙 类型:丙 类型:丁 类型:戊").notes
    assert [note.key for note in notes] == ["query_value_unknown"] * 3 + ["query_values_unknown"]
    assert "2" in notes[-1].told_in("zh")
