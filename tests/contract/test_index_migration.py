"""An index of a cluster is made anew while others write, and records move between indexes: nothing lost or doubled."""

from __future__ import annotations

import json
import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from archive.domain.copy import Copy
from archive.domain.document import Page
from archive.domain.kinds import RebuildMark
from archive.domain.query import Anything, Contains, Is
from archive.domain.record import Record
from archive.errors import ArchiveError, Conflict, Refused, Unavailable
from archive.ports import Index
from archive.services import moving
from search.cluster import ClusterIndex, migration, numbers
from search.cluster.indices import current
from search.cluster.lock import Lock
from search.cluster.migration import migrate
from tests.contract.index_examples import WHOLE, ask, copy, document, dossier, found, page, user, write
from tests.contract.index_places import Opened, silent
from tests.contract.index_processes import open_adapter

pytestmark = pytest.mark.needs("opensearch2")

WRITERS = 3


def anew(index: ClusterIndex, kind: type[Record] = Copy, *, keep_old: bool = False) -> str:
    """Makes the index of a kind anew; its name."""
    return migrate(index.cluster, kind, keep_old=keep_old, progress=silent).new


# --- migration --------------------------------------------------------------------------------------------------------


def test_records_pages_and_deletions_are_the_same_after_a_migration(cluster: ClusterIndex) -> None:
    write(cluster, page("d", 1, "第一页 施工合同"), page("d", 2, "第二页"))
    kept = cluster.replace(copy("C1", note="twice"), cluster.create(copy("C1")).token)
    cluster.delete(Copy, "C2", cluster.create(copy("C2", title="要删的")).token)
    made = [migrate(cluster.cluster, kind, keep_old=False, progress=silent) for kind in (Copy, Page)]
    assert [(one.records, one.deletions, one.dropped) for one in made] == [(1, 1, True), (2, 0, True)]
    read = cluster.get(Copy, "C1")
    assert (read.record, read.revision, read.seq) == (kept.record, 2, kept.seq)
    assert [(id, revision) for id, revision, _ in cluster.deleted(Copy, 0)] == [("C2", 2)]
    assert cluster.create(copy("C2")).revision == 3
    assert found(cluster, "施工合同") == {"d-1"}
    assert [one.record.id for one in cluster.select(Copy, Contains("title", "第一"), WHOLE).records] == ["C1", "C2"]


def test_a_token_read_before_a_migration_is_good_after_it(cluster: ClusterIndex) -> None:
    before, moved_on = cluster.create(copy("C1")), cluster.create(copy("C2"))
    cluster.replace(copy("C2", note="mine"), moved_on.token)
    anew(cluster)
    assert cluster.replace(copy("C1", note="after"), before.token).revision == 2
    with pytest.raises(Conflict):
        cluster.replace(copy("C2", note="yours"), moved_on.token)
    assert cluster.get(Copy, "C2").record.note == "mine"


def test_the_old_index_is_kept_where_asked_and_used_by_nobody(cluster: ClusterIndex) -> None:
    cluster.create(copy("C1"))
    old = current(cluster.cluster, Copy)
    anew(cluster, keep_old=True)
    cluster.create(copy("C2"))
    client = cluster.cluster.client()
    client.indices.refresh(index=f"{old},{current(cluster.cluster, Copy)}")
    assert client.count(index=old)["count"] == 1
    assert client.count(index=current(cluster.cluster, Copy))["count"] == 2


def test_a_new_number_of_shards_comes_by_migration(cluster: ClusterIndex, on_cluster: Opened) -> None:
    write(cluster, *[page("d", n, f"第{n}页 共同的字") for n in range(1, 30)])
    more = cluster.cluster.settings.model_copy(update={"index_shards": 3})
    other = ClusterIndex(more)
    new = anew(other, Page)
    held = other.cluster.client().indices.get_settings(index=new)[new]["settings"]["index"]
    assert held["number_of_shards"] == "3"
    assert ask(cluster, "共同的字").pages == 29
    other.close()


def write_on(place: str, name: str, stop: Event, told: Any) -> None:
    """Creates, lends and deletes copies until it is told to stop; tells what was acknowledged."""
    index = open_adapter("opensearch2", place)
    made: list[str] = []
    counted, faults = 0, []
    while not stop.is_set():
        try:
            id = f"{name}{len(made)}"
            index.create(copy(id))
            made.append(id)
            shared = index.get(Copy, "shared")
            index.replace(shared.record.model_copy(update={"loans": shared.record.loans + 1}), shared.token)
            counted += 1
        except Conflict:
            continue
        except ArchiveError as fault:
            faults.append(str(fault))
    index.close()
    told.put((made, counted, faults))


def test_nothing_is_lost_or_doubled_while_others_write(cluster: ClusterIndex, on_cluster: Opened) -> None:
    cluster.create(copy("shared"))
    ways = multiprocessing.get_context("spawn")
    stop, told = ways.Event(), ways.Queue()
    writers = [ways.Process(target=write_on, args=(on_cluster.place, f"w{n}-", stop, told)) for n in range(WRITERS)]
    for one in writers:
        one.start()
    while cluster.count(Copy, Anything(), WHOLE) < 20:
        time.sleep(0.1)
    for _ in range(2):
        anew(cluster)
    stop.set()
    said = [told.get(timeout=60) for _ in writers]
    for one in writers:
        one.join()
    made = [id for ids, _, _ in said for id in ids]
    assert [faults for _, _, faults in said] == [[]] * WRITERS
    assert set(cluster.get_many(Copy, made)) == set(made)
    assert cluster.count(Copy, Anything(), WHOLE) == len(made) + 1
    assert cluster.get(Copy, "shared").record.loans == sum(counted for _, counted, _ in said)


def test_a_write_by_a_clock_far_behind_is_not_lost(cluster: ClusterIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """It arrives after both were compared, and its number is older than everything looked at again by number."""
    now, copied, late = time.time_ns(), migration._copy_again, []
    monkeypatch.setattr(numbers, "time", SimpleNamespace(time_ns=lambda: now - 3600 * 10**9))
    read = cluster.create(copy("C1"))

    def copied_then_written(*given: Any) -> None:
        copied(*given)
        if not late:
            late.append(cluster.replace(copy("C1", note="late"), read.token))

    monkeypatch.setattr(migration, "_copy_again", copied_then_written)
    anew(cluster)
    assert cluster.get(Copy, "C1").record.note == "late"
    assert cluster.get(Copy, "C1").revision == 2


def test_one_migration_runs_at_a_time(cluster: ClusterIndex) -> None:
    cluster.create(copy("C1"))
    lock = Lock(cluster.cluster)
    lock.take()
    with pytest.raises(Conflict) as refused:
        anew(cluster)
    assert refused.value.key == "migration_runs"
    lock.give_back()
    assert anew(cluster).endswith("-000002")


def test_a_migration_that_fails_leaves_the_old_index_in_use(
    cluster: ClusterIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.create(copy("C1"))
    old = current(cluster.cluster, Copy)
    monkeypatch.setattr("search.cluster.migration.counted", lambda cluster, index: (index == old, 0))
    with pytest.raises(Unavailable) as failed:
        anew(cluster)
    assert failed.value.key == "migration_differs"
    assert current(cluster.cluster, Copy) == old
    assert cluster.replace(copy("C1", note="on"), cluster.get(Copy, "C1").token).revision == 2


def test_writers_go_on_where_a_migration_was_killed_while_it_held_them_back(cluster: ClusterIndex) -> None:
    made = cluster.create(copy("C1"))
    cluster.put([page("d", 1, "字")])
    client = cluster.cluster.client()
    for kind in (Copy, Page):
        client.indices.add_block(index=current(cluster.cluster, kind), block="write")
    assert cluster.replace(copy("C1", note="on"), made.token).revision == 2
    assert cluster.put([page("d", 2, "字")]) > 0


# --- moving -----------------------------------------------------------------------------------------------------------


def fill(index: Index) -> None:
    """A little of everything that is awkward to move: several revisions, deletions, pages, a scheme's own fields."""
    read = index.create(copy("C1"))
    for note in ("一", "二", "三"):
        read = index.replace(copy("C1", note=note), read.token)
    index.delete(Copy, "gone", index.create(copy("gone")).token)
    index.create(user("zhao", roles=("reader", "manager")))
    index.create(dossier("D1", fields={"customer_t": "澄江玻璃厂", "lines_n": 300}))
    index.create(document("d"))
    index.put([page("d", n, f"第{n}页 施工合同", stamp=3) for n in range(1, 451)])


def buried(index: Index) -> Iterator[tuple[str, int]]:
    """The deletions of copies, with their revisions."""
    return ((id, revision) for id, revision, _ in index.deleted(Copy, 0))


def test_an_archive_moves_to_a_cluster_and_back(cluster: ClusterIndex, tmp_path: Path) -> None:
    left, back = (open_adapter("embedded", str(tmp_path / name)) for name in ("left", "back"))
    fill(left)
    for source, target in ((left, cluster), (cluster, back)):
        moved = moving.move(source, target, silent)
        assert moved.differing == []
        assert {kind: one.records for kind, one in moved.kinds.items() if one.records} == {
            "copy": 1, "user": 1, "dossier": 1, "document": 1, "page": 450,
        }  # fmt: skip
        assert moved.kinds["copy"].deletions == 1
        assert target.get(Copy, "C1").record.note == "三"
        assert target.get(Copy, "C1").revision == 4
        assert list(buried(target)) == list(buried(source)) == [("gone", 2)]
        last = max(read.seq for read in target.changes(Page, 0))
        assert target.refresh(last, wait=30)
        assert ask(target, "施工合同").pages == 450
    left.close()
    back.close()


def test_a_move_that_was_broken_off_is_gone_on_with(cluster: ClusterIndex, tmp_path: Path) -> None:
    left = open_adapter("embedded", str(tmp_path / "left"))
    fill(left)
    kept: dict[str, int] = {}

    def note(positions: moving.Positions) -> None:
        kept.update(json.loads(json.dumps(positions)))
        if positions.get("page"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moving.move(left, cluster, silent, None, note)
    assert cluster.get(RebuildMark, "index").record.unfinished
    assert 0 < cluster.health().records["page"] < 450
    assert moving.move(left, cluster, silent, kept).differing == []
    assert not cluster.get(RebuildMark, "index").record.unfinished
    assert cluster.count(Page, Is.of("document", "d"), WHOLE) == 450
    left.close()


def test_what_the_target_lacks_or_has_otherwise_is_named(cluster: ClusterIndex, tmp_path: Path) -> None:
    left = open_adapter("embedded", str(tmp_path / "left"))
    fill(left)
    moving.move(left, cluster, silent)
    cluster.replace(copy("C1", note="写进去的"), cluster.get(Copy, "C1").token)
    assert moving.sum_of(left, Copy) != moving.sum_of(cluster, Copy)
    assert moving.sum_of(left, Page) == moving.sum_of(cluster, Page)
    left.close()


def test_nothing_is_moved_over_another_archive(cluster: ClusterIndex, tmp_path: Path) -> None:
    left = open_adapter("embedded", str(tmp_path / "left"))
    fill(left)
    cluster.create(user("somebody"))
    with pytest.raises(Refused) as refused:
        moving.move(left, cluster, silent)
    assert refused.value.key == "target_not_empty"
    assert cluster.health().records == {"user": 1}
    left.close()
