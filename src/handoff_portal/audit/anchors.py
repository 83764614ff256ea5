"""The portal's own check of what outsiders said in an export; time stamps by `rfc3161-client`."""

from collections.abc import Mapping, Sequence
from re import fullmatch

from cryptography.x509 import Certificate

from handoff_portal.adapters.timestamps import check_stamp
from handoff_portal.audit import note
from handoff_portal.audit.tree import consistency_holds

PREFIX = "anchors/"
_NAME = r"anchors/(0|[1-9]\d{0,18})\.(txt|consistency\.txt|tsr|cosigned\.txt)"


class FalseError(ValueError):
    """Something in the bundle is false."""


class IncompleteError(ValueError):
    """Something is missing."""


def require(holds: object, problem: str) -> None:
    """Stop with FalseError unless it holds."""
    if not holds:
        raise FalseError(problem)


def check_anchors(
    files: Mapping[str, bytes],
    point: note.Checkpoint,
    trusted: Sequence[note.Verifier],
    roots: Sequence[Certificate],
) -> set[note.Verifier]:
    """Check every anchor; gives the witnesses that cosigned.

    Args:
        files: Those of the bundle whose name starts with `PREFIX`.
        point: The checkpoint of the bundle.
        trusted: Keys of the log and of witnesses.
        roots: Given some, the signatures of time stamps must lead to one of them.

    Raises:
        FalseError, NoteError, StampError: Something is false.
        IncompleteError: A file is missing.
    """
    sizes: set[int] = set()
    for name in files:
        found = fullmatch(_NAME, name)
        require(found, f"{name} does not belong here")
        sizes.add(int(found[1]) if found else 0)
    return {one for size in sizes for one in _check_anchor(files, size, point, trusted, roots)}


def _check_anchor(
    files: Mapping[str, bytes],
    size: int,
    point: note.Checkpoint,
    trusted: Sequence[note.Verifier],
    roots: Sequence[Certificate],
) -> set[note.Verifier]:
    base = f"{PREFIX}{size}"
    if f"{base}.txt" not in files or f"{base}.consistency.txt" not in files:
        raise IncompleteError(f"what belongs to {base} is missing")
    raw = files[f"{base}.txt"]
    older = note.opened(raw.decode(), point.origin, trusted)
    path = [note.from_base64(line) for line in files[f"{base}.consistency.txt"].decode().splitlines()]
    holds = older.size == size and consistency_holds(size, point.size, path, older.root, point.root)
    require(holds, f"the log does not begin with {base}.txt")
    token, cosigned = files.get(f"{base}.tsr"), files.get(f"{base}.cosigned.txt")
    require(token is not None or cosigned is not None, f"nobody said anything about {base}.txt")
    if token is not None:
        check_stamp(token, raw, roots)
    if cosigned is None:
        return set()
    require(note.opened(cosigned.decode(), point.origin, trusted) == older, f"{base} has two checkpoints")
    return set(note.verify(note.parse(cosigned.decode()), trusted))
