"""The worker: chores that run by themselves, each at its own pace, any number of processes side by side.

Every chore may be killed at any moment: it takes its work from rows and leaves them until it is done.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

_log = logging.getLogger(__name__)
LONGEST_REST = 60.0


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again.

    Attributes:
        every: Seconds between the end of one run and the begin of the next.
        run: Does a round; gives True when more is waiting and the next round should follow at once.
    """

    name: str
    every: float
    run: Callable[[], bool]


def work_until(stop: threading.Event, chores: tuple[Chore, ...]) -> None:
    """Run all chores until the event is set; a failing one rests longer each time and stops no other."""
    threads = [threading.Thread(target=_repeat, args=(stop, chore), name=chore.name) for chore in chores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and Ctrl-C set."""
    stop = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def _repeat(stop: threading.Event, chore: Chore) -> None:
    rest = chore.every
    while not stop.is_set():
        started = time.monotonic()
        try:
            more = chore.run()
            rest = 0.0 if more else chore.every
        except Exception:  # noqa: BLE001 - whatever fails, the other chores and the next try go on
            rest = min(max(rest, chore.every) * 2, LONGEST_REST)
            _log.exception("chore %s failed; next try in %.0f seconds", chore.name, rest)
        _log.debug("chore %s took %.3f s", chore.name, time.monotonic() - started)
        stop.wait(rest)
