"""How a parser's child process and its parent talk: plain JSON and bytes, never pickles.

One frame is u64be(length) ‖ body. A question's body is a random token of 16 bytes ‖ the input. The answer
repeats the token, so that nothing a child says late is taken for the answer to somebody else's input. The
body of an answer is u32be(length of head) ‖ head as JSON ‖ blobs; the head names the length of every blob.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

FRAME = struct.Struct(">Q")
TOKEN = 16
_HEAD = struct.Struct(">I")


class CannotRead(Exception):
    """The input breaks a limit or is not what it claims to be; the message is one sentence for people."""


class BadFrame(ValueError):
    """The other side of the pipe sent something that is not a frame; the parent gives up on that child."""


@dataclass(frozen=True, slots=True)
class Wire:
    """One value on its way through a pipe: JSON, and the bytes it points to by position."""

    value: Json
    blobs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Parser(Generic[T]):
    """A pure reader of bytes and the two halves of its journey through the pipe.

    `place` is where the child finds this very object ("package.module:NAME"), `noun` what people call the
    input, `sample` an input that makes the parser load everything it will need before the child is confined.
    `parse` may raise CannotRead; `read` must check what it is given, since the child is not trusted.
    """

    place: str
    noun: str
    parse: Callable[[bytes], T]
    write: Callable[[T], Wire]
    read: Callable[[Wire], T]
    sample: bytes = b""


def pack(wire: Wire) -> bytes:
    """Return the body of a frame: head, then blobs."""
    head = json.dumps({"value": wire.value, "blobs": [len(blob) for blob in wire.blobs]}).encode()
    return b"".join((_HEAD.pack(len(head)), head, *wire.blobs))


def unpack(body: bytes) -> Wire:
    """Return what `pack` was given; raise BadFrame for anything else."""
    if len(body) < _HEAD.size:
        raise BadFrame("the frame is shorter than its own head")
    start = _HEAD.size + _HEAD.unpack_from(body)[0]
    try:
        head = json.loads(body[_HEAD.size : start])
        value, lengths = head["value"], [int(length) for length in head["blobs"]]
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise BadFrame("the head of the frame is not the JSON it should be") from error
    return Wire(value, _cut(memoryview(body)[start:], lengths))


def _cut(rest: memoryview, lengths: list[int]) -> tuple[bytes, ...]:
    if min(lengths, default=0) < 0 or sum(lengths) != len(rest):
        raise BadFrame("the blobs are not as long as the head says")
    blobs: list[bytes] = []
    for length in lengths:
        blobs.append(bytes(rest[:length]))
        rest = rest[length:]
    return tuple(blobs)
