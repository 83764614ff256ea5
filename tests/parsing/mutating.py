"""Files broken in every way that chance finds: bytes changed, cut, doubled, and grown into others."""

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence

_ODD = (
    *(
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b'"',
        b"'",
        b",",
        b";",
        b"\t",
        b"=",
        b"%s",
        b"\\",
        b"<",
        b">",
    ),
    *(
        b"&",
        b"]]>",
        b"<!--",
        b"--",
        b"=?utf-8?b?",
        b"?=",
        b"boundary=",
        b"\r\n\r\n",
        b"\r\n ",
        b"From ",
        b"-1",
    ),
    *(b"99999999999999999999", b"1e999", b"nan", b"2026-02-30", b"../", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80"),
)


def broken(seeds: Sequence[bytes], number: int, chance: random.Random) -> bytes:
    """One broken file; the same number and chance give the same."""
    chance.seed(number)
    content = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 8)):
        _break_once(content, seeds, chance)
    return bytes(content)


def broken_inside(seeds: Sequence[bytes], number: int, chance: random.Random) -> bytes:
    """One archive with a member broken before it is packed again, or the archive itself."""
    chance.seed(number)
    whole = chance.choice(seeds)
    if chance.random() < 0.3:
        return broken([whole], number, chance)
    octets = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        victims = set(chance.sample(names, chance.randint(1, min(3, len(names)))))
        for name in names:
            content = bytearray(old.read(name))
            for _ in range(chance.randint(1, 4) if name in victims else 0):
                _break_once(content, [bytes(content)], chance)
            new.writestr(name, bytes(content))
    return octets.getvalue()


def _break_once(content: bytearray, seeds: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    end = min(len(content), at + chance.choice((0, 1, 1, 4, 40)))
    way = chance.randrange(5)
    if way == 0:
        content[at:end] = chance.randbytes(chance.randint(0, 6))
    elif way == 1:
        content[at:end] = chance.choice(_ODD)
    elif way == 2:
        content[at:at] = content[max(0, at - 60) : at] * chance.choice((1, 2, 30))
    elif way == 3:
        other = chance.choice(seeds)
        start = chance.randrange(len(other) + 1)
        content[at:end] = other[start : start + chance.randint(1, 200)]
    else:
        del content[at : chance.choice((end, end, len(content)))]


def died_on(parse: Callable[[int], None], numbers: range) -> Iterator[int]:
    """Try numbers in processes of their own; gives those that killed their process, such as by abort(3)."""
    begin = numbers.start
    while begin < numbers.stop:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _run(parse, range(begin, numbers.stop), writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        last = int.from_bytes(said[-4:], "big") if said else begin
        if last == numbers.stop:
            return
        yield last
        begin = last + 1


def _run(parse: Callable[[int], None], numbers: range, into: int) -> None:
    """In the child: say each number before it is tried, and the end when all are through."""
    code = 1
    try:
        for number in numbers:
            os.write(into, number.to_bytes(4, "big"))
            parse(number)
        os.write(into, numbers.stop.to_bytes(4, "big"))
        code = 0
    finally:
        os._exit(code)
