"""A closed-loop HTTP/1.1 client in a process of its own: `python -m bench.load` reads one job from stdin.

Every connection is kept alive and asks for the next page as soon as the last byte of the one before is there.
"""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import Any

from typing_extensions import override

from bench.figures import percentile
from handoff_portal.settings import ROOT

_END_OF_HEAD = b"\r\n\r\n"
_OK = b"HTTP/1.1 200 "


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask for.

    Attributes:
        port: Of a server on 127.0.0.1.
        paths: Asked in turn.
        headers: Sent with each request.
        connections: Requests at the same time.
        seconds: How long new requests are sent.
    """

    port: int
    paths: list[str]
    headers: dict[str, str]
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back.

    Attributes:
        rate: Answers a second.
        p50: Median seconds from sending a request to the last byte of its answer.
        p95: 95th percentile of the same.
        p99: 99th percentile of the same.
        count: Answers.
        octets: Mean bytes of an answer's body.
    """

    rate: float
    p50: float
    p95: float
    p99: float
    count: int
    octets: int


def run(job: Job) -> Answers:
    """Do a job in a process of its own, on whatever core is free.

    Raises:
        RuntimeError: An answer was not 200.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(job)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=job.seconds + 60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Answers(**json.loads(done.stdout))


class _Connection(asyncio.Protocol):
    """One kept-alive connection that asks again and again until the time is over."""

    def __init__(self, requests: Any, until: float, taken: list[float], sizes: list[int]) -> None:  # noqa: ANN401
        self._requests, self._until, self._taken, self._sizes = requests, until, taken, sizes
        self._buffer = bytearray()
        self._awaited = 0
        self._started = 0.0
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._ask(transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._awaited:
            head = self._buffer.find(_END_OF_HEAD)
            if head < 0:
                return
            if not self._buffer.startswith(_OK):
                self._fail(bytes(self._buffer[:200]).decode("latin-1"))
                return
            self._awaited = head + len(_END_OF_HEAD) + _content_length(self._buffer[:head])
        if len(self._buffer) >= self._awaited:
            self._taken.append(time.perf_counter() - self._started)
            self._sizes.append(len(self._buffer))
            self._go_on()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self._fail("the server closed the connection")

    def _go_on(self) -> None:
        self._buffer.clear()
        self._awaited = 0
        if self._transport and time.perf_counter() < self._until:
            self._ask(self._transport)
        elif self._transport:
            self.done.set_result(None)
            self._transport.close()

    def _ask(self, transport: asyncio.Transport) -> None:
        self._started = time.perf_counter()
        transport.write(next(self._requests))

    def _fail(self, what: str) -> None:
        self.done.set_exception(RuntimeError(what))
        if self._transport:
            self._transport.close()


def _content_length(head: bytearray) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without Content-Length")


async def _load(job: Job) -> Answers:
    lines = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    heads = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode() for path in job.paths]
    requests = cycle(heads)
    taken: list[float] = []
    sizes: list[int] = []
    started = time.perf_counter()
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(
            lambda: _Connection(requests, started + job.seconds, taken, sizes), "127.0.0.1", job.port
        )
        for _ in range(job.connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    passed = time.perf_counter() - started
    taken.sort()
    p50, p95, p99 = (round(percentile(taken, share), 6) for share in (0.5, 0.95, 0.99))
    return Answers(len(taken) / passed, p50, p95, p99, len(taken), sum(sizes) // len(sizes))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(asyncio.run(_load(Job(**json.loads(sys.stdin.read())))))))
