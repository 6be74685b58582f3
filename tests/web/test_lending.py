"""The lending desk: codes, one slip for several pieces, refusals with their rule, return, shelving, lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.errors import Refused
from archive.services import people

ONE, TWO = "KH-2024-031-01-Y1", "KH-2024-031-02-Y1"
FORM = {
    "act": "issue", "borrower": "贺知行 售后二组 he.zhixing", "asked_for": "接地参数", "purpose": "核对实测值",
    "room": "阅览室 2 号桌", "consent": "顾闻笛 资料室 gu.wendi", "signature": "贺知行",
}  # fmt: skip


@pytest.fixture
def desk(office: Any, make_dossier: Callable[..., Any]) -> Any:
    make_dossier()
    return office.visitor()


def issue(desk: Any, *codes: str, **changed: str) -> Any:
    return desk.post("/lending/act", {**FORM, "code": list(codes), **changed})


def test_several_originals_go_to_one_person_on_one_slip(office: Any, desk: Any) -> None:
    answer = issue(desk, ONE, TWO)
    assert "Issued: 2 pieces to 贺知行, slip JY-" in answer.text
    first, second = office.copy(ONE), office.copy(TWO)
    assert first.state == second.state == "out"
    assert first.loan.slip == second.loan.slip
    assert first.loan.due_at.astimezone(office.application.settings.zone).date() == office.ports.clock.today()


def test_a_copy_that_is_out_is_refused_to_the_next_with_who_has_it(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    answer = issue(desk, ONE, borrower="tang.xu")
    assert answer.status_code == 409
    assert f"贺知行 has {ONE} out" in answer.text
    assert office.copy(ONE).loan.borrower == "he.zhixing"


def test_one_refused_piece_keeps_all_of_the_slip_in(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    issue(desk, TWO, ONE, borrower="tang.xu")
    assert office.copy(TWO).state == "shelved"


def test_what_is_refused_stands_with_its_clause_and_what_is_possible_instead(desk: Any) -> None:
    text = desk.get(f"/lending?code={ONE}").text
    refused = text[text.index('class="refused"') :]
    assert "规范 四、1" in refused
    assert "Instead: read it on the premises" in refused


def test_a_missing_field_is_said_at_the_field_and_what_was_typed_stays(desk: Any) -> None:
    answer = issue(desk, ONE, purpose="")
    assert answer.status_code == 400
    assert "The purpose is empty" in answer.text
    assert 'value="接地参数"' in answer.text


def test_a_letter_typed_for_a_digit_is_taken_and_said(desk: Any) -> None:
    answer = desk.get("/lending?scan=KH-2O24-031-01-Y1", follow_redirects=True)
    assert f"Taken as {ONE}" in answer.text
    assert answer.request.args["code"] == ONE


def test_an_unknown_code_offers_the_near_ones(desk: Any) -> None:
    answer = desk.get("/lending?scan=KH-2024-031-01-Y9")
    assert answer.status_code == 404
    assert f"/lending?code={ONE}" in answer.text


def test_a_name_finds_the_borrower_and_what_is_out(desk: Any) -> None:
    issue(desk, ONE)
    text = desk.get("/lending?scan=贺知行").text
    assert "售后二组" in text
    assert ONE in text


def test_a_second_code_joins_the_slip(desk: Any) -> None:
    answer = desk.get(f"/lending?code={ONE}&scan={TWO}", follow_redirects=True)
    assert answer.request.args.getlist("code") == [ONE, TWO]
    assert "2 pieces, 24 pages" in answer.text


def test_as_recorded_closes_the_loan_and_asks_for_the_place(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    answer = desk.post("/lending/act", {"act": "return", "code": ONE})
    assert "Loan closed" in answer.text
    assert office.copy(ONE).state == "returned"
    assert 'name="place"' in answer.text


def test_a_difference_keeps_the_loan_open_until_a_finding(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    form = {"code": ONE, "sheets": "5", "pages": "10", "condition": "good", "missing": "3、4"}
    answer = desk.post("/lending/act", {**form, "act": "return_different"})
    assert "the loan cannot be closed" in answer.text
    assert office.copy(ONE).state == "checking"
    assert office.copy(ONE).loan.counted.missing_pages == (3, 4)
    desk.post("/lending/act", {**form, "act": "close"})
    assert office.copy(ONE).state == "checking"
    assert "Finding QS-" in desk.post("/lending/act", {**form, "act": "open_finding", "what": "缺第 3、4 页"}).text
    desk.post("/lending/act", {**form, "act": "close"})
    assert office.copy(ONE).state == "returned"


def test_counts_that_are_no_numbers_are_said(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    answer = desk.post("/lending/act", {"code": ONE, "act": "return_different", "sheets": "六", "pages": "12"})
    assert answer.status_code == 400
    assert office.copy(ONE).state == "out"


def test_it_is_shelved_only_at_its_own_place(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    desk.post("/lending/act", {"act": "return", "code": ONE})
    wrong = desk.post("/lending/act", {"act": "reshelve", "code": ONE, "place": "乙柜/1 层/盒 01"})
    assert wrong.status_code == 409
    assert "belongs at 甲柜 2 层 盒 07" in wrong.text
    right = desk.post("/lending/act", {"act": "reshelve", "code": ONE, "place": "甲柜/2 层/盒 07"})
    assert "is back in its place" in right.text
    assert office.copy(ONE).state == "shelved"


def test_repair_and_loss_are_offered_and_done(office: Any, desk: Any) -> None:
    desk.post("/lending/act", {"act": "send_to_repair", "code": ONE, "what": "脊背脱线"})
    assert office.copy(ONE).state == "repair"
    form = {"act": "repaired", "code": ONE, "sheets": "6", "pages": "12", "condition": "good"}
    desk.post("/lending/act", form)
    assert office.copy(ONE).state == "returned"
    desk.post("/lending/act", {"act": "report_missing", "code": TWO, "what": "盘点未见"})
    assert office.copy(TWO).state == "missing"
    desk.post("/lending/act", {"act": "found", "code": TWO})
    assert office.copy(TWO).state == "returned"


def panel(desk: Any, *codes: str, act: str = "") -> str:
    """The form under the codes."""
    text: str = desk.get("/lending", query_string={"code": list(codes), "act": act}).text
    return text[text.index('id="small"') :] if 'id="small"' in text else ""


def test_the_loan_of_a_lost_piece_is_closed_with_a_finding_and_its_borrower_may_leave(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    desk.post("/lending/act", {"act": "report_missing", "code": ONE, "what": "室内遗失"})
    shown = desk.get(f"/lending?code={ONE}").text
    assert 'value="open_finding"' in shown
    assert "As recorded" not in shown and 'name="sheets"' not in shown, "there is nothing to count"
    assert 'name="what"' in panel(desk, ONE, act="open_finding")
    opened = desk.post("/lending/act", {"act": "open_finding", "code": ONE, "what": "遍寻未见"})
    assert "Finding QS-" in opened.text
    assert office.copy(ONE).finding.what == "遍寻未见"
    with pytest.raises(Refused):
        people.deactivate(office.ports, office.actor("lu.yao"), "he.zhixing")
    assert 'name="act" value="close"' in panel(desk, ONE, act="close")
    assert "closed with its finding" in desk.post("/lending/act", {"act": "close", "code": ONE}).text
    lost = office.copy(ONE)
    assert (lost.state, lost.open_loan, lost.checked_on) == ("missing", None, None)
    assert people.deactivate(office.ports, office.actor("lu.yao"), "he.zhixing").active == "no"


def test_findings_are_opened_and_closed_for_several_lost_pieces_at_once(office: Any, desk: Any) -> None:
    issue(desk, ONE, TWO)
    for act in ("report_missing", "open_finding", "close"):
        assert f'value="{act}"' in panel(desk, ONE, TWO, act=act)
        desk.post("/lending/act", {"act": act, "code": [ONE, TWO], "what": "遗失"})
    assert office.copy(ONE).open_loan is None and office.copy(TWO).open_loan is None


def in_repair(desk: Any, *codes: str) -> None:
    desk.post("/lending/act", {"act": "send_to_repair", "code": list(codes), "what": "脊背脱线"})


def test_a_repair_from_which_fewer_pages_come_back_needs_a_finding(office: Any, desk: Any) -> None:
    in_repair(desk, ONE)
    form = {"act": "repaired", "code": ONE, "sheets": "5", "pages": "10", "condition": "worn"}
    refused = desk.post("/lending/act", form)
    assert refused.status_code == 409
    assert f"{ONE}: 1 sheets short, 2 pages short after repair" in refused.text
    assert 'id="what-said"' in refused.text and 'value="10"' in refused.text, "what was typed stays"
    assert (office.copy(ONE).state, office.copy(ONE).pages) == ("repair", 12)
    assert desk.post("/lending/act", {**form, "what": "末页无存"}).status_code == 200
    ended = office.copy(ONE)
    assert (ended.state, ended.sheets, ended.pages, ended.condition) == ("returned", 5, 10, "worn")
    assert (ended.last.details["pages_before"], ended.last.details["number"][:3]) == (12, "QS-")


def test_several_pieces_come_back_from_repair_each_with_its_own_count(office: Any, desk: Any) -> None:
    in_repair(desk, ONE, TWO)
    shown = panel(desk, ONE, TWO, act="repaired")
    assert f'name="sheets-{ONE}"' in shown and f'name="what-{TWO}"' in shown
    form = {"act": "repaired", "code": [ONE, TWO], f"sheets-{ONE}": "7", f"pages-{ONE}": "14", f"pages-{TWO}": "11"}
    refused = desk.post("/lending/act", {**form, f"condition-{ONE}": "stained"})
    assert refused.status_code == 409
    assert (office.copy(ONE).state, office.copy(ONE).sheets, office.copy(ONE).pages) == ("returned", 7, 14)
    assert office.copy(ONE).condition == "stained"
    assert office.copy(TWO).state == "repair"
    left = refused.text[refused.text.index('id="small"') :]
    assert f'value="{ONE}"' not in left, "what is done has left the desk"
    assert 'name="pages"' in left and 'value="11"' in left, "and what was typed for the other stays"
    desk.post("/lending/act", {"act": "repaired", "code": TWO, "pages": "11", "what": "缺一页"})
    assert (office.copy(TWO).state, office.copy(TWO).sheets, office.copy(TWO).pages) == ("returned", 6, 11)


def test_one_number_is_not_taken_for_several_pieces(office: Any, desk: Any) -> None:
    in_repair(desk, ONE, TWO)
    answer = desk.post("/lending/act", {"act": "repaired", "code": [ONE, TWO], "sheets": "6", "pages": "12"})
    assert answer.status_code == 400
    assert office.copy(ONE).state == office.copy(TWO).state == "repair"


def test_a_piece_lost_at_the_binders_is_reported_missing(office: Any, desk: Any) -> None:
    in_repair(desk, ONE)
    assert 'name="what"' in panel(desk, ONE, act="report_missing")
    desk.post("/lending/act", {"act": "report_missing", "code": ONE, "what": "修复室遗失"})
    assert office.copy(ONE).state == "missing"
    desk.post("/lending/act", {"act": "found", "code": ONE})
    assert office.copy(ONE).state == "repair", "its repair is not done yet"


# --- what a refusal costs -------------------------------------------------------------------------------------------


def test_a_refusal_asks_the_index_for_no_more_than_it_shows(
    office: Any, desk: Any, count_calls: Callable[[], list[str]]
) -> None:
    """The day's 13 figures and lists are not asked again, and the rail counts the two it shows: 37 calls before."""
    issue(desk, ONE)
    calls = count_calls()
    desk.get(f"/lending?code={ONE}")
    whole_desk = len(calls)
    token = desk.token()
    calls.clear()
    refused = desk.client.post(
        "/lending/act",
        data={**FORM, "code": [ONE], "borrower": "tang.xu", "csrf_token": token},
        headers={"Accept": "text/html"},
    )
    assert refused.status_code == 409
    assert whole_desk == 22
    assert len(calls) == 18
    assert calls.count("count") == 3


def test_a_refusal_to_a_program_renders_nothing(office: Any, desk: Any, count_calls: Callable[[], list[str]]) -> None:
    issue(desk, ONE)
    calls = count_calls()
    assert ask(desk, code=[ONE], borrower="tang.xu").status_code == 409
    assert "count" not in calls
    assert len(calls) == 12  # one of them for the page that gives the token


@pytest.fixture
def count_calls(office: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Notes from now on the name of each call of the index."""

    def begin() -> list[str]:
        calls: list[str] = []
        for name in ("get", "get_many", "select", "count", "search"):
            monkeypatch.setattr(office.ports.index, name, noted(name, getattr(office.ports.index, name), calls))
        return calls

    return begin


def noted(name: str, call: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    def noting(*given: Any, **more: Any) -> Any:
        calls.append(name)
        return call(*given, **more)

    return noting


# --- for programs ---------------------------------------------------------------------------------------------------


def ask(desk: Any, **changed: Any) -> Any:
    """An act as a program sends it."""
    headers = {"Accept": "application/json", "Accept-Language": "en", "X-CSRFToken": desk.token()}
    return desk.client.post("/lending/act", data={**FORM, **changed}, headers=headers)


def test_a_program_is_told_slip_and_states(office: Any, desk: Any) -> None:
    told = ask(desk, code=[ONE, TWO]).json
    assert told["slip"] == office.copy(ONE).loan.slip
    assert told["copies"] == [{"code": ONE, "state": "out"}, {"code": TWO, "state": "out"}]
    assert told["due_at"] == office.copy(ONE).loan.due_at.isoformat()
    back = ask(desk, act="return", code=[ONE])
    assert back.json["copies"] == [{"code": ONE, "state": "returned"}]
    assert back.json["said"][0].startswith(f"Loan closed: {ONE}")
    assert "Loan closed" not in desk.get("/lending").text


def test_a_program_is_told_why_it_is_refused_and_what_is_possible_instead(desk: Any) -> None:
    outside = ask(desk, act="lend_outside", code=[ONE], room="临澜")
    assert outside.status_code == 409
    error = outside.json["error"]
    assert error["key"] == "lending_not_allowed"
    assert error["clause"] == "规范 四、1"
    assert error["instead"] == "Instead: read it on the premises."
    assert {"act": "issue", "said": "Read on the premises"} in error["possible"]
    issue(desk, ONE)
    error = ask(desk, code=[ONE], borrower="tang.xu").json["error"]
    assert error["key"] == "copy_out"
    assert "贺知行" in error["message"]
    assert [one["act"] for one in error["possible"]] == ["return", "return_different", "report_missing"]


def test_a_program_is_told_which_pieces_are_refused_and_why_each(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    one = ask(desk, code=[ONE, TWO], borrower="tang.xu").json["error"]
    assert (one["key"], one["code"]) == ("copy_out", ONE)
    both = ask(desk, act="lend_outside", code=[ONE, TWO], room="临澜").json["error"]
    assert both["key"] == "refused_each"
    assert [(reason["key"], reason["code"]) for reason in both["refusals"]] == [
        ("copy_out", ONE),
        ("lending_not_allowed", TWO),
    ]
    assert both["refusals"][1]["clause"] == "规范 四、1"
    desk.post("/lending/act", {"act": "return", "code": ONE})
    desk.post("/lending/act", {"act": "reshelve", "code": ONE, "place": "甲柜/2 层/盒 07"})
    same = ask(desk, act="lend_outside", code=[ONE, TWO], room="临澜").json["error"]
    assert same["codes"] == [ONE, TWO] and "code" not in same
    assert same["message"].startswith(f"{ONE}, {TWO}: Originals never leave")


def test_a_program_is_told_which_pieces_were_done_before_the_refused_one(office: Any, desk: Any) -> None:
    issue(desk, ONE)
    answer = ask(desk, act="return", code=[ONE, TWO])
    assert answer.status_code == 409
    assert answer.json["error"]["done"] == [{"code": ONE, "state": "returned"}]
    assert office.copy(ONE).state == "returned"


@pytest.mark.parametrize(
    ("changed", "status", "key", "field"),
    [
        ({"purpose": ""}, 400, "purpose_needed", "purpose"),
        ({"act": "burn"}, 400, "unknown_choice", "act"),
        ({"act": "return", "code": []}, 400, "no_codes", "codes"),
        ({"code": ["KH-2024-031-09-Y1"]}, 404, "no_copy", None),
        ({"due_on": "morgen"}, 400, "web_not_a_day", "due_on"),
    ],
)
def test_a_program_is_told_where_it_is_wrong(
    desk: Any, changed: dict[str, Any], status: int, key: str, field: str | None
) -> None:
    answer = ask(desk, **{"code": [ONE], **changed})
    assert answer.status_code == status
    assert answer.json["error"]["key"] == key
    assert answer.json["error"].get("field") == field


def test_a_program_of_a_reader_is_refused(office: Any, desk: Any) -> None:
    answer = ask(office.visitor("he.zhixing"), code=[ONE])
    assert answer.status_code == 403
    assert answer.json["error"]["key"]


def test_readers_have_no_desk(office: Any, desk: Any) -> None:
    reader = office.visitor("he.zhixing")
    assert reader.get("/lending").status_code == 403
    assert issue(reader, ONE).status_code == 403
    assert office.copy(ONE).state == "shelved"


# --- in the browser ------------------------------------------------------------------------------------------------


BURST = """code => {
  for (const key of [...code, 'Enter']) {
    const at = document.activeElement;
    const free = at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    if (free && key.length === 1 && 'value' in at) at.value += key;
    if (free && key === 'Enter' && at.form) at.form.requestSubmit();
  }
}"""


def scan(page: Any, code: str) -> None:
    """What a scanner does: keys faster than anybody types, then Enter, wherever the focus is."""
    page.evaluate(BURST, code)


def test_a_scan_from_anywhere_joins_the_slip_and_its_enter_never_issues(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]
) -> None:
    make_dossier()
    screen = browse()
    page = screen.open(f"/lending?code={ONE}")
    page.fill("[name=borrower]", "贺知行 售后二组 he.zhixing")
    page.fill("[name=asked_for]", "接地")
    page.fill("[name=purpose]", "核对")
    page.focus("[name=purpose]")
    scan(page, TWO)
    page.wait_for_selector(".slip-list")
    assert page.locator(".piece").count() == 2
    assert page.input_value("[name=purpose]") == "核对"
    assert office.copy(ONE).state == "shelved"


def test_it_is_lent_by_the_keyboard_and_given_back_by_one_key(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]
) -> None:
    make_dossier()
    screen = browse()
    page = screen.open("/lending")
    scan(page, ONE)
    page.wait_for_selector("#issue")
    page.fill("[name=borrower]", "贺知行 售后二组 he.zhixing")
    page.fill("[name=asked_for]", "接地")
    page.fill("[name=purpose]", "核对")
    page.fill("#signature", "贺知行")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".note.song")
    assert office.copy(ONE).state == "out"
    page = screen.open(f"/lending?code={ONE}")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("y")
    page.wait_for_selector("#place")
    assert office.copy(ONE).state == "returned"
    scan(page, "甲柜/2 层/盒 07")
    page.wait_for_url("**/lending")
    assert office.copy(ONE).state == "shelved"


def test_a_refusal_in_the_browser_keeps_what_was_typed_and_the_day_beside_it(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]
) -> None:
    make_dossier()
    page = browse().open(f"/lending?code={ONE}&code={TWO}")
    page.fill("[name=borrower]", "tang.xu")
    page.fill("[name=asked_for]", "接地")
    page.fill("[name=purpose]", "   ")
    page.fill("#signature", "汤序")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#purpose-said.fault")
    assert page.evaluate("document.activeElement.name") == "purpose"
    assert page.input_value("[name=asked_for]") == "接地"
    page.fill("[name=purpose]", "核对")
    issue(office.visitor(), TWO)
    page.keyboard.press("Control+Enter")
    page.locator("#desk-fault", has_text="贺知行").wait_for()
    assert page.locator("#issue").count() == 0
    assert page.locator("#day").count() == 1
    page.locator(".piece .off").nth(1).click()
    page.wait_for_selector("#issue")
    assert page.input_value("[name=purpose]") == "核对"
    assert page.input_value("#signature") == "汤序"
    page.focus("#signature")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".note.song")
    assert office.copy(ONE).loan.borrower == "tang.xu"
    assert ONE in page.inner_text("#day")
    assert page.evaluate("location.pathname + location.search") == "/lending"


def test_a_server_that_does_not_answer_and_a_form_too_old_cost_nothing_typed(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]
) -> None:
    make_dossier()
    page = browse().open(f"/lending?code={ONE}&act=send_to_repair")
    page.fill("[name=what]", "脊背脱线")
    page.route("**/lending/act", lambda route: route.abort())
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("main > .note.zhu")
    page.unroute("**/lending/act")
    page.evaluate("document.querySelector('#small [name=csrf_token]').value = 'old'")
    page.keyboard.press("Control+Enter")
    page.locator("main > .note.zhu", has_text="这张表单已失效").wait_for()
    assert page.input_value("[name=what]") == "脊背脱线"
    assert office.copy(ONE).state == "shelved"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("main > .note.zhe")
    assert office.copy(ONE).state == "repair"


def test_a_signature_can_be_drawn(office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any]) -> None:
    make_dossier()
    page = browse().open(f"/lending?code={ONE}")
    page.fill("[name=borrower]", "he.zhixing")
    page.fill("[name=asked_for]", "接地")
    page.fill("[name=purpose]", "核对")
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 12, steps=4)
    page.mouse.move(box["x"] + 120, box["y"] + 40, steps=4)
    page.mouse.up()
    page.click("#issue .primary")
    page.wait_for_selector(".note.song")
    assert office.copy(ONE).loan.signature.startswith("M")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_desk_has_no_serious_fault_in_any_state(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any], width: int
) -> None:
    make_dossier()
    desk = office.visitor()
    screen = browse(width=width, dark=width == 390)
    for path in ("/lending", f"/lending?code={ONE}&code={TWO}", f"/lending?code={ONE}&act=send_to_repair"):
        screen.open(path)
        screen.check()
    issue(desk, ONE)
    for path in (f"/lending?code={ONE}", "/lending/out", "/lending/register"):
        screen.open(path)
        screen.check()
    counted = {"code": ONE, "sheets": "5", "pages": "10", "condition": "worn"}
    desk.post("/lending/act", {**counted, "act": "return_different"})
    screen.open(f"/lending?code={ONE}")
    screen.check()
    issue(desk, TWO)
    desk.post("/lending/act", {"act": "report_missing", "code": TWO, "what": "遗失"})
    screen.open(f"/lending?code={TWO}&act=open_finding")
    screen.check()


@pytest.mark.parametrize("width", [1280, 390])
def test_several_pieces_in_repair_have_no_serious_fault(
    office: Any, make_dossier: Callable[..., Any], browse: Callable[..., Any], width: int
) -> None:
    make_dossier()
    in_repair(office.visitor(), ONE, TWO)
    screen = browse(width=width)
    screen.open(f"/lending?code={ONE}&code={TWO}&act=repaired")
    screen.check()
