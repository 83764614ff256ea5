"""Workers as production runs them, and what the database knows of processes that were killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg

_OTHERS = "select count(*) from pg_stat_activity where application_name = %s"


def named(environment: Mapping[str, str], name: str) -> dict[str, str]:
    """The same environment for a process that the database shall know by this name."""
    url = f"{environment['HANDOFF_DATABASE_URL']}&application_name={name}"
    return {**environment, "HANDOFF_DATABASE_URL": url}


@contextmanager
def a_worker(environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """`handoff-portal worker` until the block ends."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "handoff_portal.cli", "worker"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(20)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def wait_until(happened: Callable[[], object], seconds: float = 60, step: float = 0.02) -> None:
    """Ask again and again; fail when it takes longer than that."""
    give_up = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up, "this takes too long"
        time.sleep(step)


def wait_until_gone(administrator: psycopg.Connection, name: str) -> None:
    """Wait until the database has noticed the death of a process and undone its transactions."""
    wait_until(lambda: administrator.execute(_OTHERS, (name,)).fetchone() == (0,))
