"""Where an archive lies and whom it answers, while nobody has said anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.config import Settings

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("named", "data"),
    [
        ("/srv/of-the-user", "/srv/of-the-user/dossier"),
        ("", "/people/gu/.local/share/dossier"),
        (".", "/people/gu/.local/share/dossier"),  # the XDG rule ignores relative paths
    ],
)
def test_the_data_lie_in_the_users_data_directory(named: str, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/people/gu")
    monkeypatch.setenv("XDG_DATA_HOME", named)
    monkeypatch.chdir(CHECKOUT)
    assert Settings().data == Path(data)


def test_they_never_lie_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.chdir(CHECKOUT)
    data = Settings().data
    assert data.is_absolute() and not data.is_relative_to(CHECKOUT)


def test_only_this_machine_is_answered() -> None:
    assert Settings().host == "127.0.0.1"
