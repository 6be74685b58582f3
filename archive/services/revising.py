"""Changing a record that others may change at the same moment: read, decide, write, and again where it moved on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from archive.domain.record import Decided, Versioned
from archive.errors import Conflict, Unavailable
from archive.ports import Ports
from archive.services import audit

D = TypeVar("D", bound=Decided)


def revise(ports: Ports, kind: type[D], id: str, change: Callable[[D], D | None]) -> Versioned[D]:
    """Writes what `change` makes of the record as it is now; nothing where it gives None. `change` decides anew on
    every read and raises what refuses. Raises NotFound, Unavailable("busy")."""
    for _ in range(audit.TRIES):
        read = ports.index.get(kind, id)
        changed = change(read.record)
        if changed is None:
            return read
        try:
            return audit.change(ports, read, changed)
        except Conflict:
            continue  # somebody was quicker: decide on what is there now
    raise Unavailable("busy")
