"""A copy of all records as they stand at one moment, made while others write; and what it holds.

The search files are not copied: whoever opens the copy makes them anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import apsw

from archive.domain.copy import RegisterLine
from search.embedded.faults import BUSY_SECONDS, records_faults
from search.embedded.index import RECORDS

STEP = 20_000  # pages of the file between two words of progress: writers never wait for the copy

Wanted = Callable[[str, str, int], bool]  # kind, id, revision


def copy_records(folder: Path, target: Path, progress: Callable[[int, int], None]) -> None:
    """Copies the records of the index in `folder` into the new file `target`. `progress` is told pages of the file:
    done, of how many. Raises Unavailable."""
    with records_faults(folder / RECORDS):
        source, copy = apsw.Connection(str(folder / RECORDS)), apsw.Connection(str(target))
        try:
            source.set_busy_timeout(BUSY_SECONDS * 1000)
            with source:  # one moment: pages written meanwhile stay in the log that this reader does not see
                source.execute("SELECT count(*) FROM about").fetchall()
                with copy.backup("main", source, "main") as step:
                    while not step.done:
                        step.step(STEP)
                        progress(step.page_count - step.remaining, step.page_count)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, that may lie on any disk
        finally:
            source.close()
            copy.close()


@contextmanager
def held_in(file: Path) -> Iterator[Wanted]:
    """Says whether the copy `file` is as new as a revision of a record; the record may be deleted in it."""
    sql = "SELECT revision, stamp FROM record WHERE kind = ? AND id = ?"
    with records_faults(file):
        # Read as a file that never changes, so that nothing is written beside it: a backup may not be written to.
        address = f"file:{quote(str(file))}?immutable=1"
        copy = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        try:

            def is_there(kind: str, id: str, revision: int) -> bool:
                for number, stamp in copy.execute(sql, (kind, id)):
                    return bool(revision <= (stamp if kind == RegisterLine.kind else number))
                return False

            yield is_there
        finally:
            copy.close()


def counts_in(file: Path) -> dict[str, int]:
    """How many records of each kind the copy holds. Raises Unavailable."""
    with records_faults(file):
        address = f"file:{quote(str(file))}?immutable=1"
        copy = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        try:
            return dict(copy.execute("SELECT kind, count(*) FROM record WHERE gone = 0 GROUP BY kind"))
        finally:
            copy.close()
