"""One child process and the two pipes to it, with a deadline on every exchange."""

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator

from handoff_portal.adapters.parsing.wire import FRAME, TOKEN, BadFrame, Wire, unpack

_CHUNK = 1 << 18


class TooLate(Exception):
    """The deadline passed."""


class TooLong(Exception):
    """The answer is longer than allowed."""


class Ended(Exception):
    """The child is gone; `out_of_time` says that it had used up its processor time."""

    def __init__(self, *, out_of_time: bool) -> None:
        super().__init__("the child ended")
        self.out_of_time = out_of_time


class Pipe:
    """A running child. Not for several threads at once; close() ends and reaps it."""

    def __init__(self, arguments: list[str], most_out: int, module: str = "child") -> None:
        """Start the child with an empty environment, no terminal, and no other open descriptor.

        Args:
            most_out: Bytes of the longest frame that it may send.
            module: Which module of this package the child runs.
        """
        self._process = subprocess.Popen(  # noqa: S603 - the project's own module, no shell
            [sys.executable, "-I", "-m", f"{__package__}.{module}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
        self._most_out, self._read, self.served = most_out, bytearray(), 0
        for stream in (self._process.stdin, self._process.stdout):
            if stream is None:
                raise OSError("the child has no pipes")
            os.set_blocking(stream.fileno(), False)

    @property
    def at_rest(self) -> bool:
        """Whether everything the child sent has been read."""
        return not self._read

    def lives(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    def ask(self, content: bytes, seconds: float) -> Wire:
        """Send one input, return the first frame of the answer; raise TooLate, TooLong, Ended or BadFrame."""
        self.served += 1
        token = secrets.token_bytes(TOKEN)
        answer = self._exchange(FRAME.pack(TOKEN + len(content)) + token + content, seconds)
        if not isinstance(answer.value, dict) or answer.value.get("token") != token.hex():
            raise Ended(out_of_time=False)  # it answers something else, so it is of no use any more
        return answer

    def receive(self, seconds: float) -> Wire:
        """Return the next frame."""
        return self._exchange(b"", seconds)

    def stream(self, frames: Iterable[bytes], seconds: float) -> Iterator[Wire]:
        """Send frames while reading answers, without end; the reader knows the last answer.

        Args:
            frames: Bodies of frames; taken only as fast as the child listens.
            seconds: How long the child may be silent.

        Raises:
            TooLate, TooLong, Ended, BadFrame: As in the other exchanges.
        """
        outgoing, rest = iter(frames), memoryview(b"")
        with selectors.DefaultSelector() as selector:
            selector.register(_fd(self._process.stdout), selectors.EVENT_READ)
            selector.register(_fd(self._process.stdin), selectors.EVENT_WRITE)
            while True:
                while (frame := self._next_frame()) is not None:
                    yield unpack(frame)
                events = selector.select(seconds)
                if not events:
                    raise TooLate
                for key, _ in events:
                    if key.fd == _fd(self._process.stdout):
                        self._take_in()
                    elif rest or (rest := _framed(outgoing)):
                        rest = self._give_out(rest)
                    else:
                        selector.unregister(key.fd)

    def close(self) -> None:
        """End the child at once, and whatever it may have started."""
        with contextlib.suppress(OSError):
            if self._process.returncode is None:
                os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()

    def _exchange(self, outgoing: bytes, seconds: float) -> Wire:
        deadline, rest = time.monotonic() + seconds, memoryview(outgoing)
        with selectors.DefaultSelector() as selector:
            selector.register(_fd(self._process.stdout), selectors.EVENT_READ)
            if rest:
                selector.register(_fd(self._process.stdin), selectors.EVENT_WRITE)
            while (frame := self._next_frame()) is None:
                events = selector.select(max(0.0, deadline - time.monotonic()))
                if not events:
                    raise TooLate
                for key, _ in events:
                    if key.fd == _fd(self._process.stdout):
                        self._take_in()
                    elif not (rest := self._give_out(rest)):
                        selector.unregister(key.fd)
        if rest:
            raise BadFrame("the child answered before it had heard everything")
        return unpack(frame)

    def _take_in(self) -> None:
        chunk = os.read(_fd(self._process.stdout), _CHUNK)
        if not chunk:
            raise self._ended()
        self._read += chunk

    def _give_out(self, rest: memoryview) -> memoryview:
        try:
            return rest[os.write(_fd(self._process.stdin), rest[:_CHUNK]) :]
        except BrokenPipeError:
            raise self._ended() from None

    def _next_frame(self) -> bytes | None:
        if len(self._read) < FRAME.size:
            return None
        end = FRAME.size + FRAME.unpack_from(self._read)[0]
        if end > self._most_out:
            raise TooLong
        if len(self._read) < end:
            return None
        frame = bytes(self._read[FRAME.size : end])
        del self._read[:end]
        return frame

    def _ended(self) -> Ended:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        return Ended(out_of_time=self._process.returncode in (-signal.SIGXCPU, -signal.SIGKILL))


def _framed(bodies: Iterator[bytes]) -> memoryview:
    body = next(bodies, None)
    return memoryview(b"" if body is None else FRAME.pack(len(body)) + body)


def _fd(stream: object) -> int:
    fileno = getattr(stream, "fileno", None)
    if fileno is None:
        raise OSError("the child has no pipes")
    return int(fileno())
