"""The web process behind DOSSIER_WEB_PROXIES proxies: it believes as many of them, and nobody else, where a request
comes from and that it came over HTTPS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from archive import config
from archive.bootstrap import build
from archive.config import Settings
from archive.services.sample_accounts import SAMPLE_PASSWORD, make_sample_accounts
from tests.web.conftest import CSRF
from webui import wsgi

AFAR, HERE = "203.0.113.9", "127.0.0.1"  # sample accounts are for this machine alone

SignIn = Callable[..., TestResponse]


@pytest.fixture
def sign_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], SignIn]]:
    """Signs a sample account in at a web process behind so many proxies; the request itself comes from this machine, as
    the nearest proxy's does."""
    monkeypatch.setenv("DOSSIER_DATA", str(tmp_path))
    made = build(Settings(data=tmp_path))
    make_sample_accounts(made.ports)
    made.close()

    def behind(proxies: int) -> SignIn:
        monkeypatch.setenv("DOSSIER_WEB_PROXIES", str(proxies))
        config.settings.cache_clear()
        client = wsgi.make().test_client()

        def sign_in(**headers: str) -> TestResponse:
            asked = {name.replace("_", "-"): value for name, value in headers.items()}
            form = CSRF.search(client.get("/sign-in", headers=asked).text)
            assert form
            sent = {"login": "gu.wendi", "password": SAMPLE_PASSWORD, "csrf_token": form[1]}
            origin = {"Referer": "https://localhost/sign-in"} if "https" in headers.values() else {}
            return client.post("/sign-in", data=sent, headers=asked | origin)

        return sign_in

    yield behind
    config.settings.cache_clear()


def cookies(answer: TestResponse) -> str:
    return "\n".join(answer.headers.getlist("Set-Cookie"))


def test_without_a_proxy_nobody_says_where_a_request_comes_from(sign_in: Callable[[int], SignIn]) -> None:
    answer = sign_in(0)(X_Forwarded_For=AFAR, X_Forwarded_Proto="https")
    assert answer.status_code == 302
    assert "dossier=" in cookies(answer) and "Secure" not in cookies(answer)


def test_the_proxy_says_where_a_request_comes_from(sign_in: Callable[[int], SignIn]) -> None:
    behind = sign_in(1)
    assert behind(X_Forwarded_For=AFAR).status_code == 403
    assert behind(X_Forwarded_For=HERE).status_code == 302


def test_what_stands_before_the_proxys_own_word_is_not_believed(sign_in: Callable[[int], SignIn]) -> None:
    assert sign_in(1)(X_Forwarded_For=f"{HERE}, {AFAR}").status_code == 403
    assert sign_in(2)(X_Forwarded_For=f"{HERE}, {AFAR}").status_code == 302


def test_the_proxy_says_that_a_request_came_over_https(sign_in: Callable[[int], SignIn]) -> None:
    answer = sign_in(1)(X_Forwarded_For=HERE, X_Forwarded_Proto="https")
    assert answer.status_code == 302
    assert "dossier=" in cookies(answer)
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
