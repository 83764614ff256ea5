"""An export convinces a stranger of what is in it, and of nothing else."""

import ast
import io
import json
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.conftest import AGENCY, BUSINESS, KEY, LONG, OPERATOR, START, Portal, sign_in, soak, write
from audit.exports import (
    CASE,
    LOG,
    OTHER,
    VKEY,
    a_log,
    both,
    contents,
    edited,
    exported,
    forged,
    mutated,
    signed,
    written_again,
)
from handoff_portal.audit import checkpoints, note, standalone
from handoff_portal.audit.bundle import BundleWriter
from handoff_portal.audit.controls import CONTROLS, controls_table
from handoff_portal.audit.export import Wish, write_bundle
from handoff_portal.audit.model import Selection
from handoff_portal.audit.sequencer import Sequencer
from handoff_portal.audit.standalone import checks, layout
from handoff_portal.audit.verify import verify_bundle
from handoff_portal.core.events import Action


@pytest.fixture
def log(portal: Portal) -> psycopg.Connection:
    return a_log(portal)


def test_the_whole_log_verifies_with_both_verifiers(log: psycopg.Connection, tmp_path: Path) -> None:
    path = exported(log, tmp_path / "a.zip")
    assert both(path) == both(path, VKEY) == 0
    assert both(path, OTHER.verifier.vkey()) == 2
    names = set(contents(path))
    assert {"tiles/0/000", "tiles/0/001", "tiles/0/002.p/68", "tiles/1/000.p/2", "verify.py"} <= names
    assert not any(name.startswith("proofs/") for name in names)


def test_the_same_wish_gives_the_same_bytes(log: psycopg.Connection, tmp_path: Path) -> None:
    first, second = exported(log, tmp_path / "a.zip"), exported(log, tmp_path / "b.zip")
    assert first.read_bytes() == second.read_bytes()


def test_a_selection_verifies_by_its_proofs(log: psycopg.Connection, tmp_path: Path) -> None:
    wish = Wish(selection=Selection(case=CASE), at=START, sees_whole_cases=True)
    path = exported(log, tmp_path / "a.zip", wish)
    assert both(path, VKEY) == 0
    files = contents(path)
    assert sum(name.startswith("proofs/") for name in files) == 83
    assert json.loads(files["case_seq.json"]) == {"complete": True, "cases": {str(CASE): [1, 83, 83]}}


@pytest.mark.parametrize(
    "selection",
    [
        Selection(org=AGENCY),
        Selection(own=BUSINESS, action="case.edited"),
        Selection(actor=BUSINESS, since=START, until=START + timedelta(minutes=9)),
        Selection(case=uuid4()),
    ],
)
def test_any_selection_verifies(log: psycopg.Connection, tmp_path: Path, selection: Selection) -> None:
    path = exported(log, tmp_path / "a.zip", Wish(selection=selection, at=START, sees_whole_cases=True))
    assert both(path, VKEY) == 0


def test_an_export_of_an_earlier_checkpoint_holds_no_later_entry(
    log: psycopg.Connection, tmp_path: Path
) -> None:
    path = exported(log, tmp_path / "a.zip", size=300)
    assert both(path, VKEY) == 0
    assert verify_bundle(path).entries == 300


def test_an_agency_exports_its_own_slice_only(
    portal: Portal, log: psycopg.Connection, tmp_path: Path
) -> None:
    app = portal.door("handoff_app")
    for org, entries in ((AGENCY, 290), (BUSINESS, 580), (OPERATOR, 580)):
        sign_in(app, org)
        path = tmp_path / f"{org}.zip"
        with path.open("wb") as out:
            assert write_bundle(out, app, LOG, signed(log, 580), Wish(at=START)) == entries
        assert both(path, VKEY) == 0


def test_the_log_begins_with_the_checkpoint_the_reader_held(log: psycopg.Connection, tmp_path: Path) -> None:
    old, size = signed(log, 300), 300
    whole = exported(log, tmp_path / "a.zip")
    assert both(whole, VKEY, held=old.note) == 0
    part = Wish(selection=Selection(case=CASE), at=START)
    assert both(exported(log, tmp_path / "b.zip", part), VKEY, held=old.note) == 3
    proven = exported(log, tmp_path / "c.zip", replace(part, previous=old))
    assert both(proven, VKEY, held=old.note) == 0
    fork = note.sign(note.Checkpoint(LOG.origin, size, bytes(32)).text(), LOG.origin, LOG.public, LOG.sign)
    longer = note.sign(note.Checkpoint(LOG.origin, 999, bytes(32)).text(), LOG.origin, LOG.public, LOG.sign)
    for path in (whole, proven):
        assert both(path, VKEY, held=fork) == both(path, VKEY, held=longer) == both(path, VKEY, held="x") == 2


def test_witnesses_named_in_the_bundle_are_checked(log: psycopg.Connection, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    witness = note.Verifier("witness.example/w1", note.COSIGNATURE, key.public_key().public_bytes_raw())
    point = signed(log, 580)
    wish = Wish(at=START, witnesses=(witness,))
    for signer, code in ((key, 0), (Ed25519PrivateKey.from_private_bytes(b"x" * 32), 2)):
        path = tmp_path / "a.zip"
        seen = replace(point, note=note.cosign(point.note, witness, 1_800_000_000, signer.sign))
        with path.open("wb") as out:
            write_bundle(out, log, LOG, seen, wish)
        assert both(path) == code
    assert checks.verdict(str(exported(log, tmp_path / "b.zip", wish)), [])[2]["witnesses"] == []


def test_a_case_with_a_missing_event_is_told(portal: Portal, log: psycopg.Connection, tmp_path: Path) -> None:
    """An event that was dropped before it entered the tree leaves a hole in its case's numbers."""
    app = portal.door("handoff_app")
    case = uuid4()
    write(app, case=case)
    write(app, case=case, key=b"\x01" * 32)
    write(app, case=case)
    Sequencer({1: KEY}, print).run_once(log, START)
    checkpoints.sign_newest(log, LOG, START + timedelta(hours=1))
    path = exported(log, tmp_path / "a.zip", size=582)
    assert both(path, VKEY) == 2
    assert "has no event number 2" in checks.verdict(str(path), [])[1]


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_every_bit_of_the_file_counts(log: psycopg.Connection, tmp_path: Path) -> None:
    """Random flips, cuts, insertions and swaps of bytes: none is accepted, and both verifiers refuse."""
    whole = exported(log, tmp_path / "a.zip", Wish(at=START, previous=signed(log, 300)))
    part = Wish(selection=Selection(case=CASE), at=START, sees_whole_cases=True, previous=signed(log, 300))
    chosen = random.Random(7)  # noqa: S311 - repeatable
    for path in (whole, exported(log, tmp_path / "b.zip", part)):
        octets = path.read_bytes()
        for turn in range(soak(700, 3500)):
            changed = mutated(octets, chosen)
            (tmp_path / "m.zip").write_bytes(changed)
            code = checks.verdict(str(tmp_path / "m.zip"), [VKEY])[0]
            assert code in {2, 3}
            if turn % 10 == 0:
                assert verify_bundle(tmp_path / "m.zip", [VKEY]).code in {2, 3}


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_no_changed_line_is_accepted_even_in_a_proper_zip(log: psycopg.Connection, tmp_path: Path) -> None:
    """Lines are edited, dropped, doubled and swapped and the zip is written anew, as a forger would."""
    part = Wish(selection=Selection(case=CASE), at=START, sees_whole_cases=True, previous=signed(log, 300))
    files = contents(exported(log, tmp_path / "a.zip", part))
    chosen = random.Random(11)  # noqa: S311 - repeatable
    for turn in range(soak(600, 3000)):
        path = written_again(tmp_path / "m.zip", edited(files, chosen))
        assert checks.verdict(str(path), [VKEY])[0] in {2, 3}
        if turn % 10 == 0:
            both(path, VKEY)


def test_the_manifest_has_one_signature_and_nothing_beside_it(
    log: psycopg.Connection, tmp_path: Path
) -> None:
    """Other notes may carry lines of unknown keys; no list of files covers this one, so it may not."""
    files = contents(exported(log, tmp_path / "a.zip"))
    raw = files["manifest.sig"].decode()
    text, line = note.parse(raw).text, raw.splitlines(keepends=True)[-1]
    stranger = note.parse(note.sign(text, "x.example", OTHER.public, OTHER.sign)).signatures[0].line()
    for more in (raw + line, raw + stranger, raw.replace(line, stranger + line), raw + "\n", "\n" + raw):
        path = written_again(tmp_path / "m.zip", files | {"manifest.sig": more.encode()})
        assert both(path, VKEY) == both(path) == 2


@pytest.mark.soak
@pytest.mark.timeout(LONG)
def test_not_even_the_holder_of_the_key_can_change_what_was_logged(
    log: psycopg.Connection, tmp_path: Path
) -> None:
    """With the manifest signed anew, edits of entries, proofs, tiles or numbers still contradict the tree."""
    part = Wish(selection=Selection(case=CASE), at=START, sees_whole_cases=True, previous=signed(log, 300))
    for wish in (part, Wish(at=START, sees_whole_cases=True, previous=signed(log, 300))):
        files = contents(exported(log, tmp_path / "a.zip", wish))
        assert both(forged(tmp_path / "f.zip", files), VKEY) == 0
        assert both(forged(tmp_path / "f.zip", files, OTHER), VKEY) == 2
        chosen = random.Random(13)  # noqa: S311 - repeatable
        evidence = [name for name in files if name.startswith(("entries", "proofs", "tiles", "case", "cons"))]
        for _ in range(soak(120, 1000)):
            name = chosen.choice(evidence)
            changed = edited({name: files[name]}, chosen)
            rest = {other: data for other, data in files.items() if other != name}
            assert both(forged(tmp_path / "f.zip", rest | changed), VKEY) in {2, 3}


def test_the_script_in_the_bundle_runs_alone_and_says_what_it_found(
    log: psycopg.Connection, tmp_path: Path
) -> None:
    path = exported(log, tmp_path / "a.zip")
    script = tmp_path / "verify.py"
    script.write_bytes(contents(path)["verify.py"])
    (tmp_path / "old.txt").write_text(signed(log, 300).note, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-W", "error", str(script), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert not done.stderr
        return done.returncode, done.stdout

    code, text = run("a.zip")
    assert code == 0
    assert "All 580 entries hold" in text
    assert "Compare it with one" in text
    assert run("a.zip", "--vkey", VKEY, "--old-checkpoint", "old.txt")[0] == 0
    code, text = run("a.zip", "--json", "--vkey", VKEY)
    assert json.loads(text)["facts"]["log_size"] == 580
    (tmp_path / "bad.zip").write_bytes(path.read_bytes().replace(b'"i":7,', b'"i":8,'))
    assert run("bad.zip") == (2, run("bad.zip")[1])
    (tmp_path / "cut.zip").write_bytes(path.read_bytes()[:-30])
    assert run("cut.zip") == (3, "INCOMPLETE: this is not a whole zip file.\n")
    assert run("none.zip")[0] == 3


def test_the_script_is_plain_python_of_the_oldest_version_it_names() -> None:
    text = standalone.script()
    assert "handoff_portal" not in text
    ast.parse(text, feature_version=(3, 8))


def test_no_cell_of_the_table_is_a_formula() -> None:
    for start in "=+-@\t\r\0":
        line = layout.table_line(3, {"at": start + "1+1", "d": {"a": 1}})
        assert line.startswith((b"3,'" + start.encode(), b"3,\"'" + start.encode()))
    assert layout.table_line(3, {"at": "1"}).startswith(b"3,1,")


def test_a_zip_with_very_many_files_can_be_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    writer = BundleWriter(out)
    for i in range(66_000):
        writer.add(f"f/{i}", b"")
    writer.finish()
    (tmp_path / "many.zip").write_bytes(out.getvalue())
    with zipfile.ZipFile(tmp_path / "many.zip") as bundle:
        assert len(checks.digests(str(tmp_path / "many.zip"), bundle)) == 66_000


def test_every_action_is_mapped_to_controls() -> None:
    assert set(CONTROLS) == set(Action)
    assert controls_table().count(b"\r\n") == len(Action) + 1
