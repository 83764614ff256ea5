"""The portal in a real web server of its own process, as production runs it."""

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

from aws_server import free_port


@dataclass(frozen=True)
class Served:
    """A running server: one worker process under one supervisor."""

    port: int
    supervisor: int

    @property
    def worker(self) -> int:
        """The process that answers."""
        return max(int(pid) for pid in _children(self.supervisor))

    def peak_memory(self) -> int:
        """Most bytes that the worker ever had in memory (proc(5), VmHWM)."""
        status = Path(f"/proc/{self.worker}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))

    def kill(self) -> None:
        """End everything at once, as a power cut would."""
        os.killpg(self.supervisor, signal.SIGKILL)


@contextmanager
def served(
    environment: Mapping[str, str], application: str = "handoff_portal.app:create"
) -> Iterator[Served]:
    """Serve on a free port of the loopback interface until the block ends."""
    port = free_port()
    options = ["--interface", "asgi", "--factory", "--workers", "1", "--no-ws", "--log-level", "error"]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "--port", str(port), application],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent), **environment},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
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
    for _ in range(300):
        assert server.poll() is None, "the server stopped at once"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server does not answer")


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
