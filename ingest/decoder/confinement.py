"""The limits a child puts on itself before it touches a file. Linux only; nothing here opens a file."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_libc = ctypes.CDLL(None, use_errno=True)
SLACK = 64 * 2**20  # bytes a file in memory may have beyond what is expected of it


def confine(parent: int, memory: int, seconds: float, largest_file: int) -> None:
    """Binds this process to `memory` bytes of address space, `seconds` of CPU and `largest_file` bytes for anything
    it writes; it dies with the process `parent`, leaves no core file and can gain no rights."""
    os.setpgid(0, 0)  # so that it can be killed with all it may have started
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if os.getppid() != parent:  # it died before the line above
        os._exit(1)
    cpu = math.ceil(seconds) + 1
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_DATA, memory)
    _limit(resource.RLIMIT_CPU, cpu)
    _limit(resource.RLIMIT_FSIZE, largest_file + SLACK)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(what: int, wanted: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(what, (value, value))


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
