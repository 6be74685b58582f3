"""What the broker remembers of our messages, and since when.

A broker that was killed, emptied or replaced may have lost messages, and it may be back before anybody has looked.
So a mark is left in it that names this run of it: a broker that runs under another name, or has no mark, began anew.
Decides nothing: the sweeper sends again what may be lost.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

MARK = "dossier.memory"


def lost_before(client: Any) -> datetime:
    """The moment before which messages may be lost: when it was first noticed that the broker began anew, or told
    that a message could not be sent."""
    run = client.info("server")["run_id"]
    mark = client.get(MARK)
    if mark is not None:
        known = json.loads(mark)
        if known["run"] == run:
            return datetime.fromisoformat(known["since"])
    return note_loss(client)


def note_loss(client: Any) -> datetime:
    """Leaves the mark that everything sent before now may be lost."""
    now = datetime.now(UTC)
    client.set(MARK, json.dumps({"run": client.info("server")["run_id"], "since": now.isoformat()}))
    return now
