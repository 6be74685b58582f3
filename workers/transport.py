"""Kombu's Redis transport, with what it lacks when the broker is away for a moment. Knows nothing of the archive."""

from __future__ import annotations

from typing import Any

from kombu import transport
from kombu.transport import redis, virtual

forget: Any = virtual.QoS.ack  # of Kombu's own account, not at the broker


class LettingGo(redis.QoS):
    """What a worker holds. A message that could not be acknowledged is let go of all the same.

    Kombu 5.7 keeps it among the messages under way. A worker all of whose processes ended their task while the broker
    was away has then used up what it may hold: it takes no message any more, and because it does not ask for one it
    does not even notice that its connection is gone. The message itself is still at the broker and is given out again.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]
        except self.channel.connection_errors:
            forget(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        try:
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]
        except self.channel.connection_errors:
            forget(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = LettingGo


class Transport(redis.Transport):
    Channel = Channel


def install() -> None:
    """From now on connections to a Redis are made with this transport."""
    ours = f"{__name__}:{Transport.__name__}"
    aliases: dict[str, Any] = transport.TRANSPORT_ALIASES
    aliases.update(redis=ours, rediss=ours)
