"""The index on a search server behind TLS that asks for a password or a key, in one place or two: all of the adapter's
work is done there, and whoever is not let in is told why."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.config import Settings
from archive.domain.copy import Copy
from archive.domain.document import Page
from archive.errors import Conflict, Unavailable
from archive.ports import Index
from search.cluster import ClusterIndex, open_cluster
from search.cluster.migration import migrate
from tests.contract.index_examples import copy, found, page, write
from tests.contract.index_places import silent
from tests.engines.certificates import Authority
from tests.engines.servers import SearchServers
from tests.engines.tls_front import TlsFront, basic

USER, PASSWORD, KEY = "dossier", "geheim 密", "bmFtZTprZXk="
REFRESH = 0.2  # seconds


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Who vouches for the server."""
    return Authority(tmp_path / "authority")


@pytest.fixture(params=["dialect", "opensearch2"])
def place(request: pytest.FixtureRequest, search_servers: SearchServers) -> Iterator[tuple[str, str]]:
    """A search server, and a prefix of one's own there."""
    made = search_servers.place(request.param)
    url, _, prefix = made.partition("|")
    yield url, prefix
    search_servers.clear(made)


@pytest.fixture
def fronts(place: tuple[str, str], authority: Authority) -> Iterator[list[TlsFront]]:
    """Two ways to the server, neither without TLS and a sign-in."""
    certificate = authority.certificate()
    made = [TlsFront(place[0], certificate, (basic(USER, PASSWORD), f"ApiKey {KEY}")) for _ in range(2)]
    yield made
    for one in made:
        one.close()


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """The settings of those who sign in, by how they do."""
    for name, held in {"password": PASSWORD, "key": KEY, "other": "geheim"}.items():
        (tmp_path / name).write_text(f"{held}\n", "utf-8")
    return {
        "password": {"index_user": USER, "index_password_file": tmp_path / "password"},
        "key": {"index_api_key_file": tmp_path / "key"},
        "wrong password": {"index_user": USER, "index_password_file": tmp_path / "other"},
        "wrong key": {"index_api_key_file": tmp_path / "other"},
        "nothing": {},
    }


def opened(address: str, prefix: str, **more: Any) -> ClusterIndex:
    """The index at an address, for one who does not wait long."""
    return open_cluster(
        Settings(index=address, index_prefix=prefix, index_seconds=10, index_refresh_seconds=REFRESH, **more)
    )


def work(index: Index, name: str) -> None:
    """A copy is made and lent, once; pages are filed and found."""
    made = index.create(copy(name))
    lent = index.replace(copy(name, state="out", borrower="钱"), made.token)
    with pytest.raises(Conflict):
        index.replace(copy(name, state="out", borrower="孙"), made.token)
    assert (index.get(Copy, name).record.borrower, lent.revision) == ("钱", 2)
    write(index, *[page(name, n, f"第{n}页 {name} 施工合同") for n in range(1, 251)])
    assert len(found(index, f"{name} 施工合同")) == 250


@pytest.mark.parametrize("way", ["password", "key"])
def test_all_work_is_done_over_tls_with_a_secret_from_a_file(
    way: str,
    fronts: list[TlsFront],
    place: tuple[str, str],
    authority: Authority,
    secrets: dict[str, dict[str, Any]],
) -> None:
    index = opened(fronts[0].address, place[1], index_ca=authority.file, **secrets[way])
    work(index, "one")
    migrate(index.cluster, Page, keep_old=False, progress=silent)
    work(index, "two")
    assert [read.record.id for read in index.changes(Copy, 0)] == ["one", "two"]
    assert fronts[0].passed > 20, "all of it came this way"
    index.close()


@pytest.mark.parametrize("way", ["wrong password", "wrong key", "nothing"])
def test_who_is_not_known_is_told_which_settings_to_look_at(
    way: str,
    fronts: list[TlsFront],
    place: tuple[str, str],
    authority: Authority,
    secrets: dict[str, dict[str, Any]],
) -> None:
    index = opened(fronts[0].address, place[1], index_ca=authority.file, **secrets[way])
    for ask in (lambda: index.create(copy("C")), lambda: found(index, "字"), index.health):
        with pytest.raises(Unavailable) as refused:
            ask()
        assert refused.value.key == "cluster_unknown_to"
    assert "DOSSIER_INDEX_PASSWORD_FILE" in str(refused.value) and "geheim" not in str(refused.value)
    assert fronts[0].passed == 0


def test_a_password_that_is_changed_while_one_works_is_told_and_none_is_lost(
    fronts: list[TlsFront], place: tuple[str, str], authority: Authority, secrets: dict[str, dict[str, Any]]
) -> None:
    index = opened(fronts[0].address, place[1], index_ca=authority.file, **secrets["password"])
    made = index.create(copy("C"))
    fronts[0].known = (basic(USER, "another"),)
    with pytest.raises(Unavailable) as refused:
        index.replace(copy("C", note="on"), made.token)
    assert refused.value.key == "cluster_unknown_to"
    fronts[0].known = (basic(USER, PASSWORD),)
    assert index.replace(copy("C", note="on"), made.token).revision == 2
    index.close()


def test_a_certificate_of_another_authority_or_for_another_address_is_refused(
    place: tuple[str, str], authority: Authority, secrets: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    other = Authority(tmp_path / "other authority")
    for certificate, said in (
        (other.certificate(), "(certificate verify failed: "),
        (authority.certificate("127.0.0.2"), "(hostname '127.0.0.1' doesn't match '127.0.0.2')"),
    ):
        front = TlsFront(place[0], certificate, (basic(USER, PASSWORD),))
        index = opened(front.address, place[1], index_ca=authority.file, **secrets["password"])
        with pytest.raises(Unavailable) as refused:
            work(index, "one")
        assert refused.value.key == "cluster_not_trusted"
        assert said in str(refused.value) and "DOSSIER_INDEX_CA" in str(refused.value)
        assert "_ssl" not in str(refused.value)
        assert front.passed == 0
        front.close()


def test_of_two_addresses_one_may_go_away_and_come_back_while_one_works(
    fronts: list[TlsFront], place: tuple[str, str], authority: Authority, secrets: dict[str, dict[str, Any]]
) -> None:
    both = ",".join(front.address for front in fronts)
    index = opened(both, place[1], index_ca=authority.file, **secrets["password"])
    work(index, "both")
    assert all(front.passed for front in fronts)
    fronts[0].close()
    work(index, "second")
    late = opened(both, place[1], index_ca=authority.file, **secrets["password"])
    work(late, "late")
    fronts[0].open()
    fronts[1].close()
    for one, name in ((index, "first"), (late, "later")):
        work(one, name)
        one.close()
    fronts[1].open()
    assert len(list(index.changes(Page, 0))) == 5 * 250
    index.close()


def test_the_command_takes_it_all_from_its_settings_and_says_what_is_wrong(
    fronts: list[TlsFront], place: tuple[str, str], authority: Authority, secrets: dict[str, dict[str, Any]]
) -> None:
    index = opened(fronts[0].address, place[1], index_ca=authority.file, **secrets["password"])
    index.create(copy("C"))
    index.close()
    files = {way: str(secrets[way]["index_password_file"]) for way in ("password", "wrong password")}
    said = {way: _show(fronts[0].address, place[1], str(authority.file), file) for way, file in files.items()}
    assert said["password"].returncode == 0 and f"{place[1]}-copy-000001" in said["password"].stdout
    assert said["wrong password"].returncode == 5
    assert "DOSSIER_INDEX_PASSWORD_FILE" in said["wrong password"].stderr
    assert "Traceback" not in said["wrong password"].stderr


def _show(address: str, prefix: str, ca: str, password: str) -> subprocess.CompletedProcess[str]:
    """`dossier index show`."""
    settings = {
        "DOSSIER_INDEX": address,
        "DOSSIER_INDEX_PREFIX": prefix,
        "DOSSIER_INDEX_CA": ca,
        "DOSSIER_INDEX_USER": USER,
        "DOSSIER_INDEX_PASSWORD_FILE": password,
    }
    command = [sys.executable, "-m", "archive.cli", "index", "show", "--json"]
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=120, check=False)
