"""People with accounts, and what is counted about their sign-ins. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from archive.domain.record import Decided, Keyword, Part, Record, Searched, Text


class Session(Part):
    """A sign-in that is still good. `token` is a hash of what the cookie holds."""

    token: str
    begun_at: datetime
    seen_at: datetime
    agent: str = ""


class User(Decided):
    """`id` is the login, lower case."""

    kind: ClassVar[str] = "user"

    name: Text
    department: Text = ""
    roles: Annotated[tuple[str, ...], Searched.KEYWORD]
    password: str  # Argon2id, PHC string
    active: Keyword = "yes"
    language: str = ""  # "", zh, en: empty follows the browser
    theme: str = ""  # "", light, dark: empty follows the machine
    letter_keys: bool = True  # single-letter keys on
    sessions: tuple[Session, ...] = ()
    sample: bool = False  # a sample account: only usable on the loopback address


class Attempts(Record):
    """Failed sign-ins of one login or one address since `since`. Counted by conditional writes, needs no trail."""

    kind: ClassVar[str] = "attempts"
    in_sidecar: ClassVar[bool] = False

    failed: int
    since: datetime
    locked_until: datetime | None = None
