"""The export of a search: every page that fits, in its order, and none that one may not see."""

from __future__ import annotations

from typing import Any

from archive.domain.document import Page
from archive.services.retrieval import EXPORTED_AT_ONCE, export


def test_every_page_comes_once_in_its_order_and_none_that_is_closed(office: Any) -> None:
    seen = str(min(office.desk.access.marks))
    last = 2 * EXPORTED_AT_ONCE + 1
    pages = [
        Page(
            id=f"d-{n}",
            document="d",
            number=n,
            state="read",
            text="沉降观测",
            mark="nobody/x" if n % 100 == 7 else seen,
        )
        for n in range(1, last + 1)
    ]
    assert office.ports.index.refresh(office.ports.index.put(pages))
    assert [row.page for row in export(office.ports, office.desk, "沉降")] == [
        n for n in range(1, last + 1) if n % 100 != 7
    ]


def test_what_was_closed_after_it_was_found_is_not_exported(office: Any) -> None:
    seen = str(min(office.desk.access.marks))
    pages = [Page(id=f"d-{n}", document="d", number=n, state="read", text="沉降观测", mark=seen) for n in (1, 2)]
    assert office.ports.index.refresh(office.ports.index.put(pages))
    office.ports.index.put([pages[0].model_copy(update={"mark": "nobody/x", "stamp": 1})])
    assert [row.page for row in export(office.ports, office.desk, "沉降")] == [2]
