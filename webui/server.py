"""How gunicorn serves the web application: `gunicorn --config python:webui.server "webui.wsgi:make()"`.

Gunicorn reads the names in lower case as its settings and hooks. A stop lets requests that are being answered come to
their end. Nothing here opens the archive: each process does so after it has been forked.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gunicorn.glogging import Logger
from gunicorn.http import message

from archive import logs, metrics
from archive.config import settings

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker


class Lines(Logger):  # type: ignore[misc]  # gunicorn is not typed
    """Gunicorn's lines in the form of all others. A request is one line: how, where, with what end, how long. What
    stands behind the question mark is left out: it holds what people search for."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.begin(settings())
        for log in (self.error_log, self.access_log):
            log.handlers.clear()
            log.propagate = True

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Logs a request that has been answered, under the id it was answered with."""
        if settings().log != "json":
            return
        sent = {name.lower(): value for name, value in resp.headers}
        about = {
            "request_id": sent.get("x-request-id", ""),
            "method": environ.get("REQUEST_METHOD", ""),
            "path": environ.get("PATH_INFO", ""),
            "status": resp.status_code,
            "seconds": round(request_time.total_seconds(), 4),
            "bytes": getattr(resp, "sent", None) or 0,
        }
        self.access_log.info("%s %s %s", about["method"], about["path"], about["status"], extra=about)


bind = f"{f'[{settings().host}]' if ':' in settings().host else settings().host}:{settings().port}"
worker_class = "gthread"
workers = settings().web_processes
threads = settings().web_threads
timeout = 120
graceful_timeout = 30
worker_tmp_dir = "/dev/shm"
control_socket_disable = True
# The longest query in Chinese is 18,000 bytes of an address; gunicorn cuts what it is told at half of that.
limit_request_line = message.MAX_REQUEST_LINE = 32_768
accesslog = "-"
logger_class = Lines


def on_starting(server: Arbiter) -> None:
    """Before the first process is forked: all of them count together."""
    metrics.begin()


def child_exit(server: Arbiter, worker: Worker) -> None:
    """A process has ended; what it counted stays."""
    metrics.forget_process(worker.pid)


def on_exit(server: Arbiter) -> None:
    """The last thing that is done."""
    metrics.end()
    logging.getLogger(__name__).info("stopped")
