"""The page about the way in names every sentence that a file or page may get."""

from __future__ import annotations

from pathlib import Path

from archive.sentences import intake

PAGE = (Path(__file__).parents[3] / "docs" / "ingest.md").read_text("utf-8")
TRIED_AGAIN = {"reader_unavailable"}  # told of in words: it is no verdict on a file


def test_every_verdict_on_a_file_or_page_stands_on_the_page():
    verdicts = intake._FILES.keys() | intake._PAGES.keys() | intake.WARNINGS.keys()
    assert {key for key in verdicts - TRIED_AGAIN if f"`{key}`" not in PAGE} == set()
