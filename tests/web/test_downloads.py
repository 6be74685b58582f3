"""Files to keep: their names come through in Chinese, and nothing on their way keeps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest

from tests.architecture.source import shipped


@pytest.mark.parametrize(
    ("path", "name"), [("/export.csv?q=消火栓", "检索结果"), ("/lending/register.csv", "借阅登记簿")]
)
def test_a_table_is_named_in_chinese_by_a_header_a_web_server_can_send(
    office: Any, make_dossier: Callable[..., Any], path: str, name: str
) -> None:
    make_dossier()
    answer = office.visitor().client.get(path, headers={"Accept-Language": "zh"})
    said = answer.headers["Content-Disposition"]
    assert answer.status_code == 200
    assert said.isascii()
    assert name in unquote(said)
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_files_are_named_in_one_place() -> None:
    naming = [one.name for one in shipped() if "Content-Disposition" in one.text]
    assert naming == ["webui/downloads.py"]
