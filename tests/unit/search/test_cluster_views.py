"""The lists of one screen ask a cluster once to look again, and never miss what this process wrote."""

from __future__ import annotations

import time

import pytest

from search.cluster import views
from search.cluster.views import Views


def looked(made: Views, kind: str) -> None:
    made.end(kind, made.begin(kind))


def test_what_was_looked_at_a_moment_ago_is_young() -> None:
    made = Views()
    assert not made.is_young("copy")
    looked(made, "copy")
    assert made.is_young("copy") and not made.is_young("user")


def test_a_write_of_ones_own_makes_its_kind_old_at_once() -> None:
    made = Views()
    looked(made, "copy")
    looked(made, "user")
    made.wrote("copy")
    assert not made.is_young("copy") and made.is_young("user")


def test_a_write_while_the_cluster_looks_is_not_taken_for_seen() -> None:
    made = Views()
    begun = made.begin("copy")
    made.wrote("copy")
    made.end("copy", begun)
    assert not made.is_young("copy")


def test_a_look_that_ends_late_does_not_hide_a_newer_one() -> None:
    made = Views()
    early = made.begin("copy")
    made.wrote("copy")
    looked(made, "copy")
    made.end("copy", early)
    assert made.is_young("copy")


def test_what_others_write_is_missed_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Views()
    looked(made, "copy")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + views.YOUNG)
    assert not made.is_young("copy")
