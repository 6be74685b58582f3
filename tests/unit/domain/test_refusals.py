"""Refusals of several pieces: each reason once, with the pieces it is about."""

from __future__ import annotations

from typing import cast

from archive.domain.refusals import together
from archive.errors import Refused


def busy(n: int) -> Refused:
    return Refused("copy_is_shelved", rule="r", clause="c", code=f"KH-{n}")


def test_one_refusal_stays_as_it_is() -> None:
    one = busy(1)
    assert together([one]) is one


def test_pieces_refused_alike_are_named_together_up_to_five() -> None:
    found = together([busy(n) for n in range(1, 8)])
    assert (found.rule, found.clause) == ("r", "c")
    assert found.data["codes"] == [f"KH-{n}" for n in range(1, 8)]
    assert found.told_in("zh").startswith("KH-1、KH-2、KH-3、KH-4、KH-5 等 7 件 在架")
    assert found.told_in("en").startswith("KH-1, KH-2, KH-3, KH-4, KH-5 and 2 more: on the shelf")
    assert together([busy(1), busy(2)]).told_in("en").startswith("KH-1, KH-2: on the shelf")


def test_different_reasons_are_all_said() -> None:
    found = together([busy(1), Refused("copy_is_missing", code="KH-2"), busy(3)])
    assert found.key == "refused_each"
    assert "KH-1、KH-3 在架" in found.told_in("zh") and "KH-2 下落不明" in found.told_in("zh")
    first, second = cast("list[Refused]", found.data["refusals"])
    assert (first.data["codes"], second.data["code"]) == (["KH-1", "KH-3"], "KH-2")


def test_a_reason_that_names_no_piece_is_said_once() -> None:
    found = together([Refused("volume_empty", volume="01"), Refused("volume_empty", volume="01")])
    assert found.key == "volume_empty"
