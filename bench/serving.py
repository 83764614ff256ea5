"""One application in the web server that production uses: granian, one worker, a free loopback port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from handoff_portal.cli.running import HTTP1_BUFFER_BYTES
from handoff_portal.settings import ROOT

_BUFFER = ("--http1-buffer-size", str(HTTP1_BUFFER_BYTES))
_OPTIONS = ("--interface", "asgi", "--factory", "--workers", "1", "--no-ws", "--log-level", "error", *_BUFFER)
_READY_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A running server.

    Attributes:
        supervisor: Its first process; the worker that answers is the child.
    """

    port: int
    supervisor: int

    def memory(self, line: str) -> float:
        """MiB of the worker (proc(5)): VmRSS is what it has in memory now, VmHWM the most it had."""
        status = Path(f"/proc/{self._worker}/status").read_text(encoding="ascii")
        found = next(one for one in status.splitlines() if one.startswith(line))
        return int(found.split()[1]) / 1024

    def forget_peak(self) -> None:
        """Let VmHWM begin anew at what the worker has now."""
        Path(f"/proc/{self._worker}/clear_refs").write_text("5", encoding="ascii")

    @property
    def _worker(self) -> str:
        children = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children")
        return max(children.read_text(encoding="ascii").split(), key=int)


@contextmanager
def served(application: str, environment: Mapping[str, str]) -> Iterator[Served]:
    """Serve `module:factory` until the block ends."""
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *_OPTIONS, "--port", str(port), application],
        cwd=ROOT,
        env={**os.environ, **environment},
        start_new_session=True,
        stdout=sys.stderr,
    )
    try:
        _wait_for(server, port)
        yield Served(port, server.pid)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError("the server stopped at once")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("the server does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
