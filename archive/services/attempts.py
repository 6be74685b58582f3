"""Failed sign-ins, counted by login and by address, and the pause after too many.

A try is counted before the password is looked at; a good one wipes the count.
"""

from __future__ import annotations

from datetime import timedelta

from archive.domain.people import Attempts
from archive.errors import Conflict, Forbidden, Unavailable
from archive.ports import Ports

TRIES = 50  # of a conditional write that somebody else's keeps overtaking
ADDRESS_FACTOR = 10  # an address (many people behind one) may fail so many times as often as a login


def count_try(ports: Ports, id: str) -> int:
    """Counts a try and returns how many are left. Raises Forbidden("locked_out") where there are none."""
    for _ in range(TRIES):
        now = ports.clock.now()
        read = ports.index.get_many(Attempts, [id]).get(id)
        try:
            if read is None:
                first = _after_one_more(ports, Attempts(id=id, failed=0, since=now))
                return _most(ports, id) - ports.index.create(first).record.failed
            if _is_paused(ports, read.record):
                raise Forbidden("locked_out", minutes=_minutes_left(ports, read.record))
            attempts = _after_one_more(ports, read.record)
            ports.index.replace(attempts, read.token)
            return _most(ports, id) - attempts.failed
        except Conflict:
            continue
    raise Unavailable("busy")


def _is_paused(ports: Ports, attempts: Attempts) -> bool:
    return attempts.locked_until is not None and attempts.locked_until > ports.clock.now()


def _after_one_more(ports: Ports, attempts: Attempts) -> Attempts:
    """The count after another try. It begins anew after a pause, or after a quiet time as long as one."""
    now = ports.clock.now()
    pause = timedelta(minutes=ports.settings.lockout_minutes)
    if attempts.locked_until is not None or now - attempts.since > pause:
        return attempts.model_copy(update={"failed": 1, "since": now, "locked_until": None})
    failed = attempts.failed + 1
    locked = now + pause if failed >= _most(ports, attempts.id) else None
    return attempts.model_copy(update={"failed": failed, "since": now, "locked_until": locked})


def _most(ports: Ports, id: str) -> int:
    return ports.settings.lockout_failures * (ADDRESS_FACTOR if id.startswith("address:") else 1)


def _minutes_left(ports: Ports, attempts: Attempts) -> int:
    until = attempts.locked_until
    seconds = (until - ports.clock.now()).total_seconds() if until else 0.0
    return max(1, -int(-seconds // 60))


def forget_tries(ports: Ports, id: str) -> None:
    """Wipes the count after a good sign-in."""
    for _ in range(TRIES):
        read = ports.index.get_many(Attempts, [id]).get(id)
        if read is None or not read.record.failed:
            return
        try:
            none = {"failed": 0, "since": ports.clock.now(), "locked_until": None}
            ports.index.replace(read.record.model_copy(update=none), read.token)
        except Conflict:
            continue
        return
