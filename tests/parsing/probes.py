"""Readers that misbehave on purpose, run in the same confined child as the real ones."""

import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from handoff_portal.adapters.parsing.wire import CannotRead, Parser, Wire


def misbehave(order: bytes) -> str:
    """Do what the first word says."""
    word, _, rest = order.partition(b" ")
    return _DEEDS[word.decode()](rest.decode())


def _end(code: str) -> str:
    os._exit(int(code or 3))


def _burn(_: str) -> str:
    while True:
        pass


def _sleep(seconds: str) -> str:
    time.sleep(float(seconds))
    return "awake"


def _hoard(_: str) -> str:
    return str(len(bytearray(2 << 30)))


def _dive(_: str) -> str:
    return _dive(_)


def _refuse(why: str) -> str:
    raise CannotRead(why)


def _write(_: str) -> str:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"secret")
    return "written"


def _connect(_: str) -> str:
    with socket.socket() as wire:
        return str(wire.fileno())


def _reopen(_: str) -> str:
    os.close(2)  # its number is free now
    return str(os.open("/etc/passwd", os.O_RDONLY))


def _fork(_: str) -> str:
    return str(os.fork())


def _chatter(size: str) -> str:
    return "x" * int(size)


def _garble(_: str) -> str:
    os.write(sys.stdout.fileno(), b"\x00" * 7 + b"\x04" + b"what")
    return "said"


def _surroundings(_: str) -> str:
    return f"{sorted(os.environ)} {Path.cwd()} {os.getpid()}"


_DEEDS: dict[str, Callable[[str], str]] = {
    "end": _end,
    "burn": _burn,
    "sleep": _sleep,
    "hoard": _hoard,
    "dive": _dive,
    "refuse": _refuse,
    "reopen": _reopen,
    "write": _write,
    "connect": _connect,
    "fork": _fork,
    "chatter": _chatter,
    "garble": _garble,
    "surroundings": _surroundings,
    "echo": str,
}


def _back(wire: Wire) -> str:
    return str(wire.value)


PROBE = Parser(place="parsing.probes:PROBE", noun="probe", parse=misbehave, write=Wire, read=_back)
