"""The export: a bundle that a stranger can check without this portal, with the script that does it inside."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from psycopg import Connection

from handoff_portal.adapters.database import leaf
from handoff_portal.audit import note, standalone, store
from handoff_portal.audit.bundle import BundleWriter, Sink
from handoff_portal.audit.checkpoints import LogKey
from handoff_portal.audit.controls import controls_table
from handoff_portal.audit.model import Entry, Selection, SignedRoot
from handoff_portal.audit.standalone.layout import (
    FORMAT,
    entry_line,
    manifest_note,
    proof_text,
    spelled,
    table_head,
    table_line,
)
from handoff_portal.audit.standalone.proofs import tile_name
from handoff_portal.audit.tree import HASH_BYTES, TILE_HEIGHT, TILE_WIDTH, Tiles

_TOOL = "handoff-portal 1"


@dataclass(frozen=True)
class Anchored:
    """What outsiders said about one of the log's checkpoints.

    Attributes:
        checkpoint: As the log signed it; time stamps are over exactly this note.
        stamp: A time stamp response (RFC 3161, DER), or nothing.
        cosigned: The note with the lines of witnesses, or empty.
    """

    checkpoint: SignedRoot
    stamp: bytes = b""
    cosigned: str = ""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks to be exported.

    Attributes:
        at: Time of the export, UTC.
        sees_whole_cases: The reader may see every event of the selected cases (an operator, or their owner).
        previous: An older checkpoint the reader holds; the bundle then proves that this log begins with it.
        witnesses: Verifier keys of witnesses, to be named beside the log's own.
        anchors: What outsiders said about checkpoints up to the one that is exported.
    """

    selection: Selection = field(default_factory=Selection)
    at: datetime
    sees_whole_cases: bool = False
    previous: SignedRoot | None = None
    witnesses: tuple[note.Verifier, ...] = ()
    anchors: tuple[Anchored, ...] = ()


@dataclass
class Survey:
    """What a first look at the entries finds: how many, and [first, last, how many] numbers of every case."""

    entries: int = 0
    cases: dict[str, list[int]] = field(default_factory=dict)

    def add(self, parts: Mapping[str, object]) -> None:
        """Count one entry."""
        self.entries += 1
        case, number = parts.get("case"), parts.get("cseq")
        if not isinstance(case, str) or not isinstance(number, int):
            return
        first, last, count = self.cases.get(case, [number, number, 0])
        self.cases[case] = [min(first, number), max(last, number), count + 1]


def write_bundle(out: Sink, connection: Connection, key: LogKey, checkpoint: SignedRoot, wish: Wish) -> int:
    """Write the bundle; the same wish over the same checkpoint gives the same bytes.

    Args:
        out: Where the zip goes; it need not be seekable.
        connection: A transaction of the reader, so that row-level security narrows what is exported.
        key: The log's name and key; signs the list of files.
        checkpoint: Just signed, see `checkpoints.sign_newest`.
        wish: What to export.

    Returns:
        How many entries.

    Raises:
        BundleTooLargeError: More than 4 GiB.
    """
    export = _Export(connection, key, checkpoint, wish, BundleWriter(out))
    survey = export.survey()
    whole = wish.selection.is_everything and survey.entries == checkpoint.size
    export.write_entries()
    if whole:
        export.write_tiles()
    else:
        export.write_proofs()
    export.write_papers(survey)
    export.sign(survey, whole=whole)
    return survey.entries


@dataclass(frozen=True)
class _Export:
    connection: Connection
    key: LogKey
    checkpoint: SignedRoot
    wish: Wish
    bundle: BundleWriter

    def entries(self) -> Iterator[Entry]:
        return store.entries(self.connection, self.wish.selection, self.checkpoint.size)

    def tile(self, level: int, n: int) -> bytes:
        return store.tile(self.connection, level, n)

    def survey(self) -> Survey:
        survey = Survey()
        for entry in self.entries():
            survey.add(leaf.decode(entry.leaf))
        return survey

    def write_entries(self) -> None:
        self.bundle.stream(
            "entries.jsonl", lambda: (entry_line(entry.idx, entry.leaf) for entry in self.entries())
        )
        self.bundle.stream("entries.csv", self._table)

    def _table(self) -> Iterator[bytes]:
        yield table_head()
        for entry in self.entries():
            yield table_line(entry.idx, leaf.decode(entry.leaf))

    def write_tiles(self) -> None:
        level = 0
        while nodes := self.checkpoint.size >> (TILE_HEIGHT * level):
            for n in range(-(-nodes // TILE_WIDTH)):
                width = min(TILE_WIDTH, nodes - n * TILE_WIDTH)
                hashes = self.tile(level, n)[: width * HASH_BYTES]
                self.bundle.add(tile_name(level, n, width), hashes)
            level += 1

    def write_proofs(self) -> None:
        tiles, size = Tiles(self.tile), self.checkpoint.size
        for entry in self.entries():
            text = proof_text(entry.idx, tiles.inclusion(entry.idx, size), self.checkpoint.note)
            self.bundle.add(f"proofs/{entry.idx}.tlog-proof", text.encode())

    def write_papers(self, survey: Survey) -> None:
        wish, add = self.wish, self.bundle.add
        complete = wish.sees_whole_cases and wish.selection.keeps_cases_whole
        add("case_seq.json", spelled({"complete": complete, "cases": survey.cases}))
        add("checkpoint.txt", self.checkpoint.note.encode())
        if wish.previous:
            proof = Tiles(self.tile).consistency(wish.previous.size, self.checkpoint.size)
            add("previous_checkpoint.txt", wish.previous.note.encode())
            add("consistency.txt", note.base64_lines(proof).encode())
        keys = (*self.key.trusted, *wish.witnesses)
        add("vkeys.txt", "".join(f"{key.vkey()}\n" for key in keys).encode())
        for anchored in sorted(wish.anchors, key=lambda one: one.checkpoint.size):
            self.write_anchor(anchored)
        add("controls.csv", controls_table())
        add("verify.py", standalone.script().encode())

    def write_anchor(self, anchored: Anchored) -> None:
        """What outsiders said, the checkpoint it is about, and the proof that this log begins with it."""
        older = anchored.checkpoint
        proof = Tiles(self.tile).consistency(older.size, self.checkpoint.size)
        parts = {
            "txt": older.note.encode(),
            "consistency.txt": note.base64_lines(proof).encode(),
            "tsr": anchored.stamp,
            "cosigned.txt": anchored.cosigned.encode(),
        }
        for ending, octets in parts.items():
            if octets or ending == "consistency.txt":
                self.bundle.add(f"anchors/{older.size}.{ending}", octets)

    def sign(self, survey: Survey, *, whole: bool) -> None:
        manifest = {
            "format": FORMAT,
            "tool": _TOOL,
            "origin": self.key.origin,
            "exported_at": leaf.moment(self.wish.at),
            "filter": _named(self.wish.selection),
            "whole_log": whole,
            "entries": survey.entries,
            "log_size": self.checkpoint.size,
            "files": self.bundle.digests.copy(),
        }
        octets = json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"
        text = manifest_note(self.key.origin, octets)
        self.bundle.add("manifest.json", octets)
        self.bundle.add(
            "manifest.sig", note.sign(text, self.key.origin, self.key.public, self.key.sign).encode()
        )
        self.bundle.finish()


def _named(selection: Selection) -> dict[str, str]:
    """The selection in the words of the leaves."""
    times = {"since": selection.since, "until": selection.until}
    ids = {"case": selection.case, "own": selection.own, "org": selection.org, "actor": selection.actor}
    named = {name: leaf.moment(at) for name, at in times.items() if at}
    named |= {name: str(value) for name, value in ids.items() if value}
    return named | ({"act": selection.action} if selection.action else {})
