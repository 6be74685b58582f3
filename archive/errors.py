"""What can go wrong, as one tree. Every error carries a key and data; `archive.sentences` makes the words.

ArchiveError
├── NotFound        there is no such thing, or not for this person
├── Refused         a rule of the office says no, and which one
├── InvalidInput    what was given, where it is wrong, what instead
├── Forbidden       this person may not do this
├── Conflict        the record changed meanwhile; read it again
├── Unavailable     the index, store or queue does not answer; trying again may help
└── Unreadable      this file or page cannot be read; recorded, never retried by itself

Three tables translate it at the entrances: HTTP (`webui.errors`), tasks (`workers.tasks`), command line
(`archive.cli`). No other module turns an error into a status.
"""

from __future__ import annotations

from archive.sentences import Language, sentence


class ArchiveError(Exception):
    """An error a person can be told about.

    `key` names the sentence (see `archive.sentences`), `data` fills its gaps.
    """

    def __init__(self, key: str, **data: object) -> None:
        super().__init__(key)
        self.key = key
        self.data = data

    def told_in(self, language: Language) -> str:
        """What happened and what to do next, in `language`."""
        return sentence(self.key, language, self.data)

    def __str__(self) -> str:
        return self.told_in("en")


class NotFound(ArchiveError):
    """There is no such record, or the one who asks may not know of it."""


class Refused(ArchiveError):
    """A rule of the filing scheme says no.

    `rule` is the product's name of the rule ("lending.3.1"), `clause` the office's own regulation in the words of
    the scheme; both may be empty where the refusal comes from the state of things and not from a rule.
    """

    def __init__(self, key: str, *, rule: str = "", clause: str = "", **data: object) -> None:
        super().__init__(key, rule=rule, clause=clause, **data)
        self.rule = rule
        self.clause = clause


class InvalidInput(ArchiveError):
    """Something given is wrong. `field` says where (a field's name), `at` the character's place (from 0)."""

    def __init__(self, key: str, *, field: str = "", at: int | None = None, **data: object) -> None:
        super().__init__(key, field=field, at=at, **data)
        self.field = field
        self.at = at


class Forbidden(ArchiveError):
    """This person's roles do not allow it."""


class Conflict(ArchiveError):
    """The record is not any more what it was when it was read."""


class Unavailable(ArchiveError):
    """A part of the machinery does not answer."""


class Unreadable(ArchiveError):
    """This file or page cannot be read. It is recorded with this reason."""
