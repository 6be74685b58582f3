"""A lending desk whose records lie on a cluster: the people and the dossier that the tests of lending have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from archive.bootstrap import OfficeClock
from archive.config import Settings
from archive.ports import Ports
from ingest.scan_store import LocalScanStore
from search.cluster import open_cluster
from tests.unit.services.conftest import ROLES, HandClock, make_dossier, make_person, make_ports


def desk_on(settings: Settings, folder: Path) -> Ports:
    """The ports of `settings`, with a dossier of two volumes and a person of each role; `folder` is for what is not
    used of them."""
    bare = make_ports(folder / "unused", HandClock())
    bare.index.close()
    made = replace(
        bare,
        index=open_cluster(settings),
        store=LocalScanStore(settings.data / "store"),
        clock=OfficeClock(settings.zone),
        settings=settings,
    )
    for login, (name, role) in ROLES.items():
        make_person(made, login, name, role)
    make_dossier(made)
    return made
