"""What processes of this machine use, as the kernel tells it (Linux): memory and processor time.

Looks only; starts and ends nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _USED = 1, slice(11, 15)  # after the name: utime, stime, and those of children that have ended


def memory(pid: int, *, peak: bool = False) -> int:
    """Bytes of memory a process holds now, or held at most; 0 where it is gone."""
    wanted = "VmHWM:" if peak else "VmRSS:"
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted)), 0)


def processor_seconds(pids: Iterable[int]) -> float:
    """Processor time these processes have used so far, with that of their children that have ended."""
    return sum(sum(map(int, fields[_USED])) for fields in map(_fields, pids) if fields) / _TICKS


def family(pid: int) -> list[int]:
    """The process and all that it and its children have started and that live."""
    parents = {int(path.name): _fields(int(path.name)) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found = [pid]
    for one in found:
        found += [child for child, fields in parents.items() if fields and int(fields[_PARENT]) == one]
    return found


def wait_until_idle(pids: Callable[[], Iterable[int]], *, share: float = 0.25, patience: float = 120.0) -> bool:
    """Waits until the processes use less than `share` of a core for two seconds; False where they never do."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = processor_seconds(pids())
        time.sleep(2)
        if processor_seconds(pids()) - before < 2 * share:
            return True
    return False


def _fields(pid: int) -> list[str]:
    """The fields of `/proc/…/stat` behind the name, which may itself hold blanks; none where the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []
