"""The register of numbers: every number with its dossier, or why it is not used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from archive.domain.dossier import Claim
from archive.services import dossiers

PATH = "/dossiers/numbers/engineering-customer"


@pytest.fixture
def gap(office: Any) -> str:
    """A number that is used, and one whose dossier was never opened; the latter."""
    year = office.ports.clock.today().year
    dossiers.create(office.ports, office.actor(), scheme="engineering-customer", name="临澜港务")
    number = f"KH-{year}-002"
    at = office.ports.clock.now() - timedelta(hours=1)
    claim = Claim(id=f"number:{number}", owner=number.lower(), name="中断的卷宗", by="gu.wendi", at=at)
    office.ports.index.create(claim)
    dossiers.create(office.ports, office.actor(), scheme="engineering-customer", name="银杏谷")
    return number


def test_a_number_that_is_not_used_stands_with_its_reason(office: Any, gap: str) -> None:
    text = office.visitor().get(PATH).text
    assert "3 numbers, 1 unused" in text
    assert gap in text and "opening “中断的卷宗” was broken off" in text and "顾闻笛" in text
    only = office.visitor().get(f"{PATH}?only=unused").text
    assert gap in only and "银杏谷" not in only


def test_the_list_leads_to_it_but_not_for_readers(office: Any, gap: str) -> None:
    assert PATH in office.visitor().get("/dossiers").text
    assert PATH not in office.visitor("he.zhixing").get("/dossiers").text
    assert office.visitor("he.zhixing").get(PATH).status_code == 403
    assert office.visitor().get("/dossiers/numbers/nothing").status_code == 404


@pytest.mark.parametrize("width", [1280, 390])
def test_it_has_no_serious_fault(office: Any, gap: str, browse: Callable[..., Any], width: int) -> None:
    screen = browse(width=width, dark=width == 390)
    screen.open(PATH)
    screen.check()
