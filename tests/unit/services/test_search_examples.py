"""Every example of a query that is shown somewhere finds something: in the help, the docs and on the screens."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.bootstrap import build
from archive.cli import dossier
from archive.commands.search import command
from archive.config import Settings
from archive.domain.access import Access, Actor, Role
from archive.domain.document import Page, PageState
from archive.ports import Ports
from archive.services import retrieval
from tests.sample_archive import file_samples
from webui.search import SYNTAX
from webui.words import CHINESE

DOCS = Path(__file__).resolve().parents[3] / "docs" / "search.md"
OWNER = Actor("owner", "owner", frozenset({Role.ADMINISTRATOR}), Access.whole_archive())


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """The sample dossiers, which the examples in Chinese are about; and a page for those in English."""
    application = build(Settings(data=tmp_path_factory.mktemp("examples")))
    file_samples(application.ports)
    index = application.ports.index
    english = Page(
        id="english-1", document="english", number=1, state=PageState.READ, mark="engineering-customer/company",
        text="fire pump room: hydrant", title="Hydrant moved", meta={"site_t": "harbour"},
    )  # fmt: skip
    assert index.refresh(index.put([english]), wait=20)
    yield application.ports
    application.close()


def in_the_docs() -> list[str]:
    table = DOCS.read_text("utf-8").split("## What can be typed")[1].split("\n\n")[0]
    return re.findall(r"`([^`]+)`", table)


def in_the_help() -> list[str]:
    with dossier.make_context("dossier", [], resilient_parsing=True) as context:
        texts = (command.epilog or "", dossier.get_help(context))
    lines = [line for text in texts for line in text.splitlines() if line.strip().startswith("dossier search")]
    return [shlex.split(line)[2] for line in lines]


def on_the_screens() -> list[str]:
    return [text for example, _ in SYNTAX for text in (example, CHINESE[example])]


@pytest.mark.parametrize("typed", [*in_the_docs(), *in_the_help(), *on_the_screens()])
def test_an_example_finds_something(samples: Ports, typed: str) -> None:
    found = retrieval.search(samples, OWNER, typed)
    assert found.result.pages > 0
    assert found.notes == []


def test_the_examples_are_read_from_where_they_stand() -> None:
    assert len(in_the_docs()) > 30
    assert len(in_the_help()) > 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("“施工合同”", "＂施工合同＂"),
        ("甲方 OR 乙方", "甲方 ＯＲ 乙方"),
        ("合同 -补充", "合同 －补充"),
        ("HX80*", "ＨＸ８０＊"),
        ("title:合同", "ｔｉｔｌｅ：合同"),
        ("日期:2022-03..2022-06", "日期：２０２２－０３ ．． ２０２２－０６"),
        ("(甲方 OR 乙方) 合同", "（甲方 ＯＲ 乙方）　合同"),
    ],
)
def test_full_width_finds_what_ascii_does(samples: Ports, one: str, other: str) -> None:
    pages = retrieval.search(samples, OWNER, one).result.pages
    assert pages == retrieval.search(samples, OWNER, other).result.pages > 0


def test_a_part_of_a_type_finds_more_than_its_whole_name(samples: Ports) -> None:
    found = retrieval.search(samples, OWNER, "类型:合同", size=100)
    kinds = {found.documents[one.document].type for one in found.result.found}
    assert kinds >= {"contract", "construction_contract"}
    for typed in ('类型:"合同"', "type:contract"):
        found = retrieval.search(samples, OWNER, typed, size=100)
        assert {found.documents[one.document].type for one in found.result.found} == {"contract"}
