"""What every answer carries against misuse: content policy, frame and sniffing headers, CSRF protection.

No script or style stands inside a page. Where a page must give a measure of its own (a spine's width), it puts a
`<style nonce="{{ nonce() }}">` there; style attributes are refused by the browser.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

from archive.config import Settings

MEGABYTE = 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

csrf = CSRFProtect()


class CookieByScheme(SecureCookieSessionInterface):
    """The session cookie is marked Secure exactly where the request came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def protect(app: Flask, key: bytes) -> None:
    """Sets keys and cookie rules, turns CSRF protection on and adds the headers to every answer."""
    settings: Settings = app.extensions["archive"].settings
    app.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME="dossier",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the sign-in lasts; a form left open over lunch still works
        MAX_FORM_MEMORY_SIZE=4 * MEGABYTE,
        MAX_CONTENT_LENGTH=settings.max_file_bytes + MEGABYTE,
    )
    app.session_interface = CookieByScheme()
    csrf.init_app(app)
    app.jinja_env.globals["nonce"] = nonce
    app.after_request(add_headers)


def nonce() -> str:
    """The one-time word of this answer that lets its own style block in."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def add_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    if answer.mimetype == "text/html":
        answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer
