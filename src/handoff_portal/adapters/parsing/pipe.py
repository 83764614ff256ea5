"""One child process and the two pipes to it, with a deadline on every exchange."""

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time

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

    def __init__(self, arguments: list[str], most_out: int) -> None:
        """Start the child with an empty environment, no terminal, and no other open descriptor."""
        self._process = subprocess.Popen(  # noqa: S603 - the project's own module, no shell
            [sys.executable, "-I", "-m", "handoff_portal.adapters.parsing.child", *arguments],
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


def _fd(stream: object) -> int:
    fileno = getattr(stream, "fileno", None)
    if fileno is None:
        raise OSError("the child has no pipes")
    return int(fileno())
