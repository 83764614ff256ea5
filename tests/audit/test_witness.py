"""A witness signs only what continues the log it saw, and remembers before it signs."""

import json
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typing_extensions import override

from handoff_portal.audit import note
from handoff_portal.audit.checkpoints import LogKey
from handoff_portal.audit.tree import Tree, leaf_hash
from handoff_portal.audit.witness import ForkError, SourceError, WitnessKey, cosign, create_key

LOG = LogKey.local("portal.example/audit/1", Ed25519PrivateKey.from_private_bytes(b"s" * 32))
VKEY = LOG.verifier.vkey()
NOW = 1_800_000_000


@dataclass
class Shown:
    """A log as it shows itself: its entries, and what it may do wrong."""

    entries: list[bytes] = field(default_factory=list)
    key: LogKey = LOG
    short: bool = False

    def grow(self, count: int, seed: bytes = b"") -> "Shown":
        first = len(self.entries)
        self.entries += [seed + str(i).encode() for i in range(first, first + count)]
        return self

    def _tree(self) -> tuple[Tree, dict[tuple[int, int], bytes]]:
        tree = Tree()
        return tree, tree.append([leaf_hash(entry) for entry in self.entries])

    def checkpoint(self) -> str:
        tree, _ = self._tree()
        text = note.Checkpoint(self.key.origin, tree.size, tree.root()).text()
        return note.sign(text, self.key.origin, self.key.public, self.key.sign)

    def tile(self, level: int, n: int, width: int) -> bytes:
        hashes = self._tree()[1][level, n]
        assert len(hashes) >= width * 32
        return hashes[: 32 if self.short else width * 32]


@pytest.fixture
def key(tmp_path: Path) -> WitnessKey:
    return create_key(tmp_path / "witness.key", "witness.example/w1")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "log.state"


def test_the_first_note_is_taken_on_trust_of_the_key_and_later_ones_must_continue_it(
    key: WitnessKey, state: Path
) -> None:
    log = Shown()
    sizes = []
    for count in (3, 0, 250, 1, 3, 700):
        seen = cosign(log.grow(count), state, key, VKEY, NOW)
        point = note.opened(seen.note, LOG.origin, (LOG.verifier, key.verifier))
        assert note.verify(note.parse(seen.note), (key.verifier,)) == (key.verifier,)
        assert point.size == seen.size
        sizes.append((seen.before, seen.size))
    assert sizes == [(None, 3), (3, 3), (3, 253), (253, 254), (254, 257), (257, 957)]


@pytest.mark.parametrize("before", [1, 255, 256, 257, 511, 600])
@pytest.mark.parametrize("after", [1, 300, 65_000])
def test_any_growth_is_proved_from_the_tiles(key: WitnessKey, state: Path, before: int, after: int) -> None:
    log = Shown().grow(before)
    cosign(log, state, key, VKEY, NOW)
    assert cosign(log.grow(after), state, key, None, NOW).before == before


def rewritten(log: Shown) -> Shown:
    return Shown([b"another", *log.entries[1:]])


def cut(log: Shown) -> Shown:
    return Shown(log.entries[:-1])


def grown_elsewhere(log: Shown) -> Shown:
    return Shown(log.entries[:-1]).grow(9, b"other")


@pytest.mark.parametrize("shown", [rewritten, cut, grown_elsewhere])
def test_a_log_that_was_rewritten_or_cut_is_not_signed_and_what_was_seen_stays(
    key: WitnessKey, state: Path, shown: Callable[[Shown], Shown]
) -> None:
    log = Shown().grow(300)
    cosign(log, state, key, VKEY, NOW)
    kept = state.read_bytes()
    with pytest.raises(ForkError):
        cosign(shown(log), state, key, None, NOW)
    assert state.read_bytes() == kept
    assert cosign(log.grow(1), state, key, None, NOW).size == 301


def test_what_was_seen_is_on_disk_before_anything_is_signed(state: Path, tmp_path: Path) -> None:
    class Dying(WitnessKey):
        """The witness loses its power at the moment of signing."""

        @property
        @override
        def verifier(self) -> note.Verifier:
            raise KeyboardInterrupt

    create_key(tmp_path / "w", "w")
    dying = Dying("w", Ed25519PrivateKey.generate())
    log = Shown().grow(5)
    with pytest.raises(KeyboardInterrupt):
        cosign(log, state, dying, VKEY, NOW)
    assert note.checkpoint(note.parse(json.loads(state.read_text())["note"]).text).size == 5


def test_a_log_of_another_key_or_name_is_not_signed(key: WitnessKey, state: Path) -> None:
    other = LogKey.local(LOG.origin, Ed25519PrivateKey.from_private_bytes(b"o" * 32))
    with pytest.raises(note.NoteError):
        cosign(Shown(key=other).grow(3), state, key, VKEY, NOW)
    assert not state.exists()
    cosign(Shown().grow(3), state, key, VKEY, NOW)
    with pytest.raises(ValueError, match="another key"):
        cosign(Shown().grow(4), state, key, other.verifier.vkey(), NOW)
    with pytest.raises(note.NoteError):
        cosign(Shown(key=other).grow(4), state, key, None, NOW)


def test_a_new_key_of_the_log_is_taken_when_asked_for_and_the_log_goes_on(
    key: WitnessKey, state: Path
) -> None:
    log = Shown().grow(30)
    cosign(log, state, key, VKEY, NOW)
    successor = LogKey.local(LOG.origin, Ed25519PrivateKey.from_private_bytes(b"n" * 32))
    other_name = LogKey.local("other.example", Ed25519PrivateKey.from_private_bytes(b"n" * 32))
    forked = Shown([b"another", *log.entries], successor)
    log.key = successor
    with pytest.raises(note.NoteError):
        cosign(log, state, key, None, NOW)
    with pytest.raises(ForkError):
        cosign(forked, state, key, None, NOW, successor.verifier.vkey())
    with pytest.raises(note.NoteError):
        cosign(log, state, key, None, NOW, other_name.verifier.vkey())
    assert cosign(log.grow(1), state, key, None, NOW, successor.verifier.vkey()).before == 30
    assert cosign(log.grow(1), state, key, None, NOW).before == 31


def test_a_log_that_shows_too_little_proves_nothing_but_is_no_fork(key: WitnessKey, state: Path) -> None:
    log = Shown().grow(3)
    cosign(log, state, key, VKEY, NOW)
    log.grow(5).short = True
    with pytest.raises(SourceError, match="expected"):
        cosign(log, state, key, None, NOW)


def test_the_first_time_needs_the_logs_key_and_a_damaged_memory_is_not_passed_over(
    key: WitnessKey, state: Path
) -> None:
    log = Shown().grow(3)
    with pytest.raises(ValueError, match="--vkey"):
        cosign(log, state, key, None, NOW)
    with pytest.raises(ValueError, match="not of a log"):
        cosign(log, state, key, key.verifier.vkey(), NOW)
    state.write_text("{}")
    with pytest.raises(ValueError, match="must not forget"):
        cosign(log, state, key, VKEY, NOW)


def test_a_key_file_is_private_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "k"
    key = create_key(path, "witness.example/w1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert WitnessKey.load(path).verifier == key.verifier
    expected = sha256(b"witness.example/w1\n\x04" + key.verifier.public).digest()[:4]
    assert key.verifier.key_id == expected
    with pytest.raises(FileExistsError):
        create_key(path, "witness.example/w1")
    with pytest.raises(ValueError, match="verifier key"):
        create_key(tmp_path / "bad", "two words")
    path.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        WitnessKey.load(path)
    path.chmod(0o600)
    path.write_text("PRIVATE+KEY+x")
    with pytest.raises(ValueError, match="key"):
        WitnessKey.load(path)
