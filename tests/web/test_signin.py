"""Signing in and out: who gets in, who is told to wait, and what ends a sign-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.domain.access import SYSTEM, Role
from archive.domain.people import User
from archive.services import people
from tests.web.conftest import CSRF, Office, Screen, Visitor

LOGIN = "yan.qing"
PASSWORD = "a long enough phrase"


@pytest.fixture
def account(office: Office) -> str:
    people.create_user(office.ports, SYSTEM, LOGIN, name="严青", roles=[Role.ARCHIVIST], password=PASSWORD)
    return LOGIN


def sign_in(client: FlaskClient, login: str, password: str, *, to: str = "/", remember: bool = False) -> TestResponse:
    visitor = Visitor(client)
    found = CSRF.search(visitor.get("/sign-in").text)
    assert found
    data = {"login": login, "password": password, "next": to, "csrf_token": found[1]}
    if remember:
        data["remember"] = "yes"
    return client.post("/sign-in", data=data, headers={"Accept": "text/html", "Accept-Language": "en"})


def test_one_who_signs_in_comes_to_where_they_wanted(office: Office, account: str) -> None:
    client = office.app.test_client()
    answer = sign_in(client, account, PASSWORD, to="/keys")
    assert answer.headers["Location"] == "/keys"
    assert "严青" in Visitor(client).get("/").text
    assert Visitor(client).get("/sign-in?next=/keys").headers["Location"] == "/keys"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(office: Office, account: str) -> None:
    wrong = sign_in(office.app.test_client(), account, "not this one")
    unknown = sign_in(office.app.test_client(), "nobody.here", "not this one")
    assert wrong.status_code == unknown.status_code
    assert wrong.status_code in (400, 401, 403)
    note = 'id="why"'
    told = [answer.text.split(note)[1].split("</div>")[0] for answer in (wrong, unknown)]
    assert told[0] == told[1]


def test_after_repeated_failures_the_account_pauses_and_says_how_long(office: Office, account: str) -> None:
    client = office.app.test_client()
    for _ in range(office.application.settings.lockout_failures):
        sign_in(client, account, "not this one")
    answer = sign_in(client, account, PASSWORD)
    assert answer.status_code != 302
    assert "15" in answer.text.split('id="why"')[1].split("</div>")[0]


def test_the_cookie_is_kept_from_scripts_and_other_sites(office: Office, account: str) -> None:
    client = office.app.test_client()
    session = next(
        c for c in sign_in(client, account, PASSWORD).headers.getlist("Set-Cookie") if c.startswith("dossier=")
    )
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session
    assert "Expires" not in session
    remembered = sign_in(office.app.test_client(), account, PASSWORD, remember=True)
    assert "Expires" in next(c for c in remembered.headers.getlist("Set-Cookie") if c.startswith("dossier="))


def test_over_https_the_cookie_is_for_https_alone(office: Office, account: str) -> None:
    client = office.app.test_client()
    at = "https://localhost"
    found = CSRF.search(client.get("/sign-in", base_url=at, headers={"Accept": "text/html"}).text)
    assert found
    data = {"login": account, "password": PASSWORD, "csrf_token": found[1]}
    answer = client.post(
        "/sign-in", base_url=at, data=data, headers={"Accept": "text/html", "Referer": f"{at}/sign-in"}
    )
    assert answer.status_code == 302
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_signing_out_ends_it_in_the_archive_too(office: Office, account: str) -> None:
    client = office.app.test_client()
    sign_in(client, account, PASSWORD)
    cookie = client.get_cookie("dossier")
    assert cookie
    Visitor(client).post("/sign-out", follow_redirects=False)
    assert office.ports.index.get(User, account).record.sessions == ()
    thief = office.app.test_client()
    thief.set_cookie("dossier", cookie.value)
    assert thief.get("/", headers={"Accept": "text/html"}).status_code == 302


def test_a_sign_in_that_was_ended_elsewhere_is_told(office: Office, account: str) -> None:
    client = office.app.test_client()
    sign_in(client, account, PASSWORD)
    read = office.ports.index.get(User, account)
    office.ports.index.replace(read.record.model_copy(update={"sessions": ()}), read.token)
    answer = client.get("/keys", headers={"Accept": "text/html", "Accept-Language": "en"}, follow_redirects=True)
    assert "has ended" in answer.text
    assert 'value="/keys"' in answer.text


def test_one_person_holds_no_more_sign_ins_than_allowed(office: Office, account: str) -> None:
    most = office.application.settings.sessions_each
    clients = [office.app.test_client() for _ in range(most + 1)]
    for client in clients:
        sign_in(client, account, PASSWORD)
    assert len(office.ports.index.get(User, account).record.sessions) == most
    assert clients[0].get("/", headers={"Accept": "text/html"}).status_code == 302
    assert clients[-1].get("/", headers={"Accept": "text/html"}).status_code == 200


def test_an_old_sign_in_ends_by_itself(office: Office, account: str) -> None:
    client = office.app.test_client()
    sign_in(client, account, PASSWORD)
    read = office.ports.index.get(User, account)
    old = [s.model_copy(update={"begun_at": datetime(2020, 1, 1, tzinfo=UTC)}) for s in read.record.sessions]
    office.ports.index.replace(read.record.model_copy(update={"sessions": tuple(old)}), read.token)
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 302


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False)])
def test_the_sign_in_works_by_keyboard_and_has_no_serious_fault(
    account: str, browse: Callable[..., Screen], width: int, dark: bool
) -> None:
    screen = browse(width=width, dark=dark)
    screen.page.context.clear_cookies()
    page = screen.open("/?q=合同")
    assert "/sign-in" in page.url
    screen.check()
    page.keyboard.type(account)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
