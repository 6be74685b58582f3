"""What a process logs: lines of text, or JSON for a collector. Begun once by each entrance, before it does anything.

A line of JSON holds `time`, `level`, `logger`, `message` and `process`, `error` where there was one, and what the
process is about at that moment (`bound`): the request, the task. What the settings keep secret never stands in a line,
whoever writes it. Page texts are not logged at all: what is logged of a page is its id.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlsplit

from archive.config import Settings

FORM = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
HIDDEN = "(hidden)"
SHORTEST = 4  # characters; shorter ones would black out words that mean nothing
# They tell of every call they make.
TALKATIVE = ("elastic_transport", "botocore", "aiobotocore", "urllib3", "fsspec", "s3fs", "pypdf", "pikepdf")

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))


def begin(settings: Settings) -> None:
    """Has this process, and what it forks, log to its standard error in the form of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    inner = _json() if settings.log == "json" else logging.Formatter(FORM)
    handler.setFormatter(_Discreet(inner, secrets_of(settings)))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def about(**words: str) -> None:
    """Says what this thread is about from now on: names and values that stand in each of its lines."""
    _about.set(words)


@contextmanager
def bound(**words: str) -> Iterator[None]:
    """As `about`, until the end of the block."""
    token = _about.set({**_about.get(), **words})
    try:
        yield
    finally:
        _about.reset(token)


def secrets_of(settings: Settings) -> list[str]:
    """What must not stand in a log, the longest first; what cannot be read is not known to this process either."""
    files = (
        settings.index_password_file,
        settings.index_api_key_file,
        settings.store_key_file,
        settings.broker_password_file,
    )
    found = {line.strip() for file in files if file is not None for line in _lines(file)}
    addresses = (settings.broker, settings.store, settings.store_endpoint, *settings.index.split(","))
    found |= {secret for address in addresses if (secret := urlsplit(address.strip()).password)}
    found |= {quote(secret, safe="") for secret in found}
    return sorted((secret for secret in found if len(secret) >= SHORTEST), key=len, reverse=True)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


class _Discreet(logging.Formatter):
    """Formats by another formatter and blacks secrets out of the line as a whole, the error's text included."""

    def __init__(self, inner: logging.Formatter, secrets: list[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        line = self._inner.format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def _json() -> logging.Formatter:
    from pythonjsonlogger.json import JsonFormatter  # only a deployment needs it

    class Lines(JsonFormatter):
        """One object a line, its members in a fixed order."""

        def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
            extra = {name: value for name, value in log_data.items() if name not in ORDER}
            return {name: log_data[name] for name in ORDER if name in log_data} | dict(_about.get()) | extra

        def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  (logging's)
            return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    names = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "error", "stack_info": "stack"}
    return Lines(
        "%(asctime)s %(levelname)s %(name)s %(message)s %(process)d", rename_fields=names, json_ensure_ascii=False
    )


ORDER = ("time", "level", "logger", "message", "process", "error")
