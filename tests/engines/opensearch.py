"""Real OpenSearch nodes: one alone, or a cluster of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.engines.jars import HERE, OPENSEARCH_2, Release, folder_of, java_for
from tests.engines.processes import Server, ask, free_ports

# As OpenSearch's own file of options has it: without, the collector is so late that requests are refused for want of
# memory although nearly all of it could be freed.
COLLECTOR = ("-XX:+UseG1GC", "-XX:G1ReservePercent=25", "-XX:InitiatingHeapOccupancyPercent=30")
QUICK = ("-XX:TieredStopAtLevel=1", "-Dorg.apache.logging.log4j.level=WARN")  # ready sooner, on few cores


@dataclass
class Node:
    """One node, and where it answers."""

    name: str
    url: str
    server: Server

    def is_ready(self, nodes: int = 1) -> bool:
        """Whether it answers, in a cluster of so many nodes."""
        health = ask(f"{self.url}/_cluster/health?wait_for_nodes={nodes}&timeout=1s", seconds=5)
        return health is not None and not health["timed_out"]


def node(folder: Path, release: Release = OPENSEARCH_2, *, heap: str = "512m") -> Node:
    """A node alone, not started yet."""
    http, transport = free_ports(2)
    return _node("alone", folder, release, http, transport, seeds="-", heap=heap, nodes=1)


class Cluster:
    """Nodes of one cluster. Each can be killed and started again; `manager` is the elected one."""

    def __init__(self, folder: Path, release: Release = OPENSEARCH_2, *, size: int = 3, heap: str = "384m") -> None:
        names = [f"n{n}" for n in range(1, size + 1)]
        ports = free_ports(2 * size)
        seeds = ",".join(f"{name}=127.0.0.1:{port}" for name, port in zip(names, ports[size:], strict=True))
        self.nodes = {
            name: _node(name, folder / name, release, ports[n], ports[size + n], seeds=seeds, heap=heap, nodes=size)
            for n, name in enumerate(names)
        }

    @property
    def url(self) -> str:
        """All addresses, with commas between."""
        return ",".join(one.url for one in self.nodes.values())

    def start(self) -> None:
        """Starts all nodes and waits until they have found each other."""
        for one in self.nodes.values():
            one.server.start()
        for one in self.nodes.values():
            one.server.wait()

    def manager(self) -> Node:
        """The node that the others have elected."""
        for one in self._living():
            told = ask(f"{one.url}/_cat/cluster_manager?format=json")
            if told:
                return self.nodes[told[0]["node"]]
        raise AssertionError("no node names a manager")

    def is_whole(self) -> bool:
        """Whether every node is there and every copy of every shard in its place."""
        nodes = len(self.nodes)
        wanted = f"wait_for_status=green&wait_for_nodes={nodes}&wait_for_no_initializing_shards=true&timeout=60s"
        return any(
            health is not None and not health["timed_out"]
            for one in self._living()
            for health in (ask(f"{one.url}/_cluster/health?{wanted}", seconds=70),)
        )

    def kill(self) -> None:
        """Ends all nodes at once."""
        for one in self.nodes.values():
            one.server.kill()

    def tail(self) -> str:
        """The ends of the nodes' logs."""
        return "\n".join(f"--- {one.name}\n{one.server.tail()}" for one in self.nodes.values())

    def _living(self) -> Sequence[Node]:
        return [one for one in self.nodes.values() if one.server.process and one.server.process.poll() is None]


def _node(
    name: str, folder: Path, release: Release, http: int, transport: int, *, seeds: str, heap: str, nodes: int
) -> Node:
    memory = (f"-Xms{heap}", f"-Xmx{heap}")
    jars = ("-cp", f"{folder_of(release)}/*", str(HERE / "OpenSearchNode.java"))
    about = (name, str(folder / "node"), str(http), str(transport), seeds)
    command = (java_for(release), *memory, *COLLECTOR, *QUICK, *jars, *about)
    made = Node(name, f"http://127.0.0.1:{http}", Server(f"OpenSearch {release.version}", command, folder, bool))
    made.server.is_ready = partial(made.is_ready, nodes)
    return made
