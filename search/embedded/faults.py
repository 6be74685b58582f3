"""What SQLite and Tantivy raise, turned into errors of the archive at one border. Nothing else here."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from archive.errors import ArchiveError, InvalidInput, Unavailable

BUSY_SECONDS = 20  # how long a writer waits for others before it gives up

_BROKEN = (apsw.CorruptError, apsw.NotADBError, apsw.FormatError)
_BUSY = (apsw.BusyError, apsw.LockedError)
_NO_SPACE = ("no space left", "disk full", f"os error {errno.ENOSPC}", f"os error {errno.EDQUOT}")


@contextmanager
def records_faults(file: Path) -> Iterator[None]:
    """Raises Unavailable for whatever SQLite says of the records in `file`."""
    try:
        yield
    except _BROKEN as fault:
        raise Unavailable("index_records_broken", file=str(file)) from fault
    except _BUSY as fault:
        raise Unavailable("index_busy", seconds=BUSY_SECONDS) from fault
    except apsw.FullError as fault:
        raise Unavailable("index_disk_full") from fault
    except apsw.SQLError as fault:
        # A file whose tables are gone is as broken as one whose pages are; a wrong statement is our own mistake.
        if "no such table" in str(fault) or "malformed" in str(fault):
            raise Unavailable("index_records_broken", file=str(file)) from fault
        raise
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError, OSError) as fault:
        raise _unreachable(file.parent, fault) from fault


@contextmanager
def search_faults(folder: Path) -> Iterator[None]:
    """Raises Unavailable for whatever Tantivy says of its files in `folder`.

    The library raises ValueError for damaged files, and its panics are BaseExceptions of its own.
    """
    try:
        yield
    except ArchiveError:
        raise
    except OSError as fault:
        raise _unreachable(folder, fault) from fault
    except ValueError as fault:
        raise _search_fault(folder, fault) from fault
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise _search_fault(folder, fault) from fault


def _unreachable(folder: Path, fault: Exception) -> Unavailable:
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("index_disk_full")
    return Unavailable("index_unreachable", folder=str(folder), reason=str(fault))


def _search_fault(folder: Path, fault: BaseException) -> ArchiveError:
    said = str(fault).lower()
    if "max expansions" in said:
        return InvalidInput("query_prefix_too_wide")
    if any(sign in said for sign in _NO_SPACE):
        return Unavailable("index_disk_full")
    if "lockbusy" in said.replace(" ", ""):
        return Unavailable("index_busy", seconds=0)
    return Unavailable("index_search_broken", folder=str(folder))
