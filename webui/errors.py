"""The one table from errors to HTTP: status, and a page or JSON of one shape.

JSON: `{"error": {"key", "message", "rule", "clause", "field", "at", "code"}}`; members that say nothing are left out.
What is refused for several copies has `codes` in place of `code`; for several reasons each stands in `refusals`. A view
that answers by itself may add what only it knows, such as what is possible instead.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from archive.errors import (
    ArchiveError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Refused,
    Unavailable,
    Unreadable,
)
from archive.sentences import sentence
from webui.language import current_language
from webui.session import wants_page

log = logging.getLogger(__name__)

STATUS: dict[type[ArchiveError], int] = {
    NotFound: 404,
    Refused: 409,
    InvalidInput: 400,
    Forbidden: 403,
    Conflict: 409,
    Unavailable: 503,
    Unreadable: 422,
}
PIECES: dict[str, type] = {"code": str, "codes": list}  # what an error is about: one copy, or several
UNNAMED = {400: "web_bad_request", 404: "web_no_page", 405: "web_wrong_method", 413: "web_too_large"}


def install(app: Flask) -> None:
    app.register_error_handler(ArchiveError, answer)
    app.register_error_handler(CSRFError, lambda error: tell("web_form_expired", 400))
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_unknown)


def status_of(error: ArchiveError) -> int:
    if error.key == "sign_in_first":
        return 401
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def answer(error: ArchiveError, **more: object) -> Response:
    """The error as a page, or as JSON with the members `more` beside its own."""
    status = status_of(error)
    made = tell(error.key, status, error.data, more)
    if status == 503:
        made.headers["Retry-After"] = "5"
    return made


def answer_http(error: HTTPException) -> Response:
    """Werkzeug's own refusals, in our words. Redirects and finished answers pass."""
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    made = tell(UNNAMED.get(error.code, "web_bad_request"), error.code)
    if error.code == 405:
        made.headers.extend(dict(error.get_headers()).items() and [("Allow", _allowed(error))])
    return made


def _allowed(error: HTTPException) -> str:
    return ", ".join(getattr(error, "valid_methods", None) or ())


def answer_unknown(error: Exception) -> Response:
    """A fault of ours: logged whole, told without details."""
    log.exception("no view answers for this: %s %s", request.method, request.path, exc_info=error)
    return tell("web_fault", 500)


def tell(
    key: str, status: int, data: dict[str, Any] | None = None, more: Mapping[str, object] | None = None
) -> Response:
    """The sentence `key` as a page for a person, as JSON for a program."""
    data = data or {}
    message = sentence(key, current_language(), data)
    if wants_page():
        return make_response(render_template("error.html", message=message, key=key, status=status, data=data), status)
    return make_response(jsonify(error={**_told(key, message, data), **(more or {})}), status)


def _told(key: str, message: str, data: Mapping[str, Any]) -> dict[str, object]:
    """The members of one error."""
    about = {name: data[name] for name in ("rule", "clause", "field", "at") if data.get(name) not in (None, "")}
    about |= {name: data[name] for name, kind in PIECES.items() if isinstance(data.get(name), kind)}
    if "refusals" in data:
        about["refusals"] = [_told(one.key, one.told_in(current_language()), one.data) for one in data["refusals"]]
    return {"key": key, "message": message, **about}
