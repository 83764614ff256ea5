"""Run the portal's own processes together: all start, all stop, and none is left behind.

Each child leads a process group of its own, so Ctrl-C reaches this process first and it stops them in
order. Children end with this process however it ends (see `tethered`). Their output goes line by line to
this process's output, with the child's name in front.
"""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Self, TextIO

from handoff_portal.adapters.tethered import tethered

_TAIL_LINES = 12
_KILLED_SECONDS = 5.0
_LAST_WORDS_SECONDS = 0.5
_LAST_PORT = 65535

_Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None


class ProcessError(RuntimeError):
    """A child ended by itself, or a port is taken; the message is what a person should read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process to run.

    Attributes:
        name: Stands in front of each of its lines; unique among the children.
        command: Its argv; the first part is looked up on the PATH of `environment`.
        environment: All of its environment, nothing is inherited.
        stop_seconds: How long it may take to stop after SIGTERM before it is killed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_seconds: float = 10.0


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[str]
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL_LINES))


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Return when a server may listen on `port` of `host`; raise ProcessError with the mend if it may not."""
    if not 1 <= port <= _LAST_PORT:
        raise ProcessError(f"There is no port {port}. Choose one from 1 to {_LAST_PORT} with --port.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)  # a server that reuses the address lets others bind, but not listen
        except PermissionError as error:
            reason = f"Port {port} needs administrator rights. Choose one above 1023 with --port."
            raise ProcessError(reason) from error
        except OSError as error:
            raise ProcessError(f"Port {port} is in use. Choose another with --port.") from error


class Processes:
    """Children that live and end together; leaving the `with` block stops them, the last started first.

    Use it in the main thread: signals are handled there, and the children end with that thread.
    """

    def __init__(self, output: TextIO | None = None) -> None:
        """Send the children's lines to `output`, standard error if not given."""
        self._output = output or sys.stderr
        self._children: list[_Child] = []
        self._news: queue.SimpleQueue[_Child | None] = queue.SimpleQueue()
        self._asked = False
        self._restore: dict[signal.Signals, _Handler] = {}

    def __enter__(self) -> Self:
        """Take over Ctrl-C, SIGTERM and SIGHUP until the block is left."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._restore[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop every child, then give the signals back."""
        try:
            self.stop()
        finally:
            for number, handler in self._restore.items():
                signal.signal(number, handler)

    def start(self, program: Program) -> int:
        """Start one program and return its process id."""
        process = subprocess.Popen(  # noqa: S603 - the project's own command
            tethered(program.command, signal.SIGTERM),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env=dict(program.environment),
            process_group=0,
        )
        child = _Child(program, process)
        self._children.append(child)
        reader = threading.Thread(target=self._read, args=(child,), daemon=True)
        reader.start()
        threading.Thread(target=self._watch, args=(child, reader), daemon=True).start()
        return process.pid

    def wait(self) -> None:
        """Return when a signal asks to stop.

        Raises ProcessError, with the child's last lines, when a child ends by itself.
        """
        if self._asked:
            return
        child = self._news.get()
        if child is not None:
            raise ProcessError(_obituary(child))

    def wait_until_listening(self, port: int, seconds: float = 30.0, host: str = "127.0.0.1") -> bool:
        """Return True when somebody listens on `port`, False when a signal asks to stop first.

        Raises ProcessError when a child ends or `seconds` pass before.
        """
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if self._asked:
                return False
            with contextlib.suppress(queue.Empty):
                if (child := self._news.get(timeout=0.05)) is not None:
                    raise ProcessError(_obituary(child))
            with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1.0):
                return True
        raise ProcessError(f"Nothing listened on port {port} within {seconds:g} s.")

    def stop(self) -> None:
        """End every child, the last started first: SIGTERM, and SIGKILL to its group after its time."""
        while self._children:
            child = self._children.pop()
            _signal_group(child.process, signal.SIGTERM)
            try:
                child.process.wait(timeout=child.program.stop_seconds)
            except subprocess.TimeoutExpired:
                self._say(
                    f"{child.program.name} took longer than {child.program.stop_seconds:g} s and was killed"
                )
            _signal_group(child.process, signal.SIGKILL)  # also reaches what the child left behind
            child.process.wait(timeout=_KILLED_SECONDS)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        self._news.put(None)

    def _read(self, child: _Child) -> None:
        with child.process:
            for line in child.process.stdout or ():
                child.tail.append(line.rstrip())
                self._say(f"{child.program.name:<9} {line.rstrip()}")

    def _watch(self, child: _Child, reader: threading.Thread) -> None:
        child.process.wait()
        reader.join(timeout=_LAST_WORDS_SECONDS)  # its own children may keep the pipe open much longer
        self._news.put(child)

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal may be gone; the children matter more
            self._output.write(line + "\n")
            self._output.flush()


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _obituary(child: _Child) -> str:
    code = child.process.returncode
    how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
    said = "\n".join(f"    {line}" for line in child.tail) or "    (nothing)"
    return f"{child.program.name} ended by itself ({how}), so everything stops. It said last:\n{said}"
