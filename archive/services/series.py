"""Giving out running numbers: each once, whoever asks at the same moment.

A number whose slip came to nothing is not given out again; the copy's history says what became of it.
"""

from __future__ import annotations

from archive.domain.series import Series
from archive.errors import Conflict, Unavailable
from archive.ports import Ports
from archive.services import audit

TRIES = 200  # of a conditional write that somebody else's keeps overtaking


def next_number(ports: Ports, series: str) -> int:
    """The next number of a series, from 1. Raises Unavailable("busy")."""
    for _ in range(TRIES):
        read = ports.index.get_many(Series, [series]).get(series)
        try:
            if read is None:
                written = ports.index.create(Series(id=series, last=1))
            else:
                written = ports.index.replace(Series(id=series, last=read.record.last + 1), read.token)
        except Conflict:
            continue
        audit.write_sidecar(ports, written)
        return written.record.last
    raise Unavailable("busy")
