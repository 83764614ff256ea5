"""What the stand-alone verifier checks in a bundle: Python 3.8, standard library only."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from typing import Any, Iterator, NamedTuple  # noqa: UP035 - Python 3.8

from handoff_portal.audit.standalone.anchors import ANCHORS, check_anchors
from handoff_portal.audit.standalone.layout import (
    FORMAT,
    central_header,
    end_record,
    entry_line,
    local_header,
    manifest_note,
    proof_text,
    spelled,
    table_head,
    table_line,
)
from handoff_portal.audit.standalone.proofs import (
    Bad,
    Checkpoint,
    Missing,
    checkpoint_of,
    consistent,
    from_base64,
    included,
    key_of,
    leaf_hash,
    opened,
    require,
    root_of,
    tiles_of,
)

# begin


SIGNED = ("manifest.json", "manifest.sig")
PIECE = 1 << 20
OK, FALSE, INCOMPLETE = 0, 2, 3


def selected(wanted: dict[str, str], parts: dict[str, Any]) -> bool:
    """Whether an event belongs to what the manifest says was selected."""
    at, rest = parts["at"], {name: value for name, value in wanted.items() if name not in ("since", "until")}
    in_time = wanted.get("since", "") <= at < wanted.get("until", "~")
    return in_time and all(parts.get(name) == value for name, value in rest.items())


class Bundle:
    """An opened export whose container and signed list of files hold."""

    def __init__(
        self, path: str, opened_zip: zipfile.ZipFile, vkeys: list[str], witnesses: list[str]
    ) -> None:
        """Check that every file is the one that the log signed for."""
        self.zip = opened_zip
        found = digests(path, opened_zip)
        self.names = frozenset(found)
        self.wanted = [key_of(line) for line in witnesses]
        self.keys = [key_of(line) for line in vkeys or self.text("vkeys.txt").splitlines()] + self.wanted
        self.manifest = json.loads(self.text(SIGNED[0]))
        self.origin = self.manifest["origin"]
        text, _ = opened(self.text(SIGNED[1]), self.origin, self.keys)
        lines = self.text(SIGNED[1])[len(text) + 1 :]
        require(lines.count("\n") == 1, "the manifest has more than one signature")
        require(text == manifest_note(self.origin, self.zip.read(SIGNED[0])), "the manifest was changed")
        require(self.manifest["format"] == FORMAT, "this is not an export of the log")
        for name, digest in self.manifest["files"].items():
            require(found[self.present(name)] == digest, f"{name} was changed")
        extra = set(found) - set(self.manifest["files"]) - set(SIGNED)
        require(not extra, f"{', '.join(sorted(extra))} does not belong here")
        self.checkpoint: Checkpoint = checkpoint_of(self.text("checkpoint.txt"), self.origin, self.keys)

    def present(self, name: str) -> str:
        """The name of a file that must be there."""
        if name not in self.names:
            raise Missing(f"{name} is missing")
        return name

    def text(self, name: str) -> str:
        """A file's text."""
        return self.zip.read(self.present(name)).decode()

    def anchors(self) -> dict[str, bytes]:
        """The files about what outsiders said."""
        return {name: self.zip.read(name) for name in self.names if name.startswith(ANCHORS)}

    def entries(self) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
        """Every entry: its index, its bytes, its parts; in one spelling, selected, in ascending order."""
        before, wanted = -1, self.manifest["filter"]
        with self.zip.open(self.present("entries.jsonl")) as lines:
            for line in lines:
                entry = json.loads(line)
                index, leaf = entry["i"], from_base64(entry["leaf"])
                parts = json.loads(leaf)
                require(line == entry_line(index, leaf) and leaf == spelled(parts), "an entry is damaged")
                require(before < index < self.checkpoint.size, "entries are out of order")
                require(selected(wanted, parts), f"entry {index} was not asked for")
                before = index
                yield index, leaf, parts


def digests(path: str, bundle: zipfile.ZipFile) -> dict[str, str]:
    """SHA-256 of every file; the container must have its one form, so that every changed bit shows."""
    found: dict[str, str] = {}
    central, offset = [], 0
    with open(path, "rb") as raw:  # noqa: PTH123 - a plain path
        for info in bundle.infolist():
            name = info.filename.encode()
            head, digest = local_header(name, info.CRC, info.file_size), hashlib.sha256()
            raw.seek(offset)
            in_place = info.header_offset == offset and raw.read(len(head)) == head
            require(in_place and not info.compress_type and info.filename not in found, "the zip was changed")
            with bundle.open(info) as member:
                while True:
                    piece = member.read(PIECE)
                    if not piece:
                        break
                    digest.update(piece)
            central.append(central_header(name, info.CRC, info.file_size, offset))
            found[info.filename] = digest.hexdigest()
            offset += len(head) + info.file_size
        raw.seek(offset)
        directory = b"".join(central)
        end = directory + end_record(len(found), len(directory), offset)
        require(raw.read(len(end) + 1) == end, "the zip was changed")
    return found


class Walk(NamedTuple):
    """What one pass over the entries gives."""

    entries: int
    hashes: list[bytes]
    cases: dict[str, list[int]]


def walked(bundle: Bundle) -> Walk:
    """Check every entry, its line in the table and, in a selection, its proof."""
    hashes: list[bytes] = []
    cases: dict[str, list[int]] = {}
    point, note = bundle.checkpoint, bundle.text("checkpoint.txt")
    with bundle.zip.open(bundle.present("entries.csv")) as table:
        require(table.read(len(table_head())) == table_head(), "entries.csv is not these entries")
        for index, leaf, parts in bundle.entries():
            line = table_line(index, parts)
            require(table.read(len(line)) == line, "entries.csv is not these entries")
            hashes.append(leaf_hash(leaf))
            if not bundle.manifest["whole_log"]:
                path = proof_path(bundle, index, note)
                require(
                    included(hashes[-1], index, point.size, path, point.root),
                    f"the proof of entry {index} is false",
                )
            if "cseq" in parts:
                cases.setdefault(parts["case"], []).append(parts["cseq"])
        require(not table.read(1), "entries.csv is not these entries")
    return Walk(len(hashes), hashes, cases)


def proof_path(bundle: Bundle, index: int, note: str) -> list[bytes]:
    """The hashes of an entry's proof file, which must be for this entry and this checkpoint."""
    name = f"proofs/{index}.tlog-proof"
    text = bundle.text(name)
    path = [from_base64(line) for line in text.split("\n\n", 1)[0].split("\n")[2:]]
    require(text == proof_text(index, path, note), f"{name} is damaged")
    return path


def check_whole_log(bundle: Bundle, walk: Walk) -> None:
    """A whole log: its entries give the signed root and the tiles."""
    if walk.entries < bundle.checkpoint.size:
        raise Missing(
            f"{bundle.checkpoint.size - walk.entries} of {bundle.checkpoint.size} entries are missing"
        )
    require(root_of(walk.hashes) == bundle.checkpoint.root, "the entries do not give the signed root")
    tiles = tiles_of(walk.hashes)
    found = {name for name in bundle.names if name.startswith("tiles/")}
    require(found == set(tiles), "the tiles are not those of the entries")
    require(
        all(bundle.zip.read(name) == tiles[name] for name in found), "the tiles are not those of the entries"
    )


def check_cases(bundle: Bundle, walk: Walk) -> None:
    """The numbers within each case are those the log signed for; of whole cases, none is missing."""
    claim = json.loads(bundle.text("case_seq.json"))
    ranges = {case: [min(seqs), max(seqs), len(seqs)] for case, seqs in walk.cases.items()}
    require(claim["cases"] == ranges, "case_seq.json is not these entries")
    for case, seqs in walk.cases.items() if claim["complete"] else ():
        gaps = sorted(set(range(1, max(seqs) + 1)) - set(seqs))
        require(not gaps, f"case {case} has no event number {', '.join(map(str, gaps[:9]))}")
        require(len(set(seqs)) == len(seqs), f"case {case} has two events of one number")


def check_previous(bundle: Bundle, walk: Walk, held: str | None) -> None:
    """The log begins with the checkpoint in the bundle and with the one that the reader held before."""
    known = {bundle.checkpoint.size: bundle.checkpoint.root}
    if "previous_checkpoint.txt" in bundle.names:
        previous = checkpoint_of(bundle.text("previous_checkpoint.txt"), bundle.origin, bundle.keys)
        path = [from_base64(line) for line in bundle.text("consistency.txt").splitlines()]
        holds = consistent(previous.size, bundle.checkpoint.size, path, previous.root, bundle.checkpoint.root)
        require(holds, "the log does not begin with its previous checkpoint")
        known[previous.size] = previous.root
    if held is None:
        return
    old = checkpoint_of(held, bundle.origin, bundle.keys)
    require(old.size <= bundle.checkpoint.size, "the log is shorter than your checkpoint: it was rolled back")
    if bundle.manifest["whole_log"]:
        known[old.size] = root_of(walk.hashes[: old.size])
    if old.size not in known:
        raise Missing(
            f"a proof for your checkpoint of {old.size} entries: ask for an export that starts from it"
        )
    require(known[old.size] == old.root, "the log is not the one of your checkpoint: it was rewritten")


def check(path: str, vkeys: list[str], held: str | None, witnesses: list[str]) -> dict[str, Any]:
    """Check a bundle; the facts that hold. Raises Bad or Missing, or whatever damaged data causes."""
    if not zipfile.is_zipfile(path):
        raise Missing("this is not a whole zip file")
    with zipfile.ZipFile(path) as opened_zip:
        return checked(Bundle(path, opened_zip, vkeys, witnesses), vkeys, held)


def checked(bundle: Bundle, vkeys: list[str], held: str | None) -> dict[str, Any]:
    """Check the contents of an opened bundle; the facts that hold."""
    walk = walked(bundle)
    require(walk.entries == bundle.manifest["entries"], "entries were removed or added")
    if bundle.manifest["whole_log"]:
        check_whole_log(bundle, walk)
    check_cases(bundle, walk)
    check_previous(bundle, walk, held)
    anchors = check_anchors(bundle.anchors(), bundle.origin, bundle.keys, bundle.checkpoint, bundle.wanted)
    return {
        "origin": bundle.origin,
        "entries": walk.entries,
        "log_size": bundle.checkpoint.size,
        "root": base64.b64encode(bundle.checkpoint.root).decode(),
        "whole_log": bundle.manifest["whole_log"],
        "cases": len(walk.cases),
        "witnesses": sorted({name for one in anchors for name in one["witnesses"]}),
        "anchors": anchors,
        "key_from_bundle": not vkeys,
        "vkeys": [f"{key.name} {key.key_id.hex()} {key.public.hex()}" for key in bundle.keys],
    }


def verdict(
    path: str, vkeys: list[str], held: str | None = None, witnesses: list[str] | None = None
) -> tuple[int, str, dict[str, Any]]:
    """Exit code, problem (empty when all holds), facts."""
    try:
        return OK, "", check(path, vkeys, held, witnesses or [])
    except (Missing, FileNotFoundError) as problem:
        return INCOMPLETE, str(problem), {}
    except Bad as problem:
        return FALSE, str(problem), {}
    except Exception as problem:  # noqa: BLE001 - damaged bytes may fail anywhere, and must never pass
        return FALSE, f"the file is damaged ({type(problem).__name__}: {problem})", {}
