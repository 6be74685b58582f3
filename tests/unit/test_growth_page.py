"""What the bench of growth says of its figures."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from bench.processes import family, memory, processor_seconds
from bench.scale import differences
from bench.scale_page import table


def row(
    index: str, *, pages: int = 7, documents: int | None = 2, year: int = 4, number: int = 10_000
) -> dict[str, Any]:
    asked = {"sort": "rare", "text": "合同", "ms": 3.0, "pages": pages, "documents": documents}
    return {
        "index": index,
        "pages": number,
        "queries": [asked | {"facets": {"year": [("2003", year)]}}],
        "searchable_pages_per_s": 412.4,
        "bytes_a_page": 10_120.3,
        "ms": {"50": 8.04, "95": 20.0, "99": 31.0},
        "asker_cpu_ms": 7.0,
        "server_cpu_ms": 1.0,
        "loader_cpu_ms_a_page": 2.9,
        "server_cpu_ms_a_page": 3.4,
        "loader_rss": 130_000_000,
        "server_rss_loaded": 118_000_000,
        "asker_rss": 181_000_000,
        "server_rss": 119_000_000,
    }


def test_indexes_that_say_the_same_do_not_differ() -> None:
    assert differences([row("one"), row("two")]) == []


def test_another_total_is_told_with_its_query() -> None:
    assert differences([row("one"), row("two", pages=8)]) == ["10000 pages, rare 合同: pages differ"]


def test_another_facet_is_told() -> None:
    assert differences([row("one"), row("two", year=5)]) == ["10000 pages, rare 合同: facets differ"]


def test_an_estimate_of_documents_is_not_compared() -> None:
    assert differences([row("one"), row("two", documents=None)]) == []
    assert differences([row("one"), row("two", documents=3)]) == ["10000 pages, rare 合同: documents differ"]


def test_only_rows_of_as_many_pages_are_compared() -> None:
    assert differences([row("one"), row("two", pages=8, number=100_000)]) == []


def test_the_table_has_a_line_for_each_row_and_leaves_out_what_was_not_merged() -> None:
    lines = table([row("one"), row("two") | {"bytes_a_page_merged": 9000.0}]).splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| one | 10,000 | 412 | 10,120 |  | 8.0 |")
    assert lines[3].startswith("| two | 10,000 | 412 | 10,120 | 9,000 | 8.0 |")


def test_a_process_is_found_with_its_children_and_what_they_use() -> None:
    command = [sys.executable, "-c", "print(sum(range(10**6)), flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = family(os.getpid())
        held = memory(child.pid)
        child.communicate(b"\n")
    assert {os.getpid(), child.pid} <= set(found)
    assert held > 1_000_000
    assert processor_seconds([os.getpid()]) > 0
    assert processor_seconds([child.pid]) == 0
