"""Sending again what a lost message or a killed worker left behind of the files on their way in.

The intake job is the truth about what there is to do. Decides nothing about a file; may be run any number of times
and by several processes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from archive.domain.access import SYSTEM, Access
from archive.domain.intake_job import IntakeJob, JobState
from archive.domain.query import Is
from archive.domain.record import Versioned
from archive.errors import Conflict
from archive.ports import Ports
from archive.services import audit
from archive.services.intake import LEASE, send_pages

STALE = timedelta(minutes=1)  # when nothing waits and nothing is under way, a job open for longer was left behind


def sweep(ports: Ports) -> int:
    """Sends again what a lost message or a killed worker left behind; how many jobs that were.

    A job is left behind if the broker began anew after its messages were sent, if nothing waits and nobody works
    though it is open, or if it was sent at a moment that is yet to come, since a clock was wrong then. May run any
    number of times and by several processes at once: each sending is one conditional write, which gives the job a new
    lease.
    """
    lost_before = ports.queue.lost_before()
    at_rest = ports.queue.is_at_rest()
    now = ports.clock.now()
    return sum(
        _send_again(ports, read)
        for read in _open_jobs(ports)
        if _is_left_behind(read.record, now, lost_before, at_rest=at_rest)
    )


def _is_left_behind(job: IntakeJob, now: datetime, lost_before: datetime | None, *, at_rest: bool) -> bool:
    if job.lease_until is None:
        return True
    sent = job.lease_until - LEASE
    if sent > now + STALE:  # the clock was ahead then: by this one nobody knows when it was sent
        return True
    if lost_before is not None and sent < lost_before <= now + STALE:
        return at_rest or job.tries == 0 or sent + _patience(job.tries - 1) < now
    return at_rest and sent + _patience(job.tries) < now


def _patience(tries: int) -> timedelta:
    """How long what was sent is waited for: what fails again and again is sent ever more rarely."""
    return min(STALE * (1 << min(tries, 10)), LEASE)


def _open_jobs(ports: Ports) -> Sequence[Versioned[IntakeJob]]:
    open_ = Is.of("state", JobState.RECEIVED, JobState.READING)
    return ports.index.select(IntakeJob, open_, Access.whole_archive(), size=1000).records


def _send_again(ports: Ports, read: Versioned[IntakeJob]) -> int:
    tries = read.record.tries + 1
    update = {
        "tries": tries,
        "lease_until": ports.clock.now() + LEASE,
        "last": audit.event(ports, SYSTEM, "send_again", tries=tries),
    }
    try:
        taken = audit.change(ports, read, read.record.model_copy(update=update))
    except Conflict:
        return 0
    resume(ports, taken.record)
    return 1


def resume(ports: Ports, job: IntakeJob) -> None:
    """Sends what is left to do of a job, nothing where it is closed."""
    if job.state == JobState.READING:
        send_pages(ports, job)
    elif job.state == JobState.RECEIVED:
        ports.queue.split(job.id, priority=job.priority)
