"""The `dossier` command as its user meets it: exit codes, sentences, JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive import errors
from archive.bootstrap import build
from archive.commands import EXIT_CODES, exit_code
from archive.commands.instance import only_one, running
from archive.config import Settings
from archive.domain.access import SYSTEM
from archive.domain.document import Document
from archive.errors import ArchiveError, Conflict
from archive.ports import Ports
from archive.services import filing
from tests import small_pdf
from tests.terminal import terminal

ROOT = Path(__file__).resolve().parents[3]
UNREAD = "They are kept, and are read when dossier up runs.\n"


def dossier(data: Path, *arguments: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOSSIER_DATA": str(data), "LC_ALL": "C.UTF-8", **more}
    return subprocess.run(
        [sys.executable, "-m", "archive.cli", *arguments],
        cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@contextmanager
def opened_at(data: Path, schemes: Path) -> Iterator[Ports]:
    """The archive that the command has made there."""
    application = build(Settings(data=data, schemes=schemes))
    try:
        yield application.ports
    finally:
        application.close()


@pytest.mark.parametrize(
    "kind",
    [k for k in vars(errors).values() if isinstance(k, type) and issubclass(k, ArchiveError) and k is not ArchiveError],
)
def test_every_kind_of_error_has_an_exit_code_that_is_documented(kind: type[ArchiveError]) -> None:
    assert exit_code(kind("not_found")) in EXIT_CODES
    assert exit_code(kind("not_found")) != 0


def test_help_is_there_in_half_a_second(tmp_path: Path) -> None:
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        told = dossier(tmp_path, "--help")
        times.append(time.perf_counter() - begun)
        assert told.returncode == 0
    bare = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import click"], check=True)
    bare = time.perf_counter() - bare
    assert min(times) < max(0.5, 4 * bare)
    for command in ("up", "ingest", "search", "show", "status", "rebuild", "audit", "people", "scheme"):
        assert f"\n  {command}" in told.stdout


def test_an_unknown_command_is_wrong_usage(tmp_path: Path) -> None:
    told = dossier(tmp_path, "lend")
    assert told.returncode == 2
    assert "No such command" in told.stderr


def test_where_there_is_no_archive_that_is_said(tmp_path: Path) -> None:
    for command in (["search", "x"], ["show", "KH-1"], ["status"], ["people", "list"], ["audit", "verify"]):
        told = dossier(tmp_path / "none", *command)
        assert told.returncode == 3
        assert str(tmp_path / "none") in told.stderr
    assert not (tmp_path / "none").exists()


def test_sentences_are_in_the_language_of_the_terminal(tmp_path: Path) -> None:
    assert "还没有档案" in dossier(tmp_path / "none", "status", LC_ALL="zh_CN.UTF-8").stderr
    assert "no archive" in dossier(tmp_path / "none", "status", LC_ALL="en_US.UTF-8").stderr


def test_accounts_are_made_listed_and_closed(tmp_path: Path) -> None:
    add = ["people", "add", "gu.wendi", "--name", "顾闻笛", "--role", "archivist", "--password-stdin"]
    assert dossier(tmp_path, *add, typed="a long password of six words\n").returncode == 0
    assert dossier(tmp_path, *add, typed="a long password of six words\n").returncode == 4
    (made,) = json.loads(dossier(tmp_path, "people", "list", "--json").stdout)
    assert (made["login"], made["name"], made["roles"], made["active"]) == ("gu.wendi", "顾闻笛", ["archivist"], True)
    assert dossier(tmp_path, "people", "close", "gu.wendi").returncode == 0
    assert json.loads(dossier(tmp_path, "people", "list", "--json").stdout)[0]["active"] is False


def test_a_short_password_is_refused_with_what_to_do(tmp_path: Path) -> None:
    add = ["people", "add", "gu.wendi", "--name", "顾闻笛", "--role", "archivist", "--password-stdin"]
    told = dossier(tmp_path, *add, typed="short\n")
    assert told.returncode == 2
    assert "longer" in told.stderr


def test_one_may_act_with_the_rights_of_an_account(tmp_path: Path) -> None:
    add = ["people", "add", "he.zhixing", "--name", "贺知行", "--role", "reader", "--password-stdin"]
    assert dossier(tmp_path, *add, typed="a long password of six words\n").returncode == 0
    assert dossier(tmp_path, "people", "list", "--as", "he.zhixing").returncode == 4
    assert dossier(tmp_path, "people", "list", "--as", "nobody.here").returncode == 3


def test_a_broken_query_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    told = dossier(tmp_path, "search", "(合同")
    assert told.returncode == 2
    assert told.stderr.strip()
    assert "Traceback" not in told.stderr


def test_an_own_scheme_is_checked_with_every_mistake(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        (ROOT / "schemes" / "engineering-customer.yaml").read_text("utf-8").replace("retention:", "retension:", 1)
    )
    told = dossier(tmp_path, "scheme", "check", str(own), "--json")
    assert told.returncode == 2
    assert json.loads(told.stdout)["mistakes"]
    sound = dossier(tmp_path, "scheme", "check", str(ROOT / "schemes" / "campus-construction.yaml"))
    assert (sound.returncode, "sound" in sound.stdout) == (0, True)


def test_the_schemes_are_listed_and_shown(tmp_path: Path) -> None:
    listed = json.loads(dossier(tmp_path, "scheme", "list", "--json").stdout)
    assert {one["id"] for one in listed} == {"campus-construction", "engineering-customer"}
    assert dossier(tmp_path, "scheme", "show", "campus-construction").returncode == 0
    unknown = dossier(tmp_path, "scheme", "show", "campus")
    assert unknown.returncode == 3
    assert "campus-construction" in unknown.stderr


def test_a_scheme_or_dossier_that_is_not_there_is_refused_before_anything_is_taken(tmp_path: Path) -> None:
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(b"\xff\xd8\xff")
    data = tmp_path / "data"
    assert dossier(data, "ingest", str(scan), "--scheme", "nothing").returncode == 2
    assert dossier(data, "ingest", str(scan), "--dossier", "KH-2024-031").returncode == 3
    assert not list(data.glob("store/files/**/*.*"))


@pytest.fixture
def many_files(tmp_path: Path) -> Path:
    """A folder of a hundred files."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number:02}.txt").write_text(f"paper {number}")
    return folder


def shown_by_ingest(data: Path, folder: Path, *more: str) -> tuple[str, str]:
    """What `dossier ingest` shows on a terminal beside its output, and its output."""
    with terminal() as screen:
        done = subprocess.run(
            [sys.executable, "-m", "archive.cli", "ingest", str(folder), *more], cwd=ROOT,
            env={**os.environ, "DOSSIER_DATA": str(data), "LC_ALL": "C.UTF-8", "TERM": "xterm"},
            stdout=subprocess.PIPE, stderr=screen.line, text=True, timeout=120, check=True,
        )  # fmt: skip
    return screen.text, done.stdout


def test_files_are_counted_on_the_terminal_while_they_are_taken_in(tmp_path: Path, many_files: Path) -> None:
    screen, output = shown_by_ingest(tmp_path / "data", many_files)
    counted = [int(number) for number in re.findall(r"files \S+ +(\d+)/100", screen)]
    assert any(0 < number < 100 for number in counted)
    assert counted == sorted(counted) and counted[-1] == 100
    assert "100 filed, 0 failed, 0 known" in output


def test_nothing_is_counted_for_a_program(tmp_path: Path, many_files: Path) -> None:
    screen, output = shown_by_ingest(tmp_path / "data", many_files, "--json")
    assert screen == "" and len(json.loads(output)["filed"]) == 100
    again = dossier(tmp_path / "data", "ingest", str(many_files))
    assert "100 known" in again.stdout and again.stderr == UNREAD


def test_what_came_in_while_nobody_read_is_read_by_who_waits_for_it(tmp_path: Path) -> None:
    scan = tmp_path / "协议.pdf"
    scan.write_bytes(small_pdf.agreement(2))
    data = tmp_path / "data"
    assert json.loads(dossier(data, "ingest", str(scan), "--json").stdout)["filed"][0]["state"] == "received"
    told = dossier(data, "ingest", str(scan), "--wait", "--json")
    assert told.returncode == 0
    (known,) = json.loads(told.stdout)["known"]
    assert (known["state"], known["pages"], known["pages_failed"]) == ("done", 2, 0)
    assert json.loads(dossier(data, "search", "harbour", "--json").stdout)["total"] == 2


def test_a_known_file_is_said_not_to_be_split_now(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("paper")
    data = tmp_path / "data"
    assert dossier(data, "ingest", str(tmp_path / "a.txt")).returncode == 0
    told = dossier(data, "ingest", str(tmp_path / "a.txt"), "--split", "bookmarks")
    assert (told.returncode, "is not split at its bookmarks now" in told.stdout) == (0, True)
    (known,) = json.loads(dossier(data, "ingest", str(tmp_path / "a.txt"), "--split", "bookmarks", "--json").stdout)[
        "known"
    ]
    assert len(known["warnings"]) == 1


def test_of_a_known_file_that_one_may_not_see_it_is_told_only_that_it_is_known(tmp_path: Path) -> None:
    scan, data = tmp_path / "a.txt", tmp_path / "data"
    scan.write_text("paper")
    schemes = {"DOSSIER_SCHEMES": str(with_secrets(tmp_path / "schemes"))}
    secret = ["--dossier", "KH-2025-001", "--scheme", "own"]
    assert dossier(data, "ingest", str(scan), *secret, "--wait", **schemes).returncode == 0
    with opened_at(data, tmp_path / "schemes") as ports:
        (document,) = [read.record for read in ports.index.changes(Document, 0)]
        filing.file_document(ports, SYSTEM, document.id, type="contract", level="restricted")
    add = ["people", "add", "gu.wendi", "--name", "顾闻笛", "--role", "archivist", "--password-stdin"]
    assert dossier(data, *add, typed="a long password of six words\n").returncode == 0
    scan = scan.rename(tmp_path / "mine.txt")
    told = dossier(data, "ingest", str(scan), "--wait", "--retry", "--json", "--as", "gu.wendi", **schemes)
    assert told.returncode == 0, told.stderr
    (known,) = json.loads(told.stdout)["known"]
    assert (known["state"], known["file"]) == ("known", str(scan))
    assert "you may not see it" in known["warnings"][0]
    assert document.id not in told.stdout and "KH-2025-001" not in told.stdout


def with_secrets(folder: Path) -> Path:
    """A folder with a scheme whose restricted papers only administrators see."""
    folder.mkdir()
    text = (ROOT / "schemes" / "engineering-customer.yaml").read_text("utf-8")
    narrow = text.replace("seen_by: [archivist, manager, general_manager, administrator]", "seen_by: [administrator]")
    (folder / "own.yaml").write_text(narrow.replace("id: engineering-customer", "id: own", 1), "utf-8")
    return folder


def test_where_nobody_reads_it_is_said_that_files_wait_and_nothing_of_a_queue(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("paper")
    told = dossier(tmp_path / "data", "ingest", str(tmp_path / "a.txt"))
    assert told.stderr == UNREAD
    again = dossier(tmp_path / "data", "ingest", str(tmp_path / "a.txt"))
    assert ("0 filed, 0 failed, 1 known" in again.stdout, again.stderr) == (True, UNREAD)
    dossier(tmp_path / "data", "ingest", str(tmp_path / "a.txt"), "--wait")
    read = dossier(tmp_path / "data", "ingest", str(tmp_path / "a.txt"))
    assert ("1 known" in read.stdout, read.stderr) == (True, "")


def test_only_one_holds_a_data_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert running(settings) is None
    with only_one(settings, "http://here"):
        there = running(settings)
        assert there is not None
        assert (there.pid, there.address) == (os.getpid(), "http://here")
        with pytest.raises(Conflict, match="http://here"), only_one(settings, "http://there"):
            pytest.fail("two hold it")
    assert running(settings) is None


def test_the_data_folder_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    add = ["people", "add", "gu.wendi", "--name", "顾闻笛", "--role", "archivist", "--password-stdin"]
    assert dossier(data, *add, typed="a long password of six words\n").returncode == 0
    assert data.stat().st_mode & 0o077 == 0
    assert (data / "secret.key").stat().st_mode & 0o077 == 0
