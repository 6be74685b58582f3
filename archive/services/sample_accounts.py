"""The sample accounts that come with the sample dossiers. Sign-in refuses them from anywhere but this machine."""

from __future__ import annotations

from collections.abc import Sequence

from archive.domain.access import SYSTEM, Role
from archive.domain.people import User
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


def make_sample_accounts(ports: Ports) -> Sequence[tuple[User, str]]:
    """The sample accounts with their password, made where they are not there yet. For the samples alone: sign-in
    refuses them from anywhere but this machine."""
    made: list[tuple[User, str]] = []
    for login, name, department, role in SAMPLE_ACCOUNTS:
        there = ports.index.get_many(User, [login]).get(login)
        found = there.record if there else _sample(ports, login, name, department, role)
        if found.sample and found.active == "yes":
            made.append((found, SAMPLE_PASSWORD))
    return made


def _sample(ports: Ports, login: str, name: str, department: str, role: Role) -> User:
    try:
        return people.create_user(
            ports, SYSTEM, login, name=name, roles=[role], password=SAMPLE_PASSWORD, department=department, sample=True
        )
    except Conflict:
        return people.user(ports, login)  # another process made it
