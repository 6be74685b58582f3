"""From a file to searchable pages: receive, split, read, finish, and sweep up what was left behind.

The intake job is the truth about what there is to do and the queue only a hint, so every step may be run again at
any time and by several processes at once: ids are computed, a page that is final is not read again, and each change
is one conditional write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO

from archive.domain.access import SYSTEM, Access, Actor, Permission
from archive.domain.document import Document, Page, PageState
from archive.domain.dossier import Dossier
from archive.domain.ids import DocumentId, page_id
from archive.domain.intake_job import IntakeJob, JobState, Wish
from archive.domain.numbering import tidy
from archive.domain.query import Both, Is
from archive.domain.record import Versioned
from archive.errors import Conflict, NotFound, Unreadable
from archive.ports import Examined, Ports
from archive.services import audit, classifying, copies, filing, page_reading, splitting
from archive.services.numbers import bearers

log = logging.getLogger(__name__)

STRANDS = 16  # messages of one file that wait or are under way at most: so many workers read it, others wait so long
AT_ONCE = 50  # pages asked for their state in one go
LEASE = timedelta(minutes=15)  # how long a job's messages are trusted to be on their way
STALE = timedelta(minutes=1)  # when nothing waits and nothing is under way, a job open for longer was left behind
PRIORITY = {"upload": 2}  # by channel: a person waits at the screen; all else comes in bulk
BULK = 5


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is in. `known`: this dossier (or the pile of unfiled papers) had these bytes already."""

    job: IntakeJob
    known: bool


def receive(
    ports: Ports,
    actor: Actor,
    file: BinaryIO,
    name: str,
    *,
    channel: str,
    batch: str,
    wish: Wish = Wish(),
    priority: int | None = None,
) -> Received:
    """Puts the file into the store, then makes its job, then tells the workers; only then is it acknowledged. The
    priority (0 first) is by channel where none is given.

    Raises InvalidInput (empty, too large, unknown dossier), Forbidden, Unavailable.
    """
    actor.must(Permission.INTAKE)
    wish = _with_dossier(ports, actor, wish)
    stored = ports.store.put_file(file, limit=ports.settings.max_file_bytes)
    urgency = PRIORITY.get(channel, BULK) if priority is None else priority
    job = _job(ports, actor, stored.sha256, stored.size, name, channel, batch, wish, urgency)
    known = _known(ports, job)
    if known is not None:
        return Received(known, True)
    try:
        made = audit.create(ports, job)
    except Conflict:
        return _again(ports, actor, job.id)
    ports.queue.split(job.id, priority=urgency)
    return Received(made.record, False)


def _with_dossier(ports: Ports, actor: Actor, wish: Wish) -> Wish:
    """The wish with its dossier checked, or taken from the folder's name where that begins with a known number, be it
    a former one."""
    id = wish.dossier
    if not id and wish.folder:
        steps = reversed(wish.folder.split("/"))  # the innermost folder first
        found = bearers(ports, [tidy(word) for step in steps for word in step.replace("_", " ").split()[:1]])
        id = next((dossier.id for dossier in found.values()), "")
    if not id:
        return wish
    dossier = ports.index.get(Dossier, id).record
    if not actor.access.allows(dossier.mark):
        raise NotFound("not_found", what=wish.dossier or wish.folder)
    return wish.model_copy(update={"dossier": id, "scheme": dossier.scheme})


def _job(
    ports: Ports, actor: Actor, sha256: str, size: int, name: str, channel: str, batch: str, wish: Wish, priority: int
) -> IntakeJob:
    now = ports.clock.now()
    return IntakeJob(
        id=f"{sha256[:32]}-{wish.dossier or 'inbox'}",
        batch=batch,
        source=sha256,
        size=size,
        file_name=name,
        channel=channel,
        by=actor.login,
        received_at=now,
        received_on=ports.clock.today().isoformat(),
        wish=wish,
        priority=priority,
        state=JobState.RECEIVED,
        lease_until=now + LEASE,
        last=audit.event(ports, actor, "receive", file=name, size=size, channel=channel),
    )


def _known(ports: Ports, job: IntakeJob) -> IntakeJob | None:
    """The job that brought these bytes to the same dossier by another way (received unfiled, filed later)."""
    where = [Is.of("source", job.source)]
    if job.wish.dossier:
        where.append(Is.of("dossier", job.wish.dossier))
    found = ports.index.select(Document, Both(tuple(where)), Access.whole_archive(), size=1).records
    if not found or found[0].record.job == job.id:
        return None
    return ports.index.get(IntakeJob, found[0].record.job).record


def _again(ports: Ports, actor: Actor, id: str) -> Received:
    """The same file once more: known, and tried again if it failed as a whole the first time."""
    there = ports.index.get(IntakeJob, id).record
    if there.state == JobState.FAILED:
        return Received(retry(ports, actor, id), False)
    return Received(there, True)


def split(ports: Ports, id: str) -> None:
    """Looks what the file is and writes its document with its page list, then has the pages read."""
    read = ports.index.get(IntakeJob, id)
    if read.record.state == JobState.READING:
        _send_pages(ports, read.record)
    if read.record.state != JobState.RECEIVED:
        return
    try:
        examined = _examine(ports, read.record)
    except Unreadable as reason:
        _fail(ports, read, reason)
        return
    try:
        read = splitting.with_parts(ports, read, examined)
        documents = [_made(ports, document) for document in splitting.documents_of(ports, read.record, examined)]
        job = audit.change(ports, read, _being_read(ports, read.record, documents, examined)).record
    except Conflict:
        return  # another worker was quicker
    _send_pages(ports, job)
    for document in documents:
        if not document.pages:
            finish(ports, document.id)


def _made(ports: Ports, document: Document) -> Document:
    try:
        return audit.create(ports, document).record
    except Conflict:
        return ports.index.get(Document, document.id).record


def _being_read(ports: Ports, job: IntakeJob, documents: Sequence[Document], examined: Examined) -> IntakeJob:
    pages = sum(len(document.pages) for document in documents)
    last = audit.event(ports, SYSTEM, "split", documents=len(documents), pages=pages, type=examined.media_type)
    return job.model_copy(
        update={
            "state": JobState.READING,
            "documents": tuple(document.id for document in documents),
            "pages": pages,
            "warnings": examined.warnings,
            "last": last,
        }
    )


def _examine(ports: Ports, job: IntakeJob) -> Examined:
    too_often = Unreadable("file_kills_reader", name=job.file_name)
    with (
        page_reading.counted(ports, splitting.document_id(job.id), 0, too_often),
        ports.store.local_file(job.source) as path,
    ):
        return ports.decoder.examine(path, job.file_name)


def _send_pages(ports: Ports, job: IntakeJob) -> None:
    """Has the pages read that are not. A file's pages are dealt out to a few strands, each a message: a worker reads
    of one as long as a turn lasts and sends the rest to the end of the queue. So files take turns: one that comes
    behind a thousand pages waits for one round of strands, and no longer."""
    pages: list[tuple[str, int]] = []
    for document in ports.index.get_many(Document, job.documents).values():
        waiting = _not_final(ports, document.record)
        pages += [(document.record.id, number) for number in waiting]
        if not waiting:
            ports.queue.finish(document.record.id, priority=job.priority)
    for strand in range(min(STRANDS, len(pages))):
        (document_id, numbers), *rest = _by_document(pages[strand::STRANDS])
        ports.queue.read(document_id, numbers, priority=job.priority, rest=rest)


def _by_document(pages: Sequence[tuple[str, int]]) -> list[tuple[str, list[int]]]:
    together: dict[str, list[int]] = {}
    for document_id, number in pages:
        together.setdefault(document_id, []).append(number)
    return list(together.items())


def _not_final(ports: Ports, document: Document, among: Sequence[int] | None = None) -> list[int]:
    """Numbers of the pages (of those in `among`, else of all) that are neither read nor failed, decided by id."""
    wanted = None if among is None else set(among)
    numbers = [page.number for page in document.pages if wanted is None or page.number in wanted]
    ids = {page_id(DocumentId(document.id), number): number for number in numbers}
    there = ports.index.get_many(Page, ids)
    return [n for id, n in ids.items() if id not in there or not PageState(there[id].record.state).is_final]


def _is_read(ports: Ports, document: Document) -> bool:
    """Whether every page is final. Looks from the end, which is read last, and no further than it must: it is asked
    after every page of a file of thousands."""
    numbers = [page.number for page in document.pages]
    ends = range(len(numbers), 0, -AT_ONCE)
    return not any(_not_final(ports, document, numbers[max(0, end - AT_ONCE) : end]) for end in ends)


def read_pages(
    ports: Ports, document_id: str, numbers: Sequence[int], *, go_on: Callable[[], bool] = lambda: True
) -> list[int]:
    """Reads those of the pages that are not final yet, writes each page's record as soon as it is read, and finishes
    the document when its last page is in. Stops before a page where `go_on` says no; the numbers left."""
    document = ports.index.get(Document, document_id)
    wanted = sorted(_not_final(ports, document.record, numbers))
    for at, number in enumerate(wanted):
        if not go_on():
            return wanted[at:]
        facts = page_reading.read_page(ports, document.record, number)
        filing.write_page(ports, document_id, facts)
    document = ports.index.get(Document, document_id)
    if document.record.finished != "yes" and _is_read(ports, document.record):
        finish(ports, document_id)
    return []


def finish(ports: Ports, document_id: str) -> None:
    """Classifies a document all of whose pages are final, files its pages and closes the job."""
    document = ports.index.get(Document, document_id)
    if not _is_read(ports, document.record):
        return
    if document.record.finished != "yes":
        try:
            document = classifying.classify(ports, document)
        except Conflict:
            return  # another worker finishes it, or a person files it: the sweeper looks again
    filing.refile_pages(ports, document)
    copies.keep_in_step_with(ports, document.record)
    _close(ports, document.record.job)


def _close(ports: Ports, id: str) -> None:
    read = ports.index.get(IntakeJob, id)
    job = read.record
    documents = ports.index.get_many(Document, job.documents).values()
    if job.state != JobState.READING or any(d.record.finished != "yes" for d in documents):
        return
    ids = [page_id(DocumentId(d.record.id), p.number) for d in documents for p in d.record.pages]
    failed = sum(p.record.state == PageState.FAILED for p in ports.index.get_many(Page, ids).values())
    counts = {"pages_read": len(ids) - failed, "pages_failed": failed}
    last = audit.event(ports, SYSTEM, "read", read=len(ids) - failed, failed=failed)
    try:
        audit.change(ports, read, job.model_copy(update={"state": JobState.DONE, "last": last, **counts}))
    except Conflict:
        _close(ports, id)  # a lease was renewed, or another worker closed it


def _fail(ports: Ports, read: Versioned[IntakeJob], reason: Unreadable) -> None:
    data = {name: value for name, value in reason.data.items() if isinstance(value, str | int)}
    failed = read.record.model_copy(
        update={
            "state": JobState.FAILED,
            "failure": reason.key,
            "failure_data": data,
            "last": audit.event(ports, SYSTEM, "fail", reason=reason.key),
        }
    )
    try:
        audit.change(ports, read, failed)
    except Conflict:
        log.info("job %s was changed while it failed", read.record.id)


def retry(ports: Ports, actor: Actor, id: str) -> IntakeJob:
    """Tries a failed job, or the failed pages of a job, again. Raises NotFound, Forbidden."""
    actor.must(Permission.INTAKE)
    read = ports.index.get(IntakeJob, id)
    job = read.record
    event = audit.event(ports, actor, "retry")
    urgency = min(job.priority, PRIORITY["upload"])  # a person asks for it
    fresh = {"tries": 0, "lease_until": ports.clock.now() + LEASE, "priority": urgency, "last": event}
    if job.state == JobState.FAILED:
        page_reading.forget_tries(ports, splitting.document_id(id), 0)
        fresh |= {"state": JobState.RECEIVED, "failure": "", "failure_data": {}}
        done = audit.change(ports, read, job.model_copy(update=fresh)).record
        ports.queue.split(id, priority=urgency)
        return done
    if not _reopen_failed_pages(ports, actor, job):
        return job
    fresh |= {"state": JobState.READING, "pages_failed": 0}
    done = audit.change(ports, read, job.model_copy(update=fresh)).record
    _send_pages(ports, done)
    return done


def _reopen_failed_pages(ports: Ports, actor: Actor, job: IntakeJob) -> int:
    """Sets failed pages to waiting and their document to unfinished; how many there were."""
    reopened = 0
    for document in ports.index.get_many(Document, job.documents).values():
        ids = [page_id(DocumentId(document.record.id), page.number) for page in document.record.pages]
        pages = [p.record for p in ports.index.get_many(Page, ids).values() if p.record.state == PageState.FAILED]
        if not pages:
            continue
        event = audit.event(ports, actor, "retry", pages=len(pages))
        audit.change(ports, document, document.record.model_copy(update={"finished": "no", "last": event}))
        ports.index.put([page.model_copy(update={"state": PageState.WAITING}) for page in pages])
        for page in pages:
            page_reading.forget_tries(ports, document.record.id, page.number)
        reopened += len(pages)
    return reopened


def sweep(ports: Ports) -> int:
    """Sends again what a lost message or a killed worker left behind; how many jobs that were.

    A job is left behind if the broker began anew after its messages were sent, or if nothing waits and nobody works
    though it is open. May run any number of times and by several processes at once: each sending is one conditional
    write, which gives the job a new lease.
    """
    lost_before = ports.queue.lost_before()
    at_rest = ports.queue.is_at_rest()
    now = ports.clock.now()
    if not at_rest and (lost_before is None or now > lost_before + LEASE):
        return 0  # whatever was lost was sent again by now
    return sum(
        _send_again(ports, read)
        for read in _open_jobs(ports)
        if _is_left_behind(read.record, now, lost_before, at_rest=at_rest)
    )


def _is_left_behind(job: IntakeJob, now: datetime, lost_before: datetime | None, *, at_rest: bool) -> bool:
    if job.lease_until is None:
        return True
    sent = job.lease_until - LEASE
    patience = min(STALE * 2**job.tries, LEASE)  # what fails again and again is sent ever more rarely
    return (lost_before is not None and sent < lost_before) or (at_rest and sent + patience < now)


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
        _send_pages(ports, job)
    elif job.state == JobState.RECEIVED:
        ports.queue.split(job.id, priority=job.priority)
