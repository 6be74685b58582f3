"""Who may see and do what. Pure; the scheme says which role sees which level, this module applies it.

A record that is not for everybody carries a mark, `scheme/level`. An `Access` is the set of marks a person may see;
the empty one sees nothing. It is part of every search, so that hits, snippets, facets and counts all respect it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from archive.errors import Forbidden


class Role(StrEnum):
    READER = "reader"
    ARCHIVIST = "archivist"
    MANAGER = "manager"
    GENERAL_MANAGER = "general_manager"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    SEARCH = "search"  # find and read what one's access allows
    INTAKE = "intake"  # take scans in, see the jobs, retry
    FILE = "file"  # review, re-file, change a dossier's fields
    ARRANGE = "arrange"  # documents into volumes, number pages, fix
    LEND = "lend"  # the lending desk
    APPROVE = "approve"  # let a photocopy leave the house
    REPORT = "report"  # lists and statistics
    PEOPLE = "people"  # accounts and roles
    ADMINISTER = "administer"  # schemes, health, settings
    AUDIT = "audit"  # read and verify the audit trail


_R, _A, _M, _G, _D = Role.READER, Role.ARCHIVIST, Role.MANAGER, Role.GENERAL_MANAGER, Role.ADMINISTRATOR

PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.SEARCH: frozenset({_R, _A, _M, _G, _D}),
    Permission.INTAKE: frozenset({_A, _M, _D}),
    Permission.FILE: frozenset({_A, _M, _D}),
    Permission.ARRANGE: frozenset({_A, _M}),
    Permission.LEND: frozenset({_A, _M}),
    Permission.APPROVE: frozenset({_M, _G}),
    Permission.REPORT: frozenset({_A, _M, _G}),
    Permission.PEOPLE: frozenset({_D}),
    Permission.ADMINISTER: frozenset({_D}),
    Permission.AUDIT: frozenset({_D, _G}),
}

INBOX_MARK = "inbox/unfiled"  # a document that has no dossier yet: those who may file see it


@dataclass(frozen=True, slots=True)
class Access:
    """The marks one may see. `whole` is for the machinery itself (workers, reconciler), made by `whole_archive`."""

    marks: frozenset[str] = frozenset()
    whole: bool = False

    @classmethod
    def nothing(cls) -> Access:
        return cls()

    @classmethod
    def whole_archive(cls) -> Access:
        """For processes that act for nobody in particular: rebuild, reconcile, move."""
        return cls(whole=True)

    @classmethod
    def to(cls, marks: Iterable[str]) -> Access:
        return cls(marks=frozenset(marks))

    def allows(self, mark: str) -> bool:
        return self.whole or mark in self.marks


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: login, name, roles, and what they may see."""

    login: str
    name: str
    roles: frozenset[Role]
    access: Access = field(default_factory=Access.nothing)

    def may(self, permission: Permission) -> bool:
        return bool(PERMISSIONS[permission] & self.roles)

    def must(self, permission: Permission) -> None:
        """Raises Forbidden where no role of this person gives `permission`."""
        if not self.may(permission):
            raise Forbidden("forbidden", permission=permission.value)


SYSTEM = Actor("system", "system", frozenset(Role), Access.whole_archive())
