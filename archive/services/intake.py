"""From a file to searchable pages: receive, split, read, finish, and sweep up what was left behind.

The intake job is the truth about what there is to do and the queue only a hint, so every step may be run again at
any time and by several processes at once: ids are computed, a page that is final is not read again, and each change
is one conditional write.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from archive.domain.access import INBOX_MARK, SYSTEM, Access, Actor, Permission
from archive.domain.document import Document, Page, PageOf, PageState
from archive.domain.dossier import Claim, Dossier
from archive.domain.ids import DocumentId, page_id
from archive.domain.intake_job import IntakeJob, JobState, Wish
from archive.domain.query import Both, Is
from archive.domain.record import Versioned
from archive.errors import Conflict, NotFound, Unreadable
from archive.ports import Examined, Ports
from archive.services import audit, filing, page_reading

log = logging.getLogger(__name__)

BATCH = 3  # pages a task: short tasks share the pages of one file evenly among the workers
LEASE = timedelta(minutes=15)  # how long a job's messages are trusted to be on their way
STALE = timedelta(minutes=6)  # longer than a task may run: with an empty queue nobody works on the job any more
MOST_TRIES = 4  # of looking what a file is; after that it is marked as failed


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
    priority: int = 5,
) -> Received:
    """Puts the file into the store, then makes its job, then tells the workers; only then is it acknowledged.

    Raises InvalidInput (empty, too large, unknown dossier), Forbidden, Unavailable.
    """
    actor.must(Permission.INTAKE)
    wish = _with_dossier(ports, actor, wish)
    stored = ports.store.put_file(file, limit=ports.settings.max_file_bytes)
    job = _job(ports, actor, stored.sha256, stored.size, name, channel, batch, wish, priority)
    known = _known(ports, job)
    if known is not None:
        return Received(known, True)
    try:
        made = audit.create(ports, job)
    except Conflict:
        return _again(ports, actor, job.id)
    ports.queue.split(job.id, priority=priority)
    return Received(made.record, False)


def _with_dossier(ports: Ports, actor: Actor, wish: Wish) -> Wish:
    """The wish with its dossier checked, or taken from the folder's name where that begins with a known number."""
    id = wish.dossier
    if not id and wish.folder:
        steps = reversed(wish.folder.split("/"))  # the innermost folder first
        numbers = [f"number:{word}" for step in steps for word in step.replace("_", " ").split()[:1]]
        claims = ports.index.get_many(Claim, numbers)
        id = next((claims[number].record.owner for number in numbers if number in claims), "")
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
        with ports.store.local_file(read.record.source) as path:
            examined = ports.decoder.examine(path, read.record.file_name)
    except Unreadable as reason:
        _fail(ports, read, reason)
        return
    document = _document(ports, read.record, examined)
    try:
        made = audit.create(ports, document)
    except Conflict:
        made = ports.index.get(Document, document.id)
    job = read.record.model_copy(
        update={
            "state": JobState.READING,
            "documents": (document.id,),
            "pages": len(document.pages),
            "warnings": examined.warnings,
            "last": audit.event(ports, SYSTEM, "split", pages=len(document.pages), type=examined.media_type),
        }
    )
    try:
        audit.change(ports, read, job)
    except Conflict:
        return  # another worker was quicker
    _send_pages(ports, job)
    if not made.record.pages:
        finish(ports, document.id)


def _document(ports: Ports, job: IntakeJob, examined: Examined) -> Document:
    wish = job.wish
    scheme = ports.schemes.get(wish.scheme)
    return Document(
        id=DocumentId(hashlib.sha256(f"{job.id}/1".encode()).hexdigest()[:20]),
        job=job.id,
        source=job.source,
        file_name=job.file_name,
        media_type=examined.media_type,
        attachment=examined.attachment,
        pages=tuple(PageOf(number=n, source_page=n) for n in range(1, examined.pages + 1)),
        dossier=wish.dossier,
        scheme=wish.scheme if wish.dossier else "",
        mark=scheme.mark(wish.level) if scheme and wish.dossier else INBOX_MARK,
        level=wish.level,
        title=wish.title,
        received_at=job.received_at,
        guesses=filing.guesses_of_wish(wish, examined.title),
        last=audit.event(ports, SYSTEM, "split", file=job.file_name, pages=examined.pages),
    )


def _send_pages(ports: Ports, job: IntakeJob) -> None:
    for document in ports.index.get_many(Document, job.documents).values():
        waiting = _not_final(ports, document.record)
        for at in range(0, len(waiting), BATCH):
            ports.queue.read(document.record.id, waiting[at : at + BATCH], priority=job.priority)
        if not waiting:
            ports.queue.finish(document.record.id, priority=job.priority)


def _not_final(ports: Ports, document: Document) -> list[int]:
    """Numbers of the pages that are neither read nor failed, decided by id."""
    ids = {page_id(DocumentId(document.id), page.number): page.number for page in document.pages}
    there = ports.index.get_many(Page, ids)
    return [n for id, n in ids.items() if id not in there or not PageState(there[id].record.state).is_final]


def read_pages(
    ports: Ports, document_id: str, numbers: Sequence[int], *, go_on: Callable[[], bool] = lambda: True
) -> list[int]:
    """Reads those of the pages that are not final yet, writes each page's record as soon as it is read, and finishes
    the document when its last page is in. Stops before a page where `go_on` says no; the numbers left."""
    document = ports.index.get(Document, document_id)
    wanted = sorted(set(_not_final(ports, document.record)) & set(numbers))
    for at, number in enumerate(wanted):
        if not go_on():
            return wanted[at:]
        facts = page_reading.read_page(ports, document.record, number)
        filing.write_page(ports, document_id, facts)
    document = ports.index.get(Document, document_id)
    if document.record.finished != "yes" and not _not_final(ports, document.record):
        finish(ports, document_id)
    return []


def finish(ports: Ports, document_id: str) -> None:
    """Classifies a document all of whose pages are final, files its pages and closes the job."""
    document = ports.index.get(Document, document_id)
    if _not_final(ports, document.record):
        return
    if document.record.finished != "yes":
        try:
            document = filing.classify(ports, document)
        except Conflict:
            return  # another worker finishes it, or a person files it: the sweeper looks again
    filing.refile_pages(ports, document)
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
    fresh = {"tries": 0, "lease_until": ports.clock.now() + LEASE, "last": event}
    if job.state == JobState.FAILED:
        fresh |= {"state": JobState.RECEIVED, "failure": "", "failure_data": {}}
        done = audit.change(ports, read, job.model_copy(update=fresh)).record
        ports.queue.split(id, priority=0)
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


def void_leases(ports: Ports) -> int:
    """Declares the messages of all open jobs lost, so that the next sweep sends them again; for a start after a
    stop, when nobody works on them. Returns how many."""
    voided = 0
    for read in _open_jobs(ports):
        if read.record.lease_until is None:
            continue
        last = audit.event(ports, SYSTEM, "void_lease")
        try:
            audit.change(ports, read, read.record.model_copy(update={"lease_until": None, "last": last}))
            voided += 1
        except Conflict:
            continue
    return voided


def sweep(ports: Ports) -> int:
    """Sends again what a lost message or a killed worker left behind; how many jobs that were.

    A job is left behind if its lease was voided, or if the queue is empty though the job is open for longer than any
    task may run. While messages wait in the queue the job's own may be among them.
    """
    now = ports.clock.now()
    idle = ports.queue.depth() == 0
    sent = 0
    for read in _open_jobs(ports):
        lease = read.record.lease_until
        if lease is None or (idle and lease - LEASE + STALE < now):
            sent += _send_again(ports, read)
    return sent


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
    job = taken.record
    if job.state == JobState.READING:
        _send_pages(ports, job)
    elif tries > MOST_TRIES:
        _fail(ports, taken, Unreadable("file_kills_reader", name=job.file_name))
    else:
        ports.queue.split(job.id, priority=job.priority)
    return 1
