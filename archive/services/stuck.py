"""What is stuck in the queue and why, for the one who looks after the archive.

A page or file that cannot be read is not here: that stands in its own record. Here are messages that could not be
done at all. Decides nothing about the work: what there is to do stands in the intake jobs.
"""

from __future__ import annotations

from collections.abc import Sequence

from archive.domain.access import Actor, Permission
from archive.domain.document import Document
from archive.domain.intake_job import IntakeJob, JobState
from archive.errors import NotFound
from archive.ports import DeadLetter, Ports

ABOUT_JOBS = ("split",)


def stuck(ports: Ports, actor: Actor) -> Sequence[DeadLetter]:
    """The messages that could not be done, oldest first. Those whose work has been done since by another message are
    dropped. Raises Forbidden."""
    actor.must(Permission.ADMINISTER)
    open_: list[DeadLetter] = []
    done: list[DeadLetter] = []
    for letter in ports.queue.dead_letters():
        (done if _is_done(ports, letter) else open_).append(letter)
    for letter in done:
        ports.queue.forget(letter.id)
    return open_


def try_again(ports: Ports, actor: Actor, id: str) -> None:
    """Sends a message once more. Raises Forbidden, NotFound where somebody did it already, Unavailable."""
    actor.must(Permission.ADMINISTER)
    ports.queue.try_again(id)


def drop(ports: Ports, actor: Actor, id: str) -> None:
    """Gives a message up; the work it was about is left to the sweeper. Raises Forbidden, Unavailable."""
    actor.must(Permission.ADMINISTER)
    ports.queue.forget(id)


def _is_done(ports: Ports, letter: DeadLetter) -> bool:
    """Whether the file or document it is about is through, or gone."""
    if not letter.about:
        return False
    try:
        if letter.step in ABOUT_JOBS:
            return ports.index.get(IntakeJob, letter.about).record.state in (JobState.DONE, JobState.FAILED)
        if letter.step in ("read", "finish"):
            return ports.index.get(Document, letter.about).record.finished == "yes"
        if letter.step == "reread":
            return ports.index.get(Document, letter.about).record.reread == "yes"
    except NotFound:
        return True
    return False
