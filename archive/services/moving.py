"""Moving an archive's records from one index to another: from one machine to a cluster, and back.

Everything is copied with the revision it has, deletions too, in the order of its writing. What was copied once and is
the same is not written again, so a move that was killed is simply begun anew. At the end both are compared: how many
of each kind, and a digest over all. Must not be run while others write to the index that is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from archive.domain.kinds import KINDS, RebuildMark
from archive.domain.record import Record
from archive.errors import Refused
from archive.ports import Index
from archive.services.rebuild import is_unfinished, set_mark

PART = 200  # records written at once

T = TypeVar("T")
Progress = Callable[[str, int, int], None]  # kind, how many done, of how many
Positions = dict[str, int]  # by kind, up to which seq all is copied


@dataclass(frozen=True, slots=True)
class Sum:
    """What an index holds of a kind: how many records and deletions, and a digest over them in any order."""

    records: int
    deletions: int
    digest: str


@dataclass(slots=True)
class Moved:
    """What was moved, by kind; `differing` names the kinds of which both do not hold the same."""

    kinds: dict[str, Sum] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


def move(
    source: Index,
    target: Index,
    progress: Progress,
    positions: Positions | None = None,
    note: Callable[[Positions], None] = lambda positions: None,
) -> Moved:
    """Copies everything and compares. `positions` of a move that was broken off save reading again what is copied,
    where `target` still is what it was then; `note` is given them to keep after each part. Raises
    Refused("target_not_empty") where `target` holds an archive of its own; until the move has ended well `target` is
    marked unfinished, so that no archive starts on it."""
    at = dict(positions or {}) if is_unfinished(target) else {}  # one made anew since then has none of it
    _check_target(target)
    set_mark(target, unfinished=True)
    counts = source.health().records
    for kind in moved_kinds():
        for done in _copy(source, target, kind, at):
            note(at)
            progress(kind.kind, done, counts.get(kind.kind, 0))
    made = Moved()
    for kind in moved_kinds():
        made.kinds[kind.kind] = left = sum_of(source, kind)
        if left != sum_of(target, kind):
            made.differing.append(kind.kind)
        progress(kind.kind, left.records, left.records)
    if not made.differing:
        set_mark(target, unfinished=False)
    return made


def moved_kinds() -> list[type[Record]]:
    """All kinds but the mark that is about an index itself."""
    return [kind for kind in KINDS.values() if kind is not RebuildMark]


def sum_of(index: Index, kind: type[Record]) -> Sum:
    """What an index holds of a kind. Reads all of it."""
    total = records = deletions = 0
    for read in index.changes(kind, 0):
        total += _digest(read.record.id, read.revision, read.record.model_dump_json())
        records += 1
    for id, revision, _ in index.deleted(kind, 0):
        total += _digest(id, revision, "")
        deletions += 1
    return Sum(records, deletions, f"{total % (1 << 256):064x}")


def _digest(id: str, revision: int, data: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{id}\0{revision}\0{data}".encode()).digest(), "big")


def _check_target(target: Index) -> None:
    if is_unfinished(target):
        return
    if any(number for kind, number in target.health().records.items() if kind != RebuildMark.kind):
        raise Refused("target_not_empty")


def _copy(source: Index, target: Index, kind: type[Record], at: Positions) -> Iterator[int]:
    """Copies what changed since `at`, which moves on; says after each part how many records were copied."""
    done = 0
    for some in _parts(source.changes(kind, at.get(kind.kind, 0))):
        target.restore((read.record, read.revision) for read in some)
        at[kind.kind] = source.position(some[-1].seq)
        done += len(some)
        yield done
    gone = f"-{kind.kind}"
    for buried in _parts(source.deleted(kind, at.get(gone, 0))):
        target.restore_deletions(kind, ((id, revision) for id, revision, _ in buried))
        at[gone] = source.position(buried[-1][2])
        yield done


def _parts(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, PART)):
        yield some
