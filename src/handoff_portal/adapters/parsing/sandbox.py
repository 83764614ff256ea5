"""Runs a parser on strangers' bytes in confined child processes: always an answer, never a crash.

Input and output travel through pipes only, so nothing that is read ever touches a disk. A child serves many
inputs; one that dies, stalls or breaks a limit is replaced, and its input is answered with `Unreadable`.
"""

import contextlib
import json
import logging
import queue
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from types import TracebackType
from typing import Generic, Self

from handoff_portal.adapters.parsing.child import Bounds
from handoff_portal.adapters.parsing.pipe import Ended, Pipe, TooLate, TooLong
from handoff_portal.adapters.parsing.wire import BadFrame, Json, Parser, T

MIB = 1 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes in and out per input, seconds on the wall per input and for the start, inputs per child."""

    bounds: Bounds = field(default_factory=lambda: Bounds(memory=512 * MIB, cpu_each=10, cpu_life=120))
    most_in: int = 40 * MIB
    most_out: int = 128 * MIB
    wall: float = 15.0
    start: float = 20.0
    inputs: int = 500


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The input stays closed. `reason` is one sentence for people; `again`: another try may succeed."""

    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class _Lost:
    """The child ended over this input, or says that it cannot go on."""

    reason: str


_NO_START = (OSError, TooLate, TooLong, Ended, BadFrame)


class Sandbox(Generic[T]):
    """A few warm children for one parser, shared by all threads. Close it, or use it in a `with` block."""

    def __init__(
        self, parser: Parser[T], *, limits: Limits | None = None, size: int = 2, paths: tuple[str, ...] = ()
    ) -> None:
        """Prepare at most `size` children, started when needed; `paths` are added to their module search."""
        self._parser, self._limits, self._paths = parser, limits or Limits(), paths
        self._idle: queue.LifoQueue[Pipe] = queue.LifoQueue()
        self._places = threading.BoundedSemaphore(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, content: bytes) -> T | Unreadable:
        """Read one input; safe to call from many threads at once."""
        noun = self._parser.noun
        if len(content) > self._limits.most_in:
            return Unreadable(
                f"This {noun} is larger than {self._limits.most_in // MIB} MiB and was left closed."
            )
        with self._places:
            try:
                child = self._take()
                answer = self._ask(child, content)
                if isinstance(answer, _Lost) and child.served > 1:
                    answer = self._ask(self._start(), content)  # an old child may have died of its age
            except _NO_START:
                _log.exception("the reader of a %s did not start", noun)
                return Unreadable(
                    f"The reader of this {noun} did not start. Please try again later.", again=True
                )
            return Unreadable(answer.reason) if isinstance(answer, _Lost) else answer

    def parse_all(self, contents: Iterable[bytes]) -> Iterator[T | Unreadable]:
        """Read many inputs one after the other, each answered at its own place."""
        return (self.parse(content) for content in contents)

    def close(self) -> None:
        """End the idle children."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _take(self) -> Pipe:
        with contextlib.suppress(queue.Empty):
            while True:
                child = self._idle.get_nowait()
                if child.lives() and child.served < self._limits.inputs:
                    return child
                child.close()
        return self._start()

    def _start(self) -> Pipe:
        limits = self._limits
        child = Pipe([self._parser.place, json.dumps(asdict(limits.bounds)), *self._paths], limits.most_out)
        try:
            child.receive(limits.start)
        except _NO_START:
            child.close()
            raise
        return child

    def _ask(self, child: Pipe, content: bytes) -> T | Unreadable | _Lost:
        fit = False
        try:
            answer = child.ask(content, self._limits.wall)
            said = answer.value if isinstance(answer.value, dict) else {}
            result = self._parser.read(child.receive(self._limits.wall)) if said.get("ok") is True else None
            fit = child.at_rest and said.get("limit") != "memory"
            return self._why(said) if result is None else result
        except (BadFrame, LookupError, TypeError, ValueError):
            return self._left_closed("could not be read")
        except TooLate:
            return self._left_closed("takes too long to read")
        except TooLong:
            return self._left_closed("unfolds to more than can be kept")
        except Ended as end:
            if end.out_of_time:
                return self._left_closed("takes too long to read")
            return _Lost(self._left_closed("broke its reader").reason)
        finally:
            self._idle.put(child) if fit else child.close()

    def _why(self, said: dict[str, Json]) -> Unreadable | _Lost:
        if isinstance(why := said.get("why"), str):
            return Unreadable(why[:300])
        if said.get("limit") == "memory":
            return _Lost(self._left_closed("needs too much memory to read").reason)
        return self._left_closed(
            "is nested too deeply" if said.get("limit") == "depth" else "could not be read"
        )

    def _left_closed(self, trouble: str) -> Unreadable:
        return Unreadable(f"This {self._parser.noun} {trouble} and was left closed.")
