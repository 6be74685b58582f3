"""What is given for an account: login, name, roles, password; checked, and the password as an Argon2id hash."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from archive.domain.access import Role
from archive.errors import InvalidInput

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200  # longer ones cost time and add nothing
LOGIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")


hasher = PasswordHasher()


def read_login(text: str) -> str:
    """The login as it is kept: small letters. Raises InvalidInput."""
    login = text.strip().lower()
    if not 2 <= len(login) <= 64 or not set(login) <= LOGIN_LETTERS:
        raise InvalidInput("login_letters", field="login", given=text.strip())
    return login


def read_name(text: str) -> str:
    """The name without spaces around it. Raises InvalidInput."""
    name = text.strip()
    if not 1 <= len(name) <= 100:
        raise InvalidInput("name_needed", field="name")
    return name


def read_roles(roles: Iterable[Role]) -> tuple[str, ...]:
    """The roles, each once, in the order of Role. Raises InvalidInput for none or an unknown one."""
    try:
        given = {Role(role) for role in roles}
    except ValueError as unknown:
        raise InvalidInput("unknown_role", field="roles", given=str(unknown)) from None
    if not given:
        raise InvalidInput("roles_needed", field="roles")
    return tuple(role.value for role in Role if role in given)


def check_password(password: str, login: str) -> None:
    """Raises InvalidInput where the password is too short, too long or easily guessed."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput("password_short", field="password", least=SHORTEST_PASSWORD)
    if len(password) > LONGEST_PASSWORD:
        raise InvalidInput("password_long", field="password", most=LONGEST_PASSWORD)
    if login in password.lower() or len(set(password)) < 4:
        raise InvalidInput("password_weak", field="password")


@cache
def nobody() -> str:
    """The hash of a password nobody has."""
    return hasher.hash(secrets.token_hex(16))


def verified(hashed: str, password: str) -> bool:
    """Whether this is the password. Takes some 50 ms by design."""
    try:
        return hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
