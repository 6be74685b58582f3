"""What goes wrong with a cluster, in the archive's own errors. No exception of the client leaves this package."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError

from archive.errors import Unavailable

T = TypeVar("T")

_FIRST_WAIT, _LONGEST_WAIT = 0.1, 2.0  # seconds
_OF_TLS = re.compile(r" ?\(_ssl\.c:\d+\)$")
_BROKEN_OFF = re.compile(r"^\('Connection aborted\.'.*'([^']+)'\)\)$")
_BUSY = (429, 503)  # too much at once; no shard or no manager at the moment


@contextmanager
def cluster_faults(*, answers: bool = True) -> Iterator[None]:
    """Turns what the client raises into Unavailable. `answers` False lets through what the cluster itself says (that
    an id is taken, for example), for callers that know more."""
    try:
        yield
    except ApiError as fault:
        if not answers:
            raise
        raise of_answer(fault) from fault
    except ConnectionTimeout as fault:
        raise Unavailable("cluster_slow") from fault
    except TlsError as fault:
        raise Unavailable("cluster_not_trusted", reason=_plain(fault.message)) from fault
    except NoConnection as fault:
        raise Unavailable("cluster_away", reason=_plain(fault.message)) from fault
    except TransportError as fault:
        raise Unavailable("cluster_fault", reason=fault.message) from fault


def patiently(ask: Callable[[], T], seconds: float) -> T:
    """Asks again, later each time, while the cluster says that it is busy, for at most `seconds`.

    Other exceptions of the client pass through.
    """
    end, wait = time.monotonic() + seconds, _FIRST_WAIT
    while True:
        try:
            return ask()
        except ApiError as fault:
            if fault.status_code not in _BUSY or is_full(str(fault)) or time.monotonic() + wait > end:
                raise
        time.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)


def is_full(said: str) -> bool:
    """Whether the cluster takes no writes because a disk is nearly full."""
    return "read-only-allow-delete" in said


def is_closed_for_writing(fault: ApiError) -> bool:
    """Whether a migration holds writers back for a moment."""
    return fault.status_code == 403 and "cluster_block_exception" in str(fault)


def is_no_index(fault: ApiError) -> bool:
    """Whether the index, or the alias we ask by, is not there."""
    said = str(fault)
    return fault.status_code in (400, 404) and ("index_not_found" in said or "require_alias" in said)


def of_answer(fault: ApiError) -> Unavailable:
    """The error for an answer that is one."""
    said = _reason(fault)
    if is_full(said):
        return Unavailable("cluster_full")
    match fault.status_code:
        case 401:
            return Unavailable("cluster_unknown_to", reason=said)
        case 403:
            return Unavailable("cluster_forbids", reason=said)
        case 429:
            return Unavailable("cluster_busy")
        case 502 | 503 | 504:
            return Unavailable("cluster_away", reason=said)
        case _:
            return Unavailable("cluster_fault", reason=said)


def _plain(message: str) -> str:
    """What a person can read of the client's message: the system's own words, without the classes around them."""
    message = _OF_TLS.sub("", message)
    if broken := _BROKEN_OFF.search(message):
        return broken[1]
    said = message.rpartition("): ")[2] or message
    return said.rstrip(")").rpartition("] ")[2] or said


def _reason(fault: ApiError) -> str:
    body = fault.body
    error = body.get("error") if isinstance(body, dict) else body
    if isinstance(error, dict):
        causes = error.get("root_cause") or [error]
        return "; ".join(f"{one.get('type')}: {one.get('reason')}" for one in causes)[:500]
    return str(error or fault)[:500]
