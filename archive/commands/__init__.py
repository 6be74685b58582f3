"""The commands of `dossier`, one module each, and what their exit codes mean. Imports no command by itself."""

from __future__ import annotations

from archive.errors import ArchiveError, Conflict, Forbidden, InvalidInput, NotFound, Refused, Unavailable, Unreadable

FAULT = 70  # sysexits.h: an internal software error
EXIT_CODES = {
    0: "done",
    1: "done in part: some files failed, or the audit trail is broken",
    2: "wrong usage, or something given is wrong",
    3: "there is no such thing",
    4: "refused by a rule or by missing rights, or changed by somebody meanwhile",
    5: "a part does not answer: index, disk, broker, port",
    6: "a dossier is already running on this data folder",
    7: "the index is damaged: dossier rebuild makes it anew",
    FAULT: "a fault of the program; what is printed belongs into a report",
    130: "stopped by Ctrl-C",
    143: "stopped by SIGTERM while it waited",
}

_BY_KIND: tuple[tuple[type[ArchiveError], int], ...] = (
    (InvalidInput, 2),
    (NotFound, 3),
    (Refused, 4),
    (Forbidden, 4),
    (Conflict, 4),
    (Unreadable, 1),
    (Unavailable, 5),
)
_DAMAGED = ("index_records_broken", "index_search_broken", "index_lost", "rebuild_unfinished")
_BY_KEY = {"already_running": 6, **dict.fromkeys(_DAMAGED, 7)}


def exit_code(reason: ArchiveError) -> int:
    """The exit code that tells this error."""
    if reason.key in _BY_KEY:
        return _BY_KEY[reason.key]
    return next(code for kind, code in _BY_KIND if isinstance(reason, kind))
