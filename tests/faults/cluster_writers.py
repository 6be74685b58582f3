"""Writers in processes of their own, on one cluster: `-m tests.faults.cluster_writers INDEX PREFIX NAME JOURNAL`.

Each creates copies, counts their loans up and writes pages until its standard input ends, and keeps a journal of what
was acknowledged and of what the cluster could not answer.
"""

from __future__ import annotations

import json
import select
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from archive.config import Settings
from archive.domain.copy import Copy
from archive.errors import Conflict, Unavailable
from archive.ports import Index
from search.cluster import open_cluster
from tests.contract.index_examples import copy, page


def settings_of(index: str, prefix: str) -> Settings:
    """How writers and the test open the cluster; a page lies on any node."""
    return Settings(index=index, index_prefix=prefix, index_shards=3, index_seconds=20)


@dataclass
class Writer:
    """One writer. Whatever it does it does as the archive's services do: read, decide, write conditionally."""

    name: str
    index: Index
    journal: TextIO

    def write(self, number: int) -> None:
        """A copy, two loans of it and a page."""
        id = f"{self.name}-{number}"
        self._tell("create", id, lambda: self.index.create(copy(id)))
        for _ in range(2):
            self._tell("count", id, lambda: self._count_up(id))
        self._tell("page", id, lambda: self.index.put([page(id, 1, f"共同的字 {self.name}")]))

    def _count_up(self, id: str) -> None:
        read = self.index.get(Copy, id)
        self.index.replace(read.record.model_copy(update={"loans": read.record.loans + 1}), read.token)

    def _tell(self, what: str, id: str, do: Any) -> None:
        """Does it until it is done, and notes each try."""
        while True:
            begun = time.time()
            try:
                do()
                outcome = "done"
            except Unavailable as fault:
                outcome = fault.key  # it may have been done all the same
            except Conflict as fault:
                outcome = fault.key  # only what was done before, without an answer, can be in the way: ids are our own
            self.journal.write(json.dumps([what, id, outcome, begun, time.time()]) + "\n")
            self.journal.flush()
            if outcome in ("done", "exists"):
                return


if __name__ == "__main__":
    at, prefix, name, path = sys.argv[1:]
    with Path(path).open("w", encoding="utf-8") as journal:
        writer = Writer(name, open_cluster(settings_of(at, prefix)), journal)
        number = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            writer.write(number)
            number += 1
