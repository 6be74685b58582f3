"""What to do when a part of the embedded index is damaged: say which, and put it out of the way. Nothing is deleted."""

from __future__ import annotations

from pathlib import Path

import apsw

from archive.errors import Unavailable
from search.embedded.faults import records_faults
from search.embedded.index import RECORDS, SEARCH


def records_are_sound(folder: Path) -> bool:
    """True if every record in `folder` can be read (or there are none yet): then the search alone can be made anew."""
    file = folder / RECORDS
    if not file.exists():
        return True
    try:
        with records_faults(file):
            connection = apsw.Connection(str(file))
            try:
                connection.set_busy_timeout(10_000)
                return bool(connection.execute("PRAGMA quick_check(1)").get == "ok")
            finally:
                connection.close()
    except Unavailable as fault:
        if fault.key == "index_records_broken":
            return False
        raise


def discard_search(folder: Path) -> None:
    """Puts the search files aside; they are made anew from the records by whoever follows next."""
    aside = _aside(folder)
    if (folder / SEARCH).exists():
        (folder / SEARCH).rename(aside / SEARCH)


def discard(folder: Path) -> Path:
    """Puts all files of the index aside and returns the folder they are in now: the next opening finds an empty
    index. No other process should be writing."""
    aside = _aside(folder)
    for name in (RECORDS, f"{RECORDS}-wal", f"{RECORDS}-shm", SEARCH):
        if (folder / name).exists():
            (folder / name).rename(aside / name)
    return aside


def _aside(folder: Path) -> Path:
    number = 1
    while True:
        aside = folder / f"broken-{number}"
        try:
            aside.mkdir(parents=True, mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return aside
