"""What `dossier up` hands to the processes it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.cli import dossier
from archive.commands import up
from archive.config import Settings
from archive.errors import Unavailable
from workers.supervisor import Part, Supervisor


class Noting(Supervisor):
    """Notes what it should start, and starts nothing."""

    def __init__(self) -> None:
        super().__init__(Path(), lambda name, status: None)
        self.parts: list[Part] = []

    def start(self, part: Part) -> None:
        self.parts.append(part)


@pytest.mark.parametrize(
    ("named", "handed"),
    [
        (9400, {"worker": "9400", "scheduler": "9401", "watcher": "9402"}),
        (65535, {"worker": "65535", "scheduler": "0", "watcher": "0"}),
        (0, {"worker": "0", "scheduler": "0", "watcher": "0"}),
    ],
)
def test_no_two_processes_show_their_figures_on_one_port(named: int, handed: dict[str, str], tmp_path: Path) -> None:
    supervisor = Noting()
    up._start_work(supervisor, Settings(data=tmp_path, metrics_port=named))
    ports = {part.name: part.settings["DOSSIER_METRICS_PORT"] for part in supervisor.parts if part.settings}
    assert ports == handed


@pytest.mark.parametrize(("arguments", "setting"), [(["--port", "0"], "8400"), ([], "0")])
def test_a_free_port_is_taken_where_0_is_asked_for_or_set(
    arguments: list[str], setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOSSIER_PORT", setting)
    monkeypatch.setenv("DOSSIER_DATA", str(tmp_path))
    bound: list[int] = []

    def stop_there(host: str, port: int) -> None:
        bound.append(port)
        raise Unavailable("port_taken", host=host, port=port)

    monkeypatch.setattr(up, "_check_port", stop_there)
    with pytest.raises(Unavailable):
        dossier.main(["up", *arguments], standalone_mode=False)
    assert bound[0] not in (0, 8400)
