"""Sends one file as a raw body from its own process: `python -m bench.sending` reads the job from stdin."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

from handoff_portal.settings import ROOT

_BLOCK = 1024**2
_MOST_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """One upload.

    Attributes:
        port: Of a server on 127.0.0.1.
        size: Bytes of the file, a multiple of 1 MiB; random, behind the mark of a PDF.
    """

    port: int
    path: str
    headers: dict[str, str]
    size: int


def send(parcel: Parcel) -> float:
    """Send it; give the seconds from the first byte to the answer.

    Raises:
        RuntimeError: The answer was not 201.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.sending"],
        input=json.dumps(asdict(parcel)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS + 30,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return float(done.stdout)


def _send(parcel: Parcel) -> float:
    lines = {**parcel.headers, "Host": "127.0.0.1", "Content-Length": str(parcel.size), "Connection": "close"}
    head = f"POST {parcel.path} HTTP/1.1\r\n" + "".join(
        f"{name}: {value}\r\n" for name, value in lines.items()
    )
    block = os.urandom(_BLOCK)
    with socket.create_connection(("127.0.0.1", parcel.port), timeout=_MOST_SECONDS) as connection:
        started = time.perf_counter()
        connection.sendall(head.encode() + b"\r\n" + b"%PDF-1.7\n" + block[9:])
        for _ in range(parcel.size // _BLOCK - 1):
            connection.sendall(block)
        answer = connection.recv(_BLOCK)
        passed = time.perf_counter() - started
    if not answer.startswith(b"HTTP/1.1 201"):
        raise RuntimeError(answer[:500].decode("latin-1"))
    return passed


if __name__ == "__main__":
    sys.stdout.write(str(_send(Parcel(**json.loads(sys.stdin.read())))))
