"""What the broker remembers of our messages, and since when.

A broker that was killed, emptied or replaced may have lost messages, and it may be back before anybody has looked.
So a mark is left in it that names this run of it: a broker that runs under another name, or has no mark, began anew.
Decides nothing: the sweeper sends again what may be lost.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

MARK = "dossier.memory"
AHEAD = timedelta(minutes=1)  # so far one machine's clock may be ahead of another's


def lost_before(client: Any) -> datetime:
    """The moment before which messages may be lost: when it was first noticed that the broker began anew, or told
    that a message could not be sent. A moment that is yet to come was noted by a clock that was wrong: all that was
    sent since would be taken for lost until then, so it is noted anew."""
    run = client.info("server")["run_id"]
    mark = client.get(MARK)
    if mark is not None:
        known = json.loads(mark)
        since = datetime.fromisoformat(known["since"])
        if known["run"] == run and since <= datetime.now(UTC) + AHEAD:
            return since
    return note_loss(client)


def note_loss(client: Any) -> datetime:
    """Leaves the mark that everything sent before now may be lost."""
    now = datetime.now(UTC)
    client.set(MARK, json.dumps({"run": client.info("server")["run_id"], "since": now.isoformat()}))
    return now
