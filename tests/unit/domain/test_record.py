"""A record that is broken tells what is wrong with it, and nothing of what it holds."""

from __future__ import annotations

import traceback

import pytest
from pydantic import ValidationError

from archive.domain.document import Page
from archive.domain.people import User

SECRET = "乙方身份证号 330102"


@pytest.mark.parametrize(
    "broken",
    [
        f'{{"id": "d-1", "document": "d", "number": "{SECRET}", "state": "read", "mark": "s/open"}}',
        f'{{"id": "d-1", "text": "{SECRET}"}}',
        f'{{"id": "d-1", "document": "d", "number": 1, "state": "read", "mark": "s", "texts": "{SECRET}"}}',
        f'{{"id": "d-1", "text": "{SECRET}',
        f'"{SECRET}"',
    ],
    ids=["a wrong value", "values missing", "one too many", "cut off", "no record"],
)
def test_what_is_wrong_with_a_page_is_told_without_its_text(broken: str) -> None:
    with pytest.raises(ValidationError) as told:
        Page.model_validate_json(broken)
    written = "".join(traceback.format_exception(told.value))
    assert "validation error" in written
    assert SECRET not in written
    assert "330102" not in written


def test_what_is_wrong_inside_a_record_is_told_without_it_too() -> None:
    with pytest.raises(ValidationError) as told:
        User.model_validate({"id": "he", "name": "贺", "password": "-", "sessions": [{"token": SECRET}]})
    assert "sessions.0" in str(told.value)
    assert SECRET not in str(told.value)
