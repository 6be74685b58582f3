"""What `dossier up` hands to the processes it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.commands import up
from archive.config import Settings
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
