"""Helpers of the worker: processes that check or commit one large portfolio beside it, and end with it.

Python runs on one processor at a time in each process. `python -m handoff_portal.helping PORTFOLIO` takes
chunks as the worker does, so it may be killed at any moment. `python -m handoff_portal.helping check` is
sent heaps of rows, understands, judges and stages them; the worker's pass ends with it. The settings come
from the environment, which is the worker's, and every helper is tied to the worker's life.
"""

import gc
import logging
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO
from uuid import UUID

from handoff_portal.adapters.database import Database, Door
from handoff_portal.adapters.tethered import tethered
from handoff_portal.adapters.vault.master import master_key
from handoff_portal.adapters.vault.vault import Vault
from handoff_portal.core.ids import PortfolioId
from handoff_portal.identity.actions.keys import load_system_keys
from handoff_portal.portfolios.actions.committing import commit_rest, open_order
from handoff_portal.portfolios.actions.sharing import Exchange, HelperEnded, helping_hand
from handoff_portal.settings import read

_log = logging.getLogger(__name__)
WORTH_A_HELPER = 6
"""Chunks of a portfolio for each process; fewer are done before a helper has started."""

WORTH_READING = 5_000
"""Rows for each process, for the same reason."""

MOST = 7
CHECK = "check"
_LENGTH = struct.Struct(">I")


@contextmanager
def helped(portfolio: PortfolioId, chunks: int, processors: int | None = None) -> Iterator[int]:
    """Have a process for every further processor commit the same portfolio while the block lasts.

    Args:
        chunks: How many wait.
        processors: Of this machine, if not as many as it says.

    Yields:
        How many processes help. At its end the block waits for them; when it raises they are ended.
    """
    wanted = min((processors or os.cpu_count() or 1) - 1, chunks // WORTH_A_HELPER, MOST)
    helpers = [_start([sys.executable, "-m", __name__, str(portfolio)]) for _ in range(wanted)]
    try:
        yield len(helpers)
    except BaseException:
        for helper in helpers:
            helper.terminate()
        raise
    finally:
        for helper in helpers:
            if helper.wait():
                _log.warning("a helper of portfolio %s ended with %d", portfolio, helper.returncode)


@contextmanager
def crew(
    errand: bytes, rows: int, processors: int | None = None, worth: int = WORTH_READING
) -> Iterator[list[Exchange]]:
    """Have a process for every further processor work on a portfolio that is being checked.

    Args:
        errand: See `sharing.Errand`.
        rows: How many the portfolio has.
        processors: Of this machine, if not as many as it says.
        worth: Rows for each process.

    Yields:
        One exchange for each. At its end, however it comes, they are ended.
    """
    wanted = min((processors or os.cpu_count() or 1) - 1, rows // worth, MOST)
    helpers = [_start([sys.executable, "-m", __name__, CHECK], talks=True) for _ in range(wanted)]
    try:
        for helper in helpers:
            _send(helper.stdin, errand)
        yield [partial(_exchange, helper) for helper in helpers]
    finally:
        for helper in helpers:
            helper.kill()
            helper.communicate()


def _exchange(helper: "subprocess.Popen[bytes]", octets: bytes) -> bytes:
    try:
        _send(helper.stdin, octets)
        return next(_frames(helper.stdout))
    except (OSError, ValueError, StopIteration) as error:
        raise HelperEnded from error


def _start(command: list[str], *, talks: bool = False) -> "subprocess.Popen[bytes]":
    tied = tethered(command, signal.SIGTERM)
    stdin, stdout = (subprocess.PIPE, subprocess.PIPE) if talks else (subprocess.DEVNULL, None)
    return subprocess.Popen(tied, stdin=stdin, stdout=stdout)  # noqa: S603 - the command line is the project's own


def _send(stream: IO[bytes] | None, octets: bytes) -> None:
    if stream is None:
        raise OSError("no pipe")
    stream.write(_LENGTH.pack(len(octets)) + octets)
    stream.flush()


def _frames(stream: IO[bytes] | None) -> Iterator[bytes]:
    """Frames until the other side ends."""
    while stream is not None and len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        if len(octets := stream.read(length)) < length:
            return
        yield octets


def main(portfolio: str) -> int:
    """Commit chunks of a portfolio until none is left, or check what is sent; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    settings = read()
    vault = Vault(master_key(settings.keys, settings.keys_endpoint, settings.keys_passphrase))
    database = Database({Door.WORKER: settings.worker_url}, vault)
    with database.worker() as work:
        load_system_keys(work)
    gc.freeze()  # what is there now stays, so nobody need look for circles in it
    if portfolio == CHECK:
        _check(database)
    else:
        commit_rest(database, open_order(database, PortfolioId(UUID(portfolio))))
    database.close()
    return 0


def _check(database: Database) -> None:
    heaps = _frames(sys.stdin.buffer)
    answer = helping_hand(database, next(heaps))
    for heap in heaps:
        _send(sys.stdout.buffer, answer(heap))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
