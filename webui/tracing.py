"""Each request's id and how long its answer took. The id comes from who asked (a proxy, in X-Request-ID) or is made; it
stands in every line logged meanwhile and in the answer.
"""

from __future__ import annotations

import re
import time
from secrets import token_hex

from flask import Flask, Response, g, request

from archive import logs, measures

HEADER = "X-Request-ID"
USABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")  # others could forge a line of the log


def install(app: Flask) -> None:
    """To be called before anything else asks for its turn at a request."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if USABLE.fullmatch(given) else token_hex(8)
    g.begun = time.perf_counter()
    logs.about(request_id=g.request_id)


def end(answer: Response) -> Response:
    """Says the id; tells the time up to the answer's first byte, by the place asked for and not by its address."""
    if "request_id" in g:
        answer.headers[HEADER] = g.request_id
        status = f"{answer.status_code // 100}xx"
        taken = time.perf_counter() - g.begun
        method = request.method if request.url_rule is not None else "any"  # a stranger may make one up
        measures.tell("request", taken, endpoint=request.endpoint or "none", method=method, status=status)
    return answer
