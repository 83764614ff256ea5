"""Helpers of the worker: processes that commit one large portfolio beside it, and end with it.

`python -m handoff_portal.helping PORTFOLIO`, settings from the environment, which is the worker's. Python
runs on one processor at a time in each process, and sealing is most of the work. A helper takes chunks as the
worker does, so it may be killed at any moment, and it is tied to the worker's life.
"""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from handoff_portal.adapters.database import Database, Door
from handoff_portal.adapters.tethered import tethered
from handoff_portal.adapters.vault.master import master_key
from handoff_portal.adapters.vault.vault import Vault
from handoff_portal.core.ids import PortfolioId
from handoff_portal.identity.actions.keys import load_system_keys
from handoff_portal.portfolios.actions.committing import commit_rest, open_order
from handoff_portal.settings import read

_log = logging.getLogger(__name__)
WORTH_A_HELPER = 6
"""Chunks of a portfolio for each process; fewer are done before a helper has started."""

MOST = 7


@contextmanager
def helped(portfolio: PortfolioId, chunks: int) -> Iterator[int]:
    """Have a process for every further processor commit the same portfolio while the block lasts.

    Args:
        chunks: How many wait.

    Yields:
        How many processes help. At its end the block waits for them; when it raises they are ended.
    """
    wanted = min((os.cpu_count() or 1) - 1, chunks // WORTH_A_HELPER, MOST)
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


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    tied = tethered(command, signal.SIGTERM)
    return subprocess.Popen(tied, stdin=subprocess.DEVNULL)  # noqa: S603 - the command line is the project's own


def main(portfolio: str) -> int:
    """Commit chunks until none is left; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    settings = read()
    vault = Vault(master_key(settings.keys, settings.keys_endpoint, settings.keys_passphrase))
    database = Database({Door.WORKER: settings.worker_url}, vault)
    with database.worker() as work:
        load_system_keys(work)
    commit_rest(database, open_order(database, PortfolioId(UUID(portfolio))))
    database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
