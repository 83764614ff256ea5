"""Start a command that cannot outlive the process that started it.

The command line made by `tethered()` runs this very file as a small launcher: it drops to another user if
asked, asks the kernel for a signal at its parent's death (Linux: prctl(2), PR_SET_PDEATHSIG), and then
becomes the command. A launcher is used instead of `preexec_fn`, which is unsafe in a threaded program.
The file imports nothing of the project so that it also runs alone.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1
_OWN_USER = "-"


@dataclass(frozen=True, slots=True)
class Account:
    """The numeric user and group of the operating system that a command runs as."""

    uid: int
    gid: int


def tethered(command: Sequence[str], at_death: signal.Signals, account: Account | None = None) -> list[str]:
    """Return the argv that runs `command` and sends it `at_death` when this process ends, however it ends.

    The kernel watches the *thread* that starts the process: start it from one that lives as long as the
    program. Outside Linux the command runs untethered. `account` needs root.
    """
    user = f"{account.uid}:{account.gid}" if account else _OWN_USER
    parent = str(os.getpid())
    return [sys.executable, "-I", "-S", __file__, parent, str(int(at_death)), user, *command]


def _become(user: str) -> None:
    uid, gid = (int(part) for part in user.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _tie(parent: int, at_death: int) -> None:
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, at_death, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) was refused")
    if os.getppid() != parent:  # the parent ended before the tie was made
        os.kill(os.getpid(), signal.SIGKILL)


def main(argv: Sequence[str]) -> None:
    """Become the command described by `argv` (parent pid, signal number, user or "-", command…)."""
    parent, at_death, user, *command = argv
    if user != _OWN_USER:
        _become(user)
    _tie(int(parent), int(at_death))  # after the change of user, which would undo it
    os.execvp(command[0], command)  # noqa: S606 - the command line is the project's own


if __name__ == "__main__":
    main(sys.argv[1:])
