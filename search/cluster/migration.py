"""A kind's index made anew beside the old one, with other settings, mappings or analysis, while the archive is in use.

Everything is copied in the order of its writing, then what was written meanwhile; both are compared record by record,
and what differs is copied again; then, with writers held back for a moment, the same for what was written since that
comparison, before the aliases are swapped. Until then the old index is the one in use, so whatever ends a migration
early leaves the archive as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from archive.domain.record import Record
from archive.errors import Unavailable
from search.batches import in_batches
from search.cluster.changes import WHOLE, changed, compared, counted, differing_since, rows_at, written_up_to
from search.cluster.connection import Cluster
from search.cluster.faults import cluster_faults
from search.cluster.indices import current, let_writers_on, make, use
from search.cluster.lock import Lock, held
from search.cluster.mapping import document_id, stored, tombstone
from search.cluster.rows import Row

AT_ONCE = 200
_ROUNDS = 5  # of catching up
_FEW = 500  # records that may be left to copy while writers wait

Progress = Callable[[str, int, int], None]  # what, how many done, of how many (0: unknown)


@dataclass(slots=True)
class Migrated:
    """What became of one kind."""

    kind: str
    old: str
    new: str
    records: int = 0
    deletions: int = 0
    held_back: float = 0.0  # seconds for which writers waited
    dropped: bool = False
    rounds: int = 0  # of copying while writers went on


def migrate(cluster: Cluster, kind: type[Record], *, keep_old: bool, progress: Progress) -> Migrated:
    """Makes the index of a kind anew by the settings of now. Raises Conflict("migration_runs"),
    Unavailable("migration_differs") where both do not come out equal; then the old one stays in use."""
    with held(cluster) as lock:
        old = current(cluster, kind)
        made = Migrated(kind.kind, old, _next_index(cluster, kind, old))
        try:
            _fill(cluster, kind, made, lock, progress)
            _swap(cluster, kind, made, lock)
        except BaseException:
            _give_up(cluster, kind, made)
            raise
        if not keep_old:
            with cluster_faults():
                cluster.client().indices.delete(index=old)
            made.dropped = True
    return made


def _next_index(cluster: Cluster, kind: type[Record], old: str) -> str:
    """Makes the new index, without what a migration that was killed may have left under its name."""
    names = cluster.names
    new = names.index(kind.kind, names.number(old) + 1)
    with cluster_faults():
        client = cluster.client()
        client.indices.delete(index=new, ignore_unavailable=True)
        make(client, names, new, kind, cluster.settings)
    return new


def _fill(cluster: Cluster, kind: type[Record], made: Migrated, lock: Lock, progress: Progress) -> None:
    whole = int(cluster.ask(lambda client: client.count(index=made.old))["count"])
    position, number = 0, whole
    while made.rounds < _ROUNDS and (number > _FEW or not made.rounds):
        position, number = _copy(cluster, kind, made, position, lock, lambda done: progress("copy", done, whole))
        made.rounds += 1
    number = written_up_to(cluster, made.old)
    _copy_again(cluster, kind, made, _differing(cluster, made, lock, progress))
    cluster.ask(lambda client: client.indices.add_block(index=made.old, block="write"))  # once no write is under way
    begun = time.monotonic()
    lock.renew(now=True)
    _copy_again(cluster, kind, made, differing_since(cluster, made.old, made.new, number))
    for id in differing_since(cluster, made.old, made.new, number):
        raise Unavailable("migration_differs", what=id)
    made.records, made.deletions = counted(cluster, made.new)
    if (made.records, made.deletions) != counted(cluster, made.old):
        raise Unavailable("migration_differs", what=made.new)
    made.held_back = time.monotonic() - begun


def _copy(
    cluster: Cluster, kind: type[Record], made: Migrated, after: int, lock: Lock, progress: Callable[[int], None]
) -> tuple[int, int]:
    """Copies everything written after `after`; the number of the last write, and how many there were."""
    done, last = 0, after
    for some in in_batches(changed(cluster, made.old, after), AT_ONCE):
        _write(cluster, kind, made.new, some)
        done, last = done + len(some), some[-1].seq
        lock.renew()
        progress(done)
    return last, done


def _write(cluster: Cluster, kind: type[Record], new: str, rows: list[Row]) -> None:
    operations: list[dict[str, Any]] = []
    for row in rows:
        operations += [{"index": {"_id": document_id(row.id)}}, _body(kind, row)]
    answer = cluster.ask(lambda client: client.bulk(index=new, operations=operations, source=False))
    if answer["errors"]:
        wrong = [str(item["index"]["error"]) for item in answer["items"] if "error" in item["index"]]
        raise Unavailable("cluster_fault", reason="; ".join(wrong)[:500])


def _body(kind: type[Record], row: Row) -> dict[str, Any]:
    """What is stored, made anew from the record: tokens and fields are those of today."""
    if row.gone:
        return tombstone(row.id, row.revision, row.seq, row.write, row.stamp)
    return stored(row.read(kind).record, row.revision, row.seq, row.write)


def _copy_again(cluster: Cluster, kind: type[Record], made: Migrated, ids: Iterable[str]) -> None:
    for some in in_batches(ids, AT_ONCE):
        _write(cluster, kind, made.new, list(rows_at(cluster, made.old, some, WHOLE).values()))


def _differing(cluster: Cluster, made: Migrated, lock: Lock, progress: Progress) -> Iterator[str]:
    """The ids of what is not the same in the new index, of all there is."""
    for done, (old, new) in enumerate(compared(cluster, made.old, made.new), start=1):
        if old is not None and old != new:
            yield old.id
        if done % 1000 == 0:
            lock.renew()
            progress("compare", done, 0)


def _swap(cluster: Cluster, kind: type[Record], made: Migrated, lock: Lock) -> None:
    lock.renew(now=True)  # whoever let writers on meanwhile has taken it
    cluster.ask(lambda client: use(client, cluster.names, kind, made.old, made.new))


def _give_up(cluster: Cluster, kind: type[Record], made: Migrated) -> None:
    """Leaves the old index in use, unless the new one is already. Never hides why: what fails here is put right by
    the next writer, or the next migration."""
    with suppress(Exception):
        if current(cluster, kind) == made.old:
            let_writers_on(cluster.client(), made.old)
            cluster.client().indices.delete(index=made.new, ignore_unavailable=True)
