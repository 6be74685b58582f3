"""What is out and the loan register: who is led there, what they list, the table for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from archive.services import people
from tests.web.test_lending import ONE, TWO, issue


@pytest.fixture
def desk(office: Any, make_dossier: Callable[..., Any]) -> Any:
    make_dossier()
    return office.visitor()


def test_open_loans_and_the_register_list_the_loan(desk: Any) -> None:
    issue(desk, ONE)
    assert ONE in desk.get("/lending/out").text
    assert ONE in desk.get("/lending/out?only=today").text
    assert ONE not in desk.get("/lending/out?only=late").text
    assert ONE in desk.get("/lending/register?borrower=he.zhixing&open=yes").text
    assert ONE not in desk.get("/lending/register?borrower=tang.xu").text


def test_whoever_reads_the_register_finds_a_borrower_whose_account_is_closed(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    issue(desk, TWO, borrower="tang.xu")
    desk.post("/lending/act", {"act": "return", "code": ONE})
    people.deactivate(office.ports, office.actor("lu.yao"), "he.zhixing")
    for reader in (desk, office.visitor("ye.nanzhou")):
        for typed in ("贺知行", "贺", "售后二组", "贺知行 售后二组 he.zhixing", "he.zhixing"):
            for path in ("/lending/register", "/lending/register.csv"):
                shown = reader.get(path, query_string={"borrower": typed})
                assert shown.status_code == 200
                assert ONE in shown.text and TWO not in shown.text, typed
        assert ONE not in reader.get("/lending/register?borrower=无名氏").text


def test_the_register_for_spreadsheets_has_its_mark_and_no_formulas(desk: Any) -> None:
    issue(desk, ONE, asked_for="=1+1")
    answer = desk.get("/lending/register.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert line["Code of the copy"] == ONE
    assert line["What is asked for"] == "'=1+1"


def test_the_general_manager_is_led_to_what_is_out_and_to_the_register_and_to_no_desk(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    manager = office.visitor("ye.nanzhou")
    assert 'href="/lending/out" data-letter="l"' in rail(manager)
    for path in ("/lending/out", "/lending/register"):
        shown = manager.get(path).text
        assert ONE in shown and 'aria-current="page">Lending' in shown
        assert 'href="/lending"' not in shown and 'href="/lending?' not in shown
    assert 'href="/lending/register"' in manager.get("/lending/out").text


def test_who_lends_is_led_to_the_desk_and_readers_to_neither(office: Any, desk: Any) -> None:
    assert 'href="/lending" data-letter="l"' in rail(desk)
    assert "/lending/out" not in rail(desk)
    assert 'data-letter="l"' not in rail(office.visitor("he.zhixing"))


def rail(visitor: Any) -> str:
    """The places of the rail."""
    return str(visitor.get("/").text.split('class="rail-places"')[1].split("</ul>", maxsplit=1)[0])
