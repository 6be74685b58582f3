"""Moving records from one index to another: what is known of a move that was broken off is used only where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.domain.people import User
from archive.domain.record import Event
from archive.errors import Refused
from archive.ports import Index
from archive.services import moving
from archive.services.rebuild import is_unfinished
from search.embedded import open_index

MADE = Event(at=datetime(2024, 5, 6, 8, 0, tzinfo=UTC), by="zhao", action="made")


def silent(*_: object) -> None:
    """Tells nobody how far it is."""


@pytest.fixture
def left(tmp_path: Path) -> Iterator[Index]:
    """An archive of three people, one of them deleted."""
    index = open_index(tmp_path / "left")
    for id in ("zhao", "qian", "sun"):
        made = index.create(User(id=id, name=id, roles=("reader",), password="x", last=MADE))
    index.delete(User, "sun", made.token)
    yield index
    index.close()


@pytest.fixture
def taken(tmp_path: Path) -> Iterator[Index]:
    index = open_index(tmp_path / "taken")
    yield index
    index.close()


def broken_off(left: Index, target: Index) -> moving.Positions:
    """A move that ends after its last part was copied; how far it had come."""
    kept: dict[str, int] = {}

    def note(positions: moving.Positions) -> None:
        kept.update(positions)
        if "-user" in positions:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(left, target, silent, None, note)
    return kept


def test_what_a_move_had_copied_is_not_read_again(left: Index, taken: Index) -> None:
    positions = broken_off(left, taken)
    seen: list[moving.Positions] = []
    assert moving.move(left, taken, silent, positions, lambda at: seen.append(dict(at))).differing == []
    assert seen == []
    assert not is_unfinished(taken)


def test_a_target_that_was_made_anew_gets_everything(left: Index, taken: Index, tmp_path: Path) -> None:
    other = open_index(tmp_path / "other")
    positions = broken_off(left, other)
    assert moving.move(left, taken, silent, positions).differing == []
    assert set(taken.get_many(User, ["zhao", "qian", "sun"])) == {"zhao", "qian"}
    other.close()


def test_an_archive_of_its_own_is_not_written_over_for_what_was_known_of_another(
    left: Index, taken: Index, tmp_path: Path
) -> None:
    other = open_index(tmp_path / "other")
    positions = broken_off(left, other)
    taken.create(User(id="li", name="li", roles=("reader",), password="x", last=MADE))
    with pytest.raises(Refused) as refused:
        moving.move(left, taken, silent, positions)
    assert refused.value.key == "target_not_empty"
    other.close()
