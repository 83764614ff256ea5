"""Rule files and vectors that somebody uploads: their YAML is read in a confined child process.

What comes back is plain names and values; `rulefile` and `vectors` then say what is wrong with them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from handoff_portal.adapters.parsing.child import Bounds
from handoff_portal.adapters.parsing.sandbox import MIB, Limits, Sandbox
from handoff_portal.adapters.parsing.wire import CannotRead, Parser, Wire
from handoff_portal.guard.model.rulefile import LARGEST, BadRuleFile, read_yaml


@dataclass(frozen=True, slots=True)
class Plain:
    """A file as names and values: text of JSON with an object at the top."""

    json: str

    def content(self) -> dict[str, Any]:
        """The names and values."""
        found: dict[str, Any] = json.loads(self.json)
        return found


def _parse(raw: bytes) -> Plain:
    try:
        return Plain(json.dumps(_plain(read_yaml(raw)), ensure_ascii=False))
    except BadRuleFile as bad:
        raise CannotRead(bad.mistakes[0]) from bad


def _plain(value: object) -> Any:  # noqa: ANN401 - files hold anything
    """The same with values that JSON knows: dates as ISO 8601, other things as their text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _write(plain: Plain) -> Wire:
    return Wire(None, (plain.json.encode(),))


def _read(wire: Wire) -> Plain:
    """What the child says is looked at before it is believed."""
    (blob,) = wire.blobs
    plain = Plain(blob.decode())
    if not isinstance(plain.content(), dict):
        raise TypeError("must be an object")
    return plain


YAML = Parser(
    place=f"{__name__}:YAML",
    noun="file",
    parse=_parse,
    write=_write,
    read=_read,
    sample=b"version: '1'\ncompiled: 2026-11-21\nrules: [{at: 2026-11-21T10:00:00Z, limit: 7}]\n",
)


@lru_cache(maxsize=1)
def yaml_reader() -> Sandbox[Plain]:
    """The confined readers of this process."""
    bounds = Bounds(memory=512 * MIB, cpu_each=10, cpu_life=120)
    return Sandbox(YAML, limits=Limits(bounds, most_in=LARGEST, most_out=8 * MIB), size=1)
