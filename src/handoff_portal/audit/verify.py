"""The portal's own check of an export: other code than the stand-alone script, signatures by `cryptography`.

A test proves that both always agree.
"""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import file_digest, sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile, is_zipfile

from cryptography.x509 import Certificate

from handoff_portal.adapters.database import leaf
from handoff_portal.audit import note
from handoff_portal.audit.anchors import PREFIX, IncompleteError, check_anchors, require
from handoff_portal.audit.bundle import BundleWriter
from handoff_portal.audit.standalone.layout import FORMAT, entry_line, table_head, table_line
from handoff_portal.audit.standalone.proofs import tile_name
from handoff_portal.audit.tree import (
    TileKey,
    Tree,
    consistency_holds,
    inclusion_holds,
    leaf_hash,
)

OK, FALSE, INCOMPLETE = 0, 2, 3
_SIGNED = {"manifest.json", "manifest.sig"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Code 0: all holds, 2: something is false, 3: something is missing; and the problem in words."""

    code: int
    problem: str = ""
    entries: int = 0
    size: int = 0


@dataclass(frozen=True)
class _Asked:
    vkeys: Sequence[str] = ()
    held: str | None = None
    witnesses: Sequence[str] = ()
    roots: Sequence[Certificate] = ()


def verify_bundle(
    path: Path,
    vkeys: Sequence[str] = (),
    held: str | None = None,
    witnesses: Sequence[str] = (),
    roots: Sequence[Certificate] = (),
) -> Verdict:
    """Check an export.

    Args:
        path: The zip.
        vkeys: Keys the reader trusts; without any, those in the bundle are taken.
        held: A checkpoint the reader kept from before; the log must begin with it.
        witnesses: Keys of witnesses that must have cosigned.
        roots: Certificates that the signatures of time stamps must lead to.
    """
    try:
        if is_zipfile(path):
            with ZipFile(path) as bundle:
                files = _Files(path, bundle, frozenset(bundle.namelist()))
                return _checked(files, _Asked(vkeys, held, witnesses, roots))
    except (IncompleteError, FileNotFoundError) as problem:
        return Verdict(INCOMPLETE, str(problem))
    except (
        ValueError,
        KeyError,
        TypeError,
        BadZipFile,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as problem:
        return Verdict(FALSE, f"{type(problem).__name__}: {problem}")
    return Verdict(INCOMPLETE, "this is not a whole zip file")


@dataclass(frozen=True)
class _Files:
    path: Path
    bundle: ZipFile
    names: frozenset[str]

    def __getitem__(self, name: str) -> bytes:
        if name not in self.names:
            raise IncompleteError(f"{name} is missing")
        return self.bundle.read(name)

    def text(self, name: str) -> str:
        return self[name].decode()

    def rewritten(self) -> str:
        """SHA-256 of the zip as the exporter would write these contents."""
        out = _Digest()
        writer = BundleWriter(out)
        for name in self.bundle.namelist():
            writer.add(name, self.bundle.read(name))
        writer.finish()
        return out.sum.hexdigest()


class _Digest:
    """Forgets what is written to it, but for its SHA-256."""

    def __init__(self) -> None:
        self.sum = sha256()

    def write(self, data: bytes) -> object:
        """Add bytes."""
        self.sum.update(data)
        return len(data)


def _checked(files: _Files, asked: _Asked) -> Verdict:
    with files.path.open("rb") as raw:
        require(files.rewritten() == file_digest(raw, "sha256").hexdigest(), "the zip was changed")
    require(len(files.names) == len(files.bundle.namelist()), "a file is there twice")
    wanted = [note.verifier(line) for line in asked.witnesses]
    require(all(one.kind == note.COSIGNATURE for one in wanted), "that is not the key of a witness")
    trusted = [note.verifier(line) for line in asked.vkeys or files.text("vkeys.txt").splitlines()] + wanted
    manifest = _manifest(files, trusted)
    point = note.opened(files.text("checkpoint.txt"), manifest["origin"], trusted)
    entries = list(_entries(files, manifest["filter"]))
    indexes = [index for index, _ in entries]
    require(all(a < b for a, b in pairwise([-1, *indexes])), "entries are out of order")
    require(len(entries) == manifest["entries"], "entries were added or removed")
    table = table_head() + b"".join(table_line(index, leaf.decode(octets)) for index, octets in entries)
    require(files["entries.csv"] == table, "entries.csv is not these entries")
    hashes = [leaf_hash(octets) for _, octets in entries]
    if manifest["whole_log"]:
        _check_tree(files, point, hashes)
    else:
        _check_proofs(files, point, indexes, hashes)
    _check_cases(files, [leaf.decode(octets) for _, octets in entries])
    _check_older(files, point, trusted, hashes if manifest["whole_log"] else None, asked.held)
    spoken = {name: files[name] for name in files.names if name.startswith(PREFIX)}
    heard = check_anchors(spoken, point, trusted, asked.roots)
    heard |= set(note.verify(note.parse(files.text("checkpoint.txt")), trusted))
    if silent := sorted(one.name for one in wanted if one not in heard):
        raise IncompleteError(f"there is no cosignature of {', '.join(silent)}")
    return Verdict(OK, "", len(entries), point.size)


def _manifest(files: _Files, trusted: Sequence[note.Verifier]) -> dict[str, Any]:
    octets = files["manifest.json"]
    manifest: dict[str, Any] = json.loads(octets)
    signed = note.parse(files.text("manifest.sig"))
    require(len(signed.signatures) == 1, "the manifest has more than one signature")
    signers = note.verify(signed, [key for key in trusted if key.kind == note.ED25519])
    require(any(key.name == manifest["origin"] for key in signers), "the log did not sign the manifest")
    expected = f"{FORMAT}\n{manifest['origin']}\n{sha256(octets).hexdigest()}\n"
    require(signed.text == expected and manifest["format"] == FORMAT, "the manifest was changed")
    for name, digest in manifest["files"].items():
        require(sha256(files[name]).hexdigest() == digest, f"{name} was changed")
    require(files.names == {*manifest["files"], *_SIGNED}, "a file does not belong here")
    return manifest


def _entries(files: _Files, wanted: dict[str, str]) -> Iterator[tuple[int, bytes]]:
    since, until = wanted.pop("since", ""), wanted.pop("until", "~")
    for line in files["entries.jsonl"].splitlines(keepends=True):
        entry = json.loads(line)
        index, octets = entry["i"], b64decode(entry["leaf"], validate=True)
        require(line == entry_line(index, octets), "an entry is damaged")
        parts = leaf.decode(octets)
        asked = since <= parts["at"] < until and wanted.items() <= parts.items()
        require(asked, f"entry {index} was not asked for")
        yield index, octets


def _check_tree(files: _Files, point: note.Checkpoint, hashes: list[bytes]) -> None:
    if len(hashes) < point.size:
        raise IncompleteError(f"{point.size - len(hashes)} entries are missing")
    tree = Tree()
    tiles: dict[TileKey, bytes] = tree.append(hashes)
    require((tree.size, tree.root()) == (point.size, point.root), "the entries do not give the signed root")
    expected = {tile_name(*key, len(data) // 32): data for key, data in tiles.items()}
    found = {name: files[name] for name in files.names if name.startswith("tiles/")}
    require(found == expected, "the tiles are not those of the entries")


def _check_proofs(files: _Files, point: note.Checkpoint, indexes: list[int], hashes: list[bytes]) -> None:
    checkpoint = files.text("checkpoint.txt")
    for index, one in zip(indexes, hashes, strict=True):
        head, _, rest = files.text(f"proofs/{index}.tlog-proof").partition("\n\n")
        kind, place, *path = head.split("\n")
        whole = kind == "c2sp.org/tlog-proof@v1" and place == f"index {index}" and rest == checkpoint
        require(whole, f"the proof of entry {index} is damaged")
        steps = [note.from_base64(step) for step in path]
        require(
            inclusion_holds(one, index, point.size, steps, point.root), f"the proof of entry {index} is false"
        )


def _check_cases(files: _Files, events: Iterable[dict[str, Any]]) -> None:
    claim, cases = json.loads(files["case_seq.json"]), dict[str, list[int]]()
    for parts in events:
        if "cseq" in parts:
            cases.setdefault(parts["case"], []).append(parts["cseq"])
    require(
        claim["cases"] == {case: [min(seqs), max(seqs), len(seqs)] for case, seqs in cases.items()},
        "case_seq.json is not these entries",
    )
    for case, seqs in cases.items():
        whole = sorted(seqs) == list(range(1, len(seqs) + 1))
        require(whole or not claim["complete"], f"case {case} lacks an event")


def _check_older(
    files: _Files,
    point: note.Checkpoint,
    trusted: Sequence[note.Verifier],
    hashes: list[bytes] | None,
    held: str | None,
) -> None:
    known = {point.size: point.root}
    if "previous_checkpoint.txt" in files.names:
        older = note.opened(files.text("previous_checkpoint.txt"), point.origin, trusted)
        path = [note.from_base64(line) for line in files.text("consistency.txt").splitlines()]
        holds = consistency_holds(older.size, point.size, path, older.root, point.root)
        require(holds, "the log does not begin with its previous checkpoint")
        known[older.size] = older.root
    if held is None:
        return
    kept = note.opened(held, point.origin, trusted)
    require(kept.size <= point.size, "the log is shorter than the checkpoint held: it was rolled back")
    if hashes is not None:
        tree = Tree()
        tree.append(hashes[: kept.size])
        known[kept.size] = tree.root()
    if kept.size not in known:
        raise IncompleteError(f"there is no proof for the checkpoint of {kept.size} entries")
    require(known[kept.size] == kept.root, "the log is not the one of the checkpoint held: it was rewritten")
