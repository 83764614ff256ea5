"""The child process that reads one kind of input and can do nothing else.

Started by `pipe.py` as `python -I -m handoff_portal.adapters.parsing.child PLACE BOUNDS [PATH …]`. It loads
its parser, gives up every right it does not need, and then answers each frame on its standard input.
It can open no descriptor any more, neither file nor socket, so no byte it is given can leave another way.
"""

import contextlib
import ctypes
import encodings
import importlib
import json
import math
import pkgutil
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from handoff_portal.adapters.parsing.wire import FRAME, TOKEN, CannotRead, Parser, Wire, pack

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38  # linux/prctl.h


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the child may use: bytes of memory, seconds of processor per input and in its life."""

    memory: int
    cpu_each: int
    cpu_life: int


def main(place: str, bounds: str, *paths: str) -> int:
    """Answer frames until the parent closes the pipe; return the exit code."""
    sys.path.extend(paths)
    parser = _load(place)
    limits = Bounds(**json.loads(bounds))
    _warm(parser)
    confine(limits)
    _send(sys.stdout.buffer, Wire("ready"))
    for question in _frames(sys.stdin.buffer):
        _allow_more_processor(limits)
        if not _serve(parser, question):
            return 1
        if _used() + limits.cpu_each >= limits.cpu_life:
            return 0  # the next input would not have its full time; a fresh child takes over
    return 0


def _serve(parser: Parser[Any], question: bytes) -> bool:
    """Send one answer; False means that this process is no longer fit for another input."""
    token, content = question[:TOKEN].hex(), question[TOKEN:]
    try:
        _send(sys.stdout.buffer, Wire({"ok": True, "token": token}), parser.write(parser.parse(content)))
    except CannotRead as finding:
        _send(sys.stdout.buffer, Wire({"token": token, "why": str(finding)}))
    except RecursionError:
        _send(sys.stdout.buffer, Wire({"token": token, "limit": "depth"}))
    except MemoryError:
        _send(sys.stdout.buffer, Wire({"token": token, "limit": "memory"}))
        return False
    except Exception:  # noqa: BLE001 - whatever a stranger's bytes provoke is an answer, not a crash
        _send(sys.stdout.buffer, Wire({"token": token, "limit": "form"}))
    return True


def confine(limits: Bounds) -> None:
    """Give up memory, files, sockets, children, core dumps and debuggers, for good."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),  # no number is free, not even that of a descriptor that it closes
        (resource.RLIMIT_CPU, limits.cpu_life),
    ):
        resource.setrlimit(limit, (most, most))


def _allow_more_processor(limits: Bounds) -> None:
    soft = math.ceil(_used()) + limits.cpu_each
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, limits.cpu_life), limits.cpu_life))


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _load(place: str) -> Parser[Any]:
    module, _, name = place.partition(":")
    parser = getattr(importlib.import_module(module), name)
    if not isinstance(parser, Parser):
        raise TypeError(f"{place} is not a parser")
    return parser


def _warm(parser: Parser[Any]) -> None:
    """Load whatever the parser loads late: afterwards no file can be opened."""
    load_codecs()
    if parser.sample:
        parser.write(parser.parse(parser.sample))


def load_codecs() -> None:
    """Load every codec: a confined process cannot open their files any more."""
    for module in pkgutil.iter_modules(encodings.__path__, "encodings."):
        with contextlib.suppress(ImportError):
            importlib.import_module(module.name)


def _frames(stream: BinaryIO) -> Iterator[bytes]:
    while len(head := stream.read(FRAME.size)) == FRAME.size:
        yield stream.read(FRAME.unpack(head)[0])


def _send(stream: BinaryIO, *wires: Wire) -> None:
    bodies = [pack(wire) for wire in wires]
    for body in bodies:
        stream.write(FRAME.pack(len(body)))
        stream.write(body)
    stream.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
