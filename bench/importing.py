"""The worker's part of a portfolio as a process of its own: check what waits, approve it, commit it.

`python -m bench.importing`, settings from the environment; prints seconds and processor seconds as JSON.
"""

import gc
import json
import resource
import sys
import time
from typing import Any

from handoff_portal.app import build_portal
from handoff_portal.helping import crew, helped
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.committing import commit_next
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.settings import read


def run() -> dict[str, Any]:
    """Check everything; with a word on standard input, commit everything."""
    portal = build_portal(read())
    gc.freeze()  # as the worker does
    checked = _timed(lambda: check_next(portal.database, portal.objects, read_files, crew))
    sys.stderr.write("checked\n")
    sys.stderr.flush()
    committed = _timed(lambda: commit_next(portal.database, helped)) if sys.stdin.readline().strip() else {}
    portal.database.close()
    return {"check": checked, "commit": committed}


def _timed(work: Any) -> dict[str, float]:  # noqa: ANN401 - of any call
    before, started = _processor(), time.monotonic()
    while work():
        pass
    return {"seconds": time.monotonic() - started, "processor": _processor() - before}


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run()))
