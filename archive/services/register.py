"""The loan register: one line a loan, following from the copy that holds the loan. Decides nothing.

A line can be written again any number of times; the copy's revision keeps an older writing from replacing a newer.
"""

from __future__ import annotations

from archive.domain.copy import Copy, RegisterLine
from archive.domain.lending_acts import register_line
from archive.domain.record import Versioned
from archive.ports import Ports


def write_line(ports: Ports, read: Versioned[Copy]) -> int:
    """Writes the line of the copy's last loan as it is now, and its sidecar; the seq of the write, the copy's own
    where it was never lent."""
    line = line_of(ports, read)
    if line is None:
        return read.seq
    seq = ports.index.put([line])
    ports.store.put_sidecar(line.kind, line.id, line.stamp, line.model_dump_json().encode())
    return max(seq, read.seq)


def line_of(ports: Ports, read: Versioned[Copy]) -> RegisterLine | None:
    """The line that must stand in the register for the copy's last loan; None where it was never lent."""
    if read.record.loan is None:
        return None
    return register_line(read.record, read.record.loan, read.revision, ports.clock.zone)


def line(ports: Ports, id: str) -> RegisterLine | None:
    """The line `{copy}/{n}`, read by id."""
    there = ports.index.get_many(RegisterLine, [id]).get(id)
    return there.record if there else None
