"""An index of a cluster that an older version made, or that is thrown away while somebody writes to it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from archive.bootstrap import build_whole
from archive.commands.index import command
from archive.domain.copy import Copy
from archive.domain.document import Page
from archive.domain.query import Is
from archive.domain.record import Record
from archive.errors import Conflict, Unavailable
from archive.services.rebuild import set_mark
from search.cluster import ClusterIndex
from search.cluster.bulk import Entry, write_all
from search.cluster.changes import counted
from search.cluster.connection import Cluster
from search.cluster.indices import Indices, create, current, put_template
from search.cluster.lock import Lock
from search.cluster.mapping import index_body, stored
from search.cluster.migration import migrate
from search.cluster.numbers import Numbers
from search.cluster.repair import put_aside
from search.cluster.rows import Row
from tests.contract.index_examples import WHOLE, copy, found, page, write
from tests.contract.index_places import Opened, silent
from tests.contract.index_processes import open_adapter

pytestmark = pytest.mark.needs("opensearch2")


def made_by_an_older_version(cluster: ClusterIndex, change: Any, kind: type[Record] = Copy) -> None:
    """The index of a kind, with what `change` does to the fields that an older version gave it."""
    body: Any = index_body(kind, cluster.cluster.settings)
    fields = body["mappings"]["properties"]
    change(fields if kind is Page else fields["found"]["properties"])
    client, names = cluster.cluster.client(), cluster.cluster.names
    put_template(client, names, kind, body)
    create(client, names, names.index(kind.kind, 1), kind, current=True)


def test_the_fields_of_a_newer_version_are_added(cluster: ClusterIndex, caplog: pytest.LogCaptureFixture) -> None:
    def lacks(fields: dict[str, Any]) -> None:
        del fields["borrower"], fields["title"], fields["title__chars"]

    made_by_an_older_version(cluster, lacks)
    assert cluster.create(copy("C1", borrower="zhao")).revision == 1
    assert [one.record.id for one in cluster.select(Copy, Is.of("borrower", "zhao"), WHOLE).records] == ["C1"]
    assert "found.borrower" in caplog.text and "dossier index migrate --kind copy" in caplog.text


def test_a_field_that_is_held_otherwise_asks_for_a_migration(cluster: ClusterIndex) -> None:
    made_by_an_older_version(cluster, lambda fields: fields.update(borrower={"type": "long"}))
    with pytest.raises(Unavailable) as refused:
        cluster.create(copy("C1", borrower="7"))
    assert refused.value.key == "index_outdated"
    assert "dossier index migrate --kind copy" in str(refused.value)
    migrate(cluster.cluster, Copy, keep_old=False, progress=silent)
    assert cluster.create(copy("C1", borrower="zhao")).revision == 1


def test_pages_without_the_words_of_this_version_ask_for_a_migration(cluster: ClusterIndex) -> None:
    def lacks(fields: dict[str, Any]) -> None:
        del fields["text_shingles"]

    made_by_an_older_version(cluster, lacks, Page)
    with pytest.raises(Unavailable) as refused:
        found(cluster, "施工")
    assert refused.value.key == "index_outdated" and "dossier index migrate --kind page" in str(refused.value)
    migrate(cluster.cluster, Page, keep_old=False, progress=silent)
    write(cluster, page("d", 1, "施工合同"))
    assert found(cluster, "施工") == {"d-1"}


def test_many_written_at_once_follow_an_index_that_is_made_anew_meanwhile(cluster: ClusterIndex) -> None:
    cluster.put([page("d", 1, "字")])
    indices, migrated = Indices(cluster.cluster), list[str]()

    def once_read(there: Row | None) -> int:
        if not migrated:
            migrated.append(migrate(cluster.cluster, Page, keep_old=False, progress=silent).new)
        return 1 if there is None else there.revision + 1

    new = page("d", 1, "后来的字", stamp=1)
    write_all(indices, Numbers(), [Entry(Page, new.id, once_read, lambda _, *about: stored(new, *about))], 20)
    assert current(cluster.cluster, Page) == migrated[0]
    assert cluster.get(Page, "d-1").record.text == "后来的字"


def test_a_migration_that_stood_still_for_too_long_does_not_take_the_writes_of_others(
    cluster: ClusterIndex, on_cluster: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = cluster.create(copy("C1"))
    writer, written = open_adapter("opensearch2", on_cluster.place), list[int]()

    def stands_still(cluster: Cluster, index: str) -> tuple[int, int]:
        if not written:
            written.append(writer.replace(copy("C1", note="written meanwhile"), made.token).revision)
        return counted(cluster, index)

    monkeypatch.setattr("search.cluster.lock.HOLDS_SECONDS", 0.0)  # it has run out whenever somebody looks
    monkeypatch.setattr("search.cluster.migration.counted", stands_still)
    with pytest.raises(Conflict) as late:
        migrate(cluster.cluster, Copy, keep_old=False, progress=silent)
    assert late.value.key == "migration_runs"
    assert cluster.get(Copy, "C1").record.note == "written meanwhile"
    writer.close()


def test_an_index_that_is_thrown_away_is_made_again(cluster: ClusterIndex) -> None:
    cluster.create(copy("C1"))
    client = cluster.cluster.client()
    client.indices.delete(index=current(cluster.cluster, Copy))
    assert cluster.create(copy("C2")).revision == 1
    assert cluster.count(Copy, Is.of("id", "C2"), WHOLE) == 1


def test_the_lock_is_given_back_after_a_migration(cluster: ClusterIndex) -> None:
    cluster.create(copy("C1"))
    migrate(cluster.cluster, Copy, keep_old=False, progress=silent)
    lock = Lock(cluster.cluster)
    lock.take()
    lock.give_back()


def test_ids_of_any_length_are_held(cluster: ClusterIndex) -> None:
    ids = ["长" * 170, "长" * 171, "长" * 1000]  # 510, 513 and 3000 bytes
    for id in ids:
        cluster.create(copy(id))
    assert list(cluster.get_many(Copy, ids)) == ids
    cluster.delete(Copy, ids[2], cluster.get(Copy, ids[2]).token)
    assert cluster.count(Copy, Is.of("state", "shelved"), WHOLE) == 2


def test_nothing_of_an_archive_that_was_never_written_to(cluster: ClusterIndex) -> None:
    told = cluster.health()
    assert (dict(told.records), told.bytes_on_disk, told.nodes) == ({}, 0, 1)


def test_what_a_machine_with_a_slower_clock_wrote_is_waited_for_too(cluster: ClusterIndex) -> None:
    seldom = cluster.cluster.settings.model_copy(update={"index_refresh_seconds": 600})
    other = ClusterIndex(seldom)
    other.put([page("d", 1, "先写")])
    assert other.refresh(time.time_ns() // 1000 + 10**9)  # of a write by a clock that goes ahead
    assert other.refresh(other.put([page("d", 2, "后写")]))
    assert found(other, "后写") == {"d-2"}
    other.close()


def test_no_process_of_a_deployment_starts_on_a_part_of_an_archive(cluster: ClusterIndex, tmp_path: Path) -> None:
    settings = cluster.cluster.settings.model_copy(update={"data": tmp_path})
    build_whole(settings).close()
    cluster.create(copy("C1"))
    set_mark(cluster, unfinished=True)
    with pytest.raises(Unavailable) as part:
        build_whole(settings)
    assert part.value.key == "rebuild_unfinished"
    set_mark(cluster, unfinished=False)
    build_whole(settings).close()


def test_a_cluster_that_is_away_keeps_no_process_from_starting(cluster: ClusterIndex, tmp_path: Path) -> None:
    away = {"data": tmp_path, "index": "http://127.0.0.1:9", "index_seconds": 1}
    build_whole(cluster.cluster.settings.model_copy(update=away)).close()


def test_the_command_migrates_what_there_is(
    cluster: ClusterIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.create(copy("C1"))
    settings = cluster.cluster.settings
    for name, value in (("DATA", str(tmp_path)), ("INDEX", settings.index), ("INDEX_PREFIX", settings.index_prefix)):
        monkeypatch.setenv(f"DOSSIER_{name}", value)
    done = CliRunner().invoke(command, ["migrate", "--kind", "copy", "--kind", "page"])
    assert (done.exit_code, done.exception) == (0, None)
    assert "page: 0 records, nothing to migrate" in done.output and "copy: 1 records" in done.output
    assert current(cluster.cluster, Copy).endswith("-000002")


def test_what_a_killed_migration_left_is_in_nobodys_way(cluster: ClusterIndex) -> None:
    cluster.create(copy("C1"))
    client, names = cluster.cluster.client(), cluster.cluster.names
    old, left = names.index(Copy.kind, 1), names.index(Copy.kind, 2)
    create(client, names, left, Copy, current=False)
    assert put_aside(cluster) == [old]
    assert current(cluster.cluster, Copy) == names.index(Copy.kind, 3)
    assert client.indices.exists(index=old) and client.indices.exists(index=left)
    assert cluster.create(copy("C1")).revision == 1
    assert migrate(cluster.cluster, Copy, keep_old=False, progress=silent).new == names.index(Copy.kind, 4)


def test_a_cluster_that_is_asked_for_its_other_nodes_is_spoken_to_all_the_same(cluster: ClusterIndex) -> None:
    other = ClusterIndex(cluster.cluster.settings.model_copy(update={"index_sniff": True}))
    other.create(copy("C1"))
    assert other.count(Copy, Is.of("id", "C1"), WHOLE) == 1
    assert other.cluster.product == "opensearch"
    other.close()
