"""The sample accounts that come with the sample dossiers. Sign-in refuses them from anywhere but this machine."""

from __future__ import annotations

from collections.abc import Sequence

from archive.domain.access import SYSTEM, Access, Role
from archive.domain.people import User
from archive.domain.query import Anything
from archive.errors import Conflict
from archive.ports import Ports
from archive.services import people

SAMPLE_PASSWORD = "juanzong-shiyong"  # printed at start, and only good on the loopback address
SAMPLE_ACCOUNTS: tuple[tuple[str, str, str, Role], ...] = (
    ("he.zhixing", "贺知行", "售后二组", Role.READER),
    ("gu.wendi", "顾闻笛", "资料室", Role.ARCHIVIST),
    ("tang.xu", "汤序", "内勤部", Role.MANAGER),
    ("ye.nanzhou", "叶南舟", "总经理室", Role.GENERAL_MANAGER),
    ("lu.yao", "陆遥", "信息中心", Role.ADMINISTRATOR),
)
_LOGINS = [login for login, *_ in SAMPLE_ACCOUNTS]


def make_sample_accounts(ports: Ports) -> Sequence[tuple[User, str]]:
    """One account for each role, with its password: made in an archive that has no people, or finished where making
    them was broken off. In an archive with people of its own nothing is made; gives the sample accounts that can
    still be used, none once their passwords were changed or they were closed."""
    if _has_own_people(ports):
        return usable(ports)
    for login, name, department, role in SAMPLE_ACCOUNTS:
        _make(ports, login, name, department, role)
    return usable(ports)


def usable(ports: Ports) -> Sequence[tuple[User, str]]:
    """The sample accounts that can be signed in to with the printed password."""
    there = ports.index.get_many(User, _LOGINS)
    found = [there[login].record for login in _LOGINS if login in there]
    return [(user, SAMPLE_PASSWORD) for user in found if user.sample and user.active == "yes"]


def _has_own_people(ports: Ports) -> bool:
    """Whether somebody has an account that is no untouched sample account."""
    all_of_them = ports.index.count(User, Anything(), Access.whole_archive())
    samples = sum(read.record.sample for read in ports.index.get_many(User, _LOGINS).values())
    return all_of_them > samples


def _make(ports: Ports, login: str, name: str, department: str, role: Role) -> None:
    if ports.index.get_many(User, [login]):
        return
    try:
        people.create_user(
            ports, SYSTEM, login, name=name, roles=[role], password=SAMPLE_PASSWORD, department=department, sample=True
        )
    except Conflict:
        return  # another process made it
