"""`dossier people`: accounts and roles."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from archive.commands.opening import as_option, console, json_option, opened, print_json, say
from archive.domain.access import Role
from archive.domain.people import ROLE_NAMES, User

ROLES = click.Choice([role.value for role in Role])


@click.group(
    epilog="""\b
Examples:
  dossier people add gu.wendi --name 顾闻笛 --role archivist
  dossier people list
  dossier people close gu.wendi
"""
)
def command() -> None:
    """Accounts and roles."""


@command.command(
    "list",
    epilog="""\b
Examples:
  dossier people list
  dossier people list 资料室 --json
""",
)
@click.argument("text", default="")
@json_option
@as_option
def list_(text: str, as_json: bool, login: str | None) -> None:
    """Accounts whose login, name or department holds TEXT."""
    from archive.services import people

    with opened(login) as archive:
        found = people.users(archive.ports, archive.actor, text, size=10_000)
    _tell(found, as_json)


@command.command(
    epilog="""\b
Examples:
  dossier people add gu.wendi --name 顾闻笛 --role archivist --department 资料室
  echo "$SECRET" | dossier people add lu.yao --name 陆遥 --role administrator --password-stdin
\b
Roles: reader, archivist, manager, general_manager, administrator; more than one may be given.
"""
)
@click.argument("account")
@click.option("--name", required=True, help="Name of the person.")
@click.option("--role", "roles", multiple=True, required=True, type=ROLES, help="Role; may be repeated.")
@click.option("--department", default="")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
@json_option
@as_option
def add(
    account: str,
    name: str,
    roles: Sequence[str],
    department: str,
    password_stdin: bool,
    as_json: bool,
    login: str | None,
) -> None:
    """Make an account. Asks for the password."""
    from archive.services import people

    password = _password(password_stdin)
    with opened(login, make=True) as archive:
        made = people.create_user(
            archive.ports,
            archive.actor,
            account,
            name=name,
            roles=[Role(role) for role in roles],
            password=password,
            department=department,
        )
    _tell([made], as_json)


@command.command(
    epilog="""\b
Examples:
  dossier people roles gu.wendi --role archivist --role manager
"""
)
@click.argument("account")
@click.option("--role", "roles", multiple=True, required=True, type=ROLES, help="Role; may be repeated.")
@json_option
@as_option
def roles(account: str, roles: Sequence[str], as_json: bool, login: str | None) -> None:
    """Set the roles of an account, in place of those it has."""
    from archive.services import people

    with opened(login) as archive:
        made = people.edit_user(archive.ports, archive.actor, account, roles=[Role(role) for role in roles])
    _tell([made], as_json)


@command.command(
    epilog="""\b
Examples:
  dossier people password gu.wendi
"""
)
@click.argument("account")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
@as_option
def password(account: str, password_stdin: bool, login: str | None) -> None:
    """Set a new password; whoever is signed in with the account has to sign in again."""
    from archive.services import people

    new = _password(password_stdin)
    with opened(login) as archive:
        people.set_password(archive.ports, archive.actor, account, new)
    say("The password is set.", "口令已改。")


@command.command(
    epilog="""\b
Examples:
  dossier people close gu.wendi
\b
Exit codes: 0 closed, 4 refused: papers are out, or it is the last administrator.
"""
)
@click.argument("account")
@json_option
@as_option
def close(account: str, as_json: bool, login: str | None) -> None:
    """Close an account. Nobody leaves with papers out."""
    from archive.services import people

    with opened(login) as archive:
        made = people.deactivate(archive.ports, archive.actor, account)
    _tell([made], as_json)


@command.command(
    "open",
    epilog="""\b
Examples:
  dossier people open gu.wendi
""",
)
@click.argument("account")
@json_option
@as_option
def open_(account: str, as_json: bool, login: str | None) -> None:
    """Open a closed account again."""
    from archive.services import people

    with opened(login) as archive:
        made = people.reactivate(archive.ports, archive.actor, account)
    _tell([made], as_json)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _tell(found: Sequence[User], as_json: bool) -> None:
    if as_json:
        print_json([_shown(user) for user in found])
        return
    from rich.table import Table

    table = Table("login", "name", "department", "roles", "", box=None)
    for user in found:
        names = ", ".join(ROLE_NAMES[Role(role)].en for role in user.roles)
        state = "" if user.active == "yes" else "closed"
        table.add_row(user.id, user.name, user.department, names, "sample" if user.sample else state)
    console().print(table)


def _shown(user: User) -> dict[str, object]:
    return {
        "login": user.id,
        "name": user.name,
        "department": user.department,
        "roles": list(user.roles),
        "active": user.active == "yes",
        "sample": user.sample,
    }
