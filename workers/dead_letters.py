"""Messages that could not be done, kept at the broker with the reason until somebody looks.

They are told so that a person sees what is stuck and why. What there is to do stands in the intake jobs, so a broker
that loses them loses no work.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from archive.errors import NotFound
from archive.ports import DeadLetter
from workers.messages import PRIORITIES

KEY = "dossier.dead"
MOST = 1000  # more are only logged: they say nothing new, and the broker's memory is for messages
LONGEST_DETAIL = 500  # characters

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What was sent, as it can be sent again."""

    name: str
    args: Sequence[Any]
    priority: int = PRIORITIES[5]


def keep(client: Any, message: Message, reason: str, detail: str) -> None:
    """Keeps a message with the key of the sentence that says why; one that is kept already counts once more."""
    id = _id(message)
    before = client.hget(KEY, id)
    if before is None and client.hlen(KEY) >= MOST:
        log.error("too many dead letters, not kept: %s%s %s %s", message.name, message.args, reason, detail)
        return
    known: dict[str, Any] = json.loads(before) if before else {"since": datetime.now(UTC).isoformat(), "tries": 0}
    told = {
        "name": message.name,
        "args": list(message.args),
        "priority": message.priority,
        "reason": reason,
        "detail": detail[:LONGEST_DETAIL],
        "since": known["since"],
        "tries": known["tries"] + 1,
    }
    client.hset(KEY, id, json.dumps(told, ensure_ascii=False, default=str))


def all_kept(client: Any) -> list[DeadLetter]:
    """Those kept, oldest first."""
    found = (_letter(id.decode(), json.loads(text)) for id, text in client.hgetall(KEY).items())
    return sorted(found, key=lambda letter: letter.since)


def message_of(client: Any, id: str) -> Message:
    """What can be sent again. Raises NotFound."""
    text = client.hget(KEY, id)
    if text is None:
        raise NotFound("not_found", what=id)
    told = json.loads(text)
    return Message(told["name"], told["args"], told["priority"])


def drop(client: Any, id: str) -> None:
    client.hdel(KEY, id)


def drop_done(client: Any, message: Message) -> None:
    """Drops the letter of a message that has been done after all."""
    client.hdel(KEY, _id(message))


def _id(message: Message) -> str:
    told = json.dumps([message.name, list(message.args)], ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _letter(id: str, told: dict[str, Any]) -> DeadLetter:
    first = told["args"][0] if told["args"] else ""
    return DeadLetter(
        id=id,
        step=told["name"].removeprefix("dossier."),
        about=first if isinstance(first, str) else "",
        reason=told["reason"],
        detail=told["detail"],
        since=datetime.fromisoformat(told["since"]),
        tries=told["tries"],
    )
