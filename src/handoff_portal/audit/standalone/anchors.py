"""What outsiders said about the log, for the stand-alone verifier: time stamps (RFC 3161) and witnesses.

Python 3.8, standard library only. Of a time stamp it is checked what it is over, not who signed it.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from handoff_portal.audit.standalone.proofs import (
    WITNESS_KIND,
    Checkpoint,
    Key,
    Missing,
    checkpoint_of,
    consistent,
    from_base64,
    opened,
    require,
)

# begin


ANCHORS = "anchors/"
OID_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
OID_TIME_STAMP = bytes.fromhex("2a864886f70d0109100104")
OID_SHA256 = bytes.fromhex("608648016503040201")
SEQUENCE, INTEGER, OCTETS, OID, TIME, FIRST = 0x30, 0x02, 0x04, 0x06, 0x18, 0xA0
LONGEST_LENGTH = 4


def der(raw: bytes) -> list[tuple[int, bytes]]:
    """The values that stand one after the other: tag and contents (X.690, definite lengths only)."""
    found, at = [], 0
    while at < len(raw):
        require(at + 2 <= len(raw) and raw[at] & 31 != 31, "a time stamp is damaged")  # noqa: PLR2004 - long tags
        tag, size, at = raw[at], raw[at + 1], at + 2
        if size & 128:
            more = size & 127
            require(0 < more <= LONGEST_LENGTH and at + more <= len(raw), "a time stamp is damaged")
            size, at = int.from_bytes(raw[at : at + more], "big"), at + more
        require(at + size <= len(raw), "a time stamp is damaged")
        found.append((tag, raw[at : at + size]))
        at += size
    return found


def inside(raw: bytes, *path: tuple[int, int]) -> bytes:
    """The contents at the end of a path of (place, tag)."""
    for place, tag in path:
        values = der(raw)
        require(place < len(values) and values[place][0] == tag, "a time stamp is damaged")
        raw = values[place][1]
    return raw


class Stamp(NamedTuple):
    """What a time stamp says: this SHA-256 existed at this time (as the token spells it, UTC)."""

    imprint: bytes
    time: str


def stamp_of(token: bytes) -> Stamp:
    """What a time stamp response says (RFC 3161 section 2.4.2)."""
    require(len(der(token)) == 1, "a time stamp is damaged")
    require(inside(token, (0, SEQUENCE), (0, SEQUENCE), (0, INTEGER)) == b"\x00", "a time stamp was refused")
    content = inside(token, (0, SEQUENCE), (1, SEQUENCE))
    require(inside(content, (0, OID)) == OID_SIGNED_DATA, "a time stamp is damaged")
    said = inside(content, (1, FIRST), (0, SEQUENCE), (2, SEQUENCE))
    require(inside(said, (0, OID)) == OID_TIME_STAMP, "a time stamp is damaged")
    info = inside(said, (1, FIRST), (0, OCTETS), (0, SEQUENCE))
    imprint = inside(info, (2, SEQUENCE))
    require(inside(imprint, (0, SEQUENCE), (0, OID)) == OID_SHA256, "a time stamp is not over SHA-256")
    at = inside(info, (4, TIME)).decode("ascii")
    time = f"{at[:4]}-{at[4:6]}-{at[6:8]}T{at[8:10]}:{at[10:12]}:{at[12:]}"
    return Stamp(inside(imprint, (1, OCTETS)), time)


def anchor_sizes(files: dict[str, bytes]) -> list[int]:
    """The sizes that outsiders spoke about; each comes with its checkpoint, a proof and what was said."""
    sizes = {int(name[len(ANCHORS) :].split(".")[0]) for name in files}
    for size in sizes:
        base = f"{ANCHORS}{size}"
        for name in (f"{base}.txt", f"{base}.consistency.txt"):
            if name not in files:
                raise Missing(f"{name} is missing")
        spoken = {f"{base}.tsr", f"{base}.cosigned.txt"}
        require(spoken & set(files), f"nobody said anything about {base}.txt")
    ends = ("txt", "consistency.txt", "tsr", "cosigned.txt")
    known = {f"{ANCHORS}{size}.{end}" for size in sizes for end in ends}
    require(set(files) <= known, f"{', '.join(sorted(set(files) - known))} does not belong here")
    return sorted(sizes)


def check_anchor(
    files: dict[str, bytes], size: int, origin: str, keys: list[Key], point: Checkpoint
) -> dict[str, Any]:
    """One older checkpoint, what was said about it, and that the log of the bundle begins with it."""
    base = f"{ANCHORS}{size}"
    note = files[f"{base}.txt"]
    older = checkpoint_of(note.decode(), origin, keys)
    path = [from_base64(line) for line in files[f"{base}.consistency.txt"].decode().splitlines()]
    whole = older.size == size and consistent(older.size, point.size, path, older.root, point.root)
    require(whole, f"the log does not begin with {base}.txt")
    facts: dict[str, Any] = {"size": size, "time": "", "witnesses": []}
    if f"{base}.tsr" in files:
        stamp = stamp_of(files[f"{base}.tsr"])
        require(stamp.imprint == hashlib.sha256(note).digest(), f"{base}.tsr is over something else")
        facts["time"] = stamp.time
    if f"{base}.cosigned.txt" in files:
        text, witnesses = opened(files[f"{base}.cosigned.txt"].decode(), origin, keys)
        require(note.decode().startswith(f"{text}\n"), f"{base}.cosigned.txt is another checkpoint")
        facts["witnesses"] = witnesses
    return facts


def check_anchors(
    files: dict[str, bytes], origin: str, keys: list[Key], point: Checkpoint, wanted: list[Key]
) -> list[dict[str, Any]]:
    """All of them, smallest first; every witness that the reader asked for must have spoken."""
    require(all(key.kind == WITNESS_KIND for key in wanted), "that is not the key of a witness")
    facts = [check_anchor(files, size, origin, keys, point) for size in anchor_sizes(files)]
    if point.witnesses:
        facts.append({"size": point.size, "time": "", "witnesses": point.witnesses})
    heard = {key for one in facts for key in one["witnesses"]}
    silent = sorted(key.name for key in wanted if key not in heard)
    if silent:
        raise Missing(f"a cosignature of {', '.join(silent)}")
    return [{**one, "witnesses": [key.name for key in one["witnesses"]]} for one in facts]


def told_anchor(fact: dict[str, Any]) -> list[str]:
    """What an outsider said, in words."""
    size, base = fact["size"], f"{ANCHORS}{fact['size']}"
    lines = [f"Witness: {name} saw the first {size} entries." for name in fact["witnesses"]]
    if fact["time"]:
        lines.append(f"Time stamp: the first {size} entries existed at {fact['time']}. Who says so, tells")
        lines.append(f"  openssl ts -verify -data {base}.txt -in {base}.tsr -CAfile ROOTS.pem")
    return lines
