"""What every command needs: the archive opened, who acts, and how something is said on the terminal."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive.config import Settings, terminal_language
from archive.domain.access import Access, Actor, Role
from archive.errors import ArchiveError, Forbidden, NotFound

if TYPE_CHECKING:
    from rich.console import Console

    from archive.bootstrap import Application
    from archive.ports import Ports, TaskQueue

WIDTH_OF_FILES = 200  # columns, where the output goes to a file or another program

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Opened:
    """The archive, and the person at the terminal."""

    application: Application
    actor: Actor

    @property
    def ports(self) -> Ports:
        return self.application.ports


def json_option(command: F) -> F:
    """`--json`, on every command that prints data."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


def as_option(command: F) -> F:
    """`--as LOGIN`: with the rights of that account."""
    return click.option(
        "--as", "login", metavar="LOGIN", help="Act with the rights of this account; default: owner of the data folder."
    )(command)


def read_settings() -> Settings:
    """The settings, with the data folder as an absolute path."""
    found = Settings()
    return found.model_copy(update={"data": found.data.expanduser().absolute()})


@contextmanager
def opened(login: str | None = None, *, queue: TaskQueue | None = None, make: bool = False) -> Iterator[Opened]:
    """The archive of this data folder, closed at the end.

    `make`: it may be made here; otherwise NotFound("nothing_there") where there is none. Raises Forbidden where the
    folder is somebody else's.
    """
    settings = read_settings()
    if not make and not settings.index and not (settings.data / "index").exists():
        raise NotFound("nothing_there", data=str(settings.data))
    must_own(settings.data)
    from archive.bootstrap import build

    application = build(settings, queue=queue)
    try:
        yield Opened(application, actor(application, login))
    finally:
        application.close()


def actor(application: Application, login: str | None) -> Actor:
    """Who acts: the owner of the data folder, who may read its files anyway and so is administrator; or, with `login`,
    one of the accounts. Raises NotFound."""
    if login:
        from archive.services import people

        return people.actor_for(people.user(application.ports, login), application.ports.schemes)
    name = f"{_own_name()}@terminal"
    return Actor(name, name, frozenset({Role.ADMINISTRATOR}), Access.whole_archive())


def must_own(data: Path) -> None:
    """Raises Forbidden where the data folder is somebody else's."""
    if not data.exists() or os.getuid() in (0, data.stat().st_uid):
        return
    raise Forbidden("not_the_owner", data=str(data), owner=data.owner(), permission="")


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        return str(os.getuid())


def print_json(data: object) -> None:
    """As JSON on the standard output, Chinese as it is."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def say(english: str, chinese: str) -> None:
    """A line for the person at the terminal, on the standard error, so that it never mixes with data."""
    click.echo(chinese if terminal_language() == "zh" else english, err=True)


def told(reason: ArchiveError) -> str:
    """The sentence of an error in the language of the terminal."""
    return reason.told_in(terminal_language())


def told_by_key(key: str, data: dict[str, str | int]) -> str:
    """The sentence a record keeps as key and data."""
    from archive.sentences import sentence

    return sentence(key, terminal_language(), data)


def console() -> Console:
    """The terminal for tables and text; plain where it is a file or a pipe."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH_OF_FILES)


def progress_console() -> Console:
    """The terminal for progress, on the standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)
