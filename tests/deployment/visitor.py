"""Somebody who uses the web over HTTP alone, as a browser without scripts does."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import quote, urlencode

CSRF = re.compile(r'name="csrf" content="([^"]+)"')
SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def data(self) -> Any:
        return json.loads(self.body)


@dataclass
class Visitor:
    """Keeps cookies, sends forms with their token."""

    address: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, accept: str = "text/html", **headers: str) -> Answer:
        return self._ask(path, None, {"Accept": accept, **headers})

    def post(self, path: str, **form: str) -> Answer:
        """Sends a form and follows to the page it leads to."""
        body = urlencode({**form, "csrf_token": self._token()}).encode()
        return self._ask(path, body, {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"})

    def sign_in(self, login: str, password: str) -> None:
        told = self.post("/sign-in", login=login, password=password, next="/")
        assert told.status == 200 and 'name="password"' not in told.text, told.text[:2000]

    def upload(self, name: str, content: bytes, **wish: str) -> Answer:
        """Sends a file as the intake screen does."""
        headers = {"Content-Type": "application/octet-stream", "X-CSRFToken": self._token(), "Accept": "*/*"}
        return self._ask(f"/intake/file?{urlencode({'name': name, **wish})}", content, headers)

    def _token(self) -> str:
        found = CSRF.search(self.get("/sign-in").text)
        assert found
        return found[1]

    def _ask(self, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        headers = {"Accept-Language": "zh", **headers}
        asked = urllib.request.Request(self.address + quote(path, safe="/?&=%:,;+"), data=body, headers=headers)
        try:
            with opener.open(asked, timeout=SECONDS) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, dict(refused.headers), refused.read())
