"""One dossier a data folder, one program a port."""

from __future__ import annotations

from pathlib import Path

from tests.faults.conftest import Office


def test_a_second_dossier_on_the_same_data_says_so_and_stops(office: Office) -> None:
    office.start()
    second = office.run("up", "--port", "0")
    assert second.returncode == 6
    assert office.address in second.stderr
    assert office.told("status")["running"] is True
    assert office.stop() == 0


def test_a_dossier_can_be_started_again_after_it_stopped(office: Office) -> None:
    office.start()
    assert office.stop() == 0
    assert office.told("status")["running"] is False
    office.start()
    assert office.stop() == 0


def test_a_port_in_use_is_told_and_nothing_is_started(office: Office, tmp_path: Path) -> None:
    office.start()
    other = Office(tmp_path / "other")
    second = other.run("up", "--port", office.address.rpartition(":")[2])
    assert second.returncode == 5
    assert office.address.rpartition(":")[2] in second.stderr
    assert not (other.data / "logs").exists()


def test_a_data_folder_with_a_very_long_path_works(tmp_path: Path) -> None:
    office = Office(tmp_path / "/".join(["a-folder-with-a-long-name"] * 6))
    office.start()
    try:
        assert office.told("status")["queue"] == 0
    finally:
        assert office.stop() == 0
