"""People with accounts, and what is counted about their sign-ins. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar

from archive.domain.access import Role
from archive.domain.record import Decided, Keyword, Part, Record, Searched, Text
from archive.domain.scheme import Label

ROLE_NAMES: dict[Role, Label] = {
    Role.READER: Label(zh="查阅人", en="Reader"),
    Role.ARCHIVIST: Label(zh="档案管理员", en="Archivist"),
    Role.MANAGER: Label(zh="部门经理", en="Manager"),
    Role.GENERAL_MANAGER: Label(zh="总经理", en="General manager"),
    Role.ADMINISTRATOR: Label(zh="系统管理员", en="Administrator"),
}


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
