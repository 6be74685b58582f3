"""For what watches the process and not for people: does it live, can it work, and its figures.

`/healthz` asks nobody. `/readyz` asks index, scan store and queue, a second at most, and names those that do not
answer. `/metrics` is for the machine itself and the private network beside it, and never through a proxy. None of them
says anything of what the archive holds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address

from flask import Blueprint, Response, abort, current_app, jsonify, request

from archive import metrics
from archive.errors import ArchiveError, NotFound, Unavailable
from archive.ports import Ports
from webui.session import ports

screen = Blueprint("probes", __name__)
log = logging.getLogger(__name__)

SECONDS = 1.0  # for all parts together
KEPT = 2.0  # seconds in which an answer holds: whoever asks again and again costs nothing
NOTHING = "probes/nothing"  # a name under which nothing lies
FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")


@screen.get("/healthz")
def alive() -> Response:
    """200: the process answers."""
    return jsonify(ok=True)


@screen.get("/readyz")
def ready() -> Response:
    """200 where all parts answer, else 503 with the names of those that do not."""
    readiness: Readiness = current_app.extensions.setdefault("readiness", Readiness(parts(ports())))
    missing = readiness.missing()
    answer = jsonify(ok=not missing, missing=missing)
    answer.status_code = 503 if missing else 200
    answer.headers["Cache-Control"] = "no-store"
    return answer


@screen.get("/metrics")
def figures() -> Response:
    """The figures of all processes of this web server and of the queue, in Prometheus's form."""
    if not is_near():
        abort(404)
    return Response(metrics.text(ports().queue), content_type=metrics.CONTENT_TYPE)


def is_near() -> bool:
    """Whether the request comes straight from this machine or its private network."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_private
    except ValueError:
        return not request.remote_addr  # a Unix socket has no address


def parts(ports: Ports) -> dict[str, Callable[[], object]]:
    """What the web cannot do without, each as a question that raises ArchiveError."""
    return {
        "index": ports.index.health,
        "store": lambda: _ask_store(ports),
        "queue": lambda: _ask_queue(ports),
    }


def _ask_store(ports: Ports) -> None:
    with suppress(NotFound):  # that is an answer
        ports.store.get_derived(NOTHING)


def _ask_queue(ports: Ports) -> None:
    if ports.queue.depth() is None:
        raise Unavailable("broker_away")


@dataclass
class Readiness:
    """Asks all parts at once. A question that is still open is not asked again: a part that hangs holds one thread."""

    questions: dict[str, Callable[[], object]]
    _open: dict[str, threading.Thread] = field(default_factory=dict)
    _answered: dict[str, bool] = field(default_factory=dict)
    _asked_at: float = field(default=float("-inf"))
    _missing: list[str] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def missing(self) -> list[str]:
        """The names of the parts that do not answer."""
        with self._turn:
            if time.monotonic() - self._asked_at > KEPT:
                self._missing = self._ask()
                self._asked_at = time.monotonic()
            return self._missing

    def _ask(self) -> list[str]:
        until = time.monotonic() + SECONDS
        for name in self.questions:
            if name not in self._open or not self._open[name].is_alive():
                self._answered[name] = False
                self._open[name] = threading.Thread(target=self._put, args=(name,), daemon=True)
                self._open[name].start()
        for thread in self._open.values():
            thread.join(max(0.0, until - time.monotonic()))
        return [name for name in self.questions if self._open[name].is_alive() or not self._answered[name]]

    def _put(self, name: str) -> None:
        try:
            self.questions[name]()
            self._answered[name] = True
        except (ArchiveError, OSError) as reason:
            log.warning("%s does not answer: %s", name, reason)
