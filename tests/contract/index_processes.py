"""What the tests of the index let other processes do: `python -m tests.contract.index_processes ADAPTER PLACE WHAT …`.

Each prints "ready" and waits for a line. With `together` several do, as many as are given as JSON, each in a process of
its own; they begin at once, and what they say is printed as JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import threading
import time
from pathlib import Path

from archive.config import Settings
from archive.domain.copy import Copy
from archive.errors import Conflict, Unavailable
from archive.ports import Index
from search.cluster import open_cluster
from search.embedded import EmbeddedIndex, open_index
from tests.contract.index_examples import copy, page, user

REFRESH = 0.2  # seconds


def open_adapter(adapter: str, place: str) -> Index:
    """The index the tests use: the embedded one in the folder `place`, else the cluster at `URL|PREFIX`."""
    if adapter == "embedded":
        return open_index(Path(place))
    url, _, prefix = place.partition("|")
    return open_cluster(Settings(index=url, index_prefix=prefix, index_refresh_seconds=REFRESH))


def say(what: str) -> None:
    """Tells the test."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def lend_once(index: Index, code: str, who: str) -> str:
    """Lends a copy if it is on the shelf when it is read."""
    read = index.get(Copy, code)
    if read.record.state != "shelved":
        return "out"
    try:
        index.replace(read.record.model_copy(update={"state": "out", "borrower": who}), read.token)
    except Conflict:
        return "conflict"
    return "lent"


def count_up(index: Index, code: str, times: int) -> str:
    """Adds one to a copy's loans so many times, reading it again whenever somebody was faster."""
    done = 0
    while done < times:
        read = index.get(Copy, code)
        try:
            index.replace(read.record.model_copy(update={"loans": read.record.loans + 1}), read.token)
        except Conflict:
            continue
        done += 1
    return "done"


def create_all(index: Index, number: int, who: str) -> str:
    """Creates the same ids as the others do; says how many were won."""
    won = 0
    for n in range(number):
        try:
            index.create(user(f"u{n}", department=who))
        except Conflict:
            continue
        won += 1
    return str(won)


def write_pages(index: Index, name: str, documents: int) -> str:
    """Writes documents of ten pages."""
    last = 0
    for n in range(documents):
        last = index.put([page(f"{name}{n}", k, f"第{k}页 共同的字 {name}") for k in range(1, 11)])
    return str(index.refresh(last, wait=60))


def write_and_end(index: Index) -> str:
    """Writes a page and leaves at once, without waiting for it to be searchable."""
    return str(index.put([page("left", 1, "留下的一页")]))


def follow_forever(index: Index) -> str:
    """Makes pages searchable until it is killed."""
    assert isinstance(index, EmbeddedIndex)
    index.follow(threading.Event())
    return "ended"


def write_slowly(index: Index) -> str:
    """Holds the writers' lock for two seconds in the middle of a write."""
    assert isinstance(index, EmbeddedIndex)
    with index._database.writing() as connection:
        connection.execute("UPDATE about SET value = value + 1 WHERE name = 'seq'")
        say("holding")
        time.sleep(2)
    return "done"


def make_copy(index: Index) -> str:
    """One more record."""
    try:
        index.create(copy("made-later"))
    except Unavailable as fault:
        return fault.key
    return "made"


WAYS = {
    "lend": lambda index, rest: lend_once(index, rest[0], rest[1]),
    "count": lambda index, rest: count_up(index, rest[0], int(rest[1])),
    "create": lambda index, rest: create_all(index, int(rest[0]), rest[1]),
    "pages": lambda index, rest: write_pages(index, rest[0], int(rest[1])),
    "leave": lambda index, rest: write_and_end(index),
    "follow": lambda index, rest: follow_forever(index),
    "hold": lambda index, rest: write_slowly(index),
    "copy": lambda index, rest: make_copy(index),
}


def do_together(adapter: str, place: str, ways: list[list[str]]) -> list[str]:
    """What processes say that do these things at once. They are forked off this one, which saves loading all anew."""
    forked = multiprocessing.get_context("fork")
    barrier = forked.Barrier(len(ways))
    pipes = [forked.Pipe(duplex=False) for _ in ways]

    def do(number: int) -> None:
        opened = open_adapter(adapter, place)
        barrier.wait()
        pipes[number][1].send(WAYS[ways[number][0]](opened, ways[number][1:]))

    processes = [forked.Process(target=do, args=(number,)) for number in range(len(ways))]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    if any(one.exitcode for one in processes):
        sys.exit("one of them failed")
    return [receiving.recv() for receiving, _ in pipes]


if __name__ == "__main__":
    if sys.argv[3] == "together":
        say(json.dumps(do_together(sys.argv[1], sys.argv[2], json.loads(sys.argv[4]))))
        sys.exit()
    opened = open_adapter(sys.argv[1], sys.argv[2])
    say("ready")
    sys.stdin.readline()
    say(WAYS[sys.argv[3]](opened, sys.argv[4:]))
