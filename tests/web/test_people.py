"""People: who may give accounts, what is refused, one's own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.services import people


def test_an_administrator_opens_an_account(office: Any) -> None:
    answer = office.visitor("lu.yao").post(
        "/people",
        {
            "name": "周一苇", "login": "zhou.yiwei", "department": "资料室", "roles": ["reader"],
            "password": "correct horse 7", "again": "correct horse 7",
        },
    )  # fmt: skip
    assert answer.status_code == 200
    assert "周一苇" in answer.text
    assert people.user(office.ports, "zhou.yiwei").roles == ("reader",)


def test_two_different_passwords_open_nothing_and_keep_what_was_typed(office: Any) -> None:
    form = {"name": "周一苇", "login": "zhou.yiwei", "roles": ["reader"], "password": "correct horse 7"}
    form |= {"again": "something else"}
    answer = office.visitor("lu.yao").post("/people", form)
    assert answer.status_code == 400
    assert "The two passwords differ" in answer.text
    assert 'value="zhou.yiwei"' in answer.text


def test_a_reader_is_refused_the_list_of_people(office: Any) -> None:
    assert office.visitor("he.zhixing").get("/people").status_code == 403


def test_the_last_administrator_cannot_be_closed(office: Any) -> None:
    answer = office.visitor("lu.yao").post("/people/lu.yao", {"act": "close"})
    assert answer.status_code == 409
    assert "last administrator" in answer.text


def test_an_account_is_closed_and_opened_again(office: Any) -> None:
    visitor = office.visitor("lu.yao")
    assert "is closed" in visitor.post("/people/he.zhixing", {"act": "close"}).text
    assert people.user(office.ports, "he.zhixing").active == "no"
    assert "is open again" in visitor.post("/people/he.zhixing", {"act": "open"}).text
    assert people.user(office.ports, "he.zhixing").active == "yes"


def test_roles_are_changed(office: Any) -> None:
    form = {"act": "save", "name": "贺知行", "department": "售后二组", "roles": ["reader", "archivist"]}
    assert "Saved." in office.visitor("lu.yao").post("/people/he.zhixing", form).text
    assert set(people.user(office.ports, "he.zhixing").roles) == {"reader", "archivist"}


def test_a_form_without_its_token_changes_nothing(office: Any) -> None:
    visitor = office.visitor("lu.yao")
    answer = visitor.client.post("/people/he.zhixing", data={"act": "close"}, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert people.user(office.ports, "he.zhixing").active == "yes"


def test_ones_own_settings_are_kept(office: Any) -> None:
    office.visitor("he.zhixing").post("/account/settings", {"language": "en", "theme": "dark"})
    user = people.user(office.ports, "he.zhixing")
    assert (user.language, user.theme, user.letter_keys) == ("en", "dark", False)


def test_a_wrong_old_password_changes_nothing(office: Any) -> None:
    people.set_password(office.ports, office.actor("lu.yao"), "he.zhixing", "correct horse 7")
    user = people.user(office.ports, "he.zhixing")
    signed_in, token = people.sign_in(office.ports, user.id, "correct horse 7", "127.0.0.1", "test")
    visitor = office.visitor("he.zhixing")
    with visitor.client.session_transaction() as session:
        session["token"] = token
    form = {"old": "wrong", "password": "another horse 8", "again": "another horse 8"}
    answer = visitor.post("/account/password", form)
    assert "The old password is wrong" in answer.text
    assert people.user(office.ports, "he.zhixing").password == people.user(office.ports, signed_in.id).password
    assert "Sign in with the new one" in visitor.post("/account/password", {**form, "old": "correct horse 7"}).text


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/people", "/people/he.zhixing", "/account"])
def test_the_screens_have_no_serious_fault(browse: Callable[..., Any], path: str, width: int) -> None:
    screen = browse("lu.yao", width=width, dark=width == 390)
    screen.open(path)
    screen.check()
