"""Rows of rule files; each carries a code of the portal, what is opened must have the hash in its row."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Insert, RowMapping, Update, bindparam, column, insert, select, table, update

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.database.rows import RowRefused, Signed, genuine
from handoff_portal.core.events import Code
from handoff_portal.core.ids import PersonId, RulesId
from handoff_portal.core.refusals import NotFound, WrongState
from handoff_portal.guard.model.versions import (
    RulesScheduled,
    RulesState,
    RulesVersion,
    RulesWithdrawn,
)

_SIGNED = (
    *("id", "version", "state", "sha256", "parsed_sha256", "vectors_sha256", "file_name", "rules"),
    *("uploaded_at", "uploaded_by", "uploaded_name", "effective_at", "zone", "failing", "reason"),
    *("decided_at", "decided_by", "decided_name"),
)
SIGNED = Signed("guard_rules", _SIGNED)
_OPENED = ("content", "parsed", "vectors")
GUARD_RULES = table("guard_rules", *map(column, (*SIGNED.needed, "compiled", *_OPENED)))
_LISTED = [one for one in GUARD_RULES.c if one.name not in _OPENED]
_IN_FORCE = Prepared(
    select(*_LISTED)
    .where(
        GUARD_RULES.c.state == RulesState.SCHEDULED.value, GUARD_RULES.c.effective_at <= bindparam("moment")
    )
    .order_by(GUARD_RULES.c.effective_at.desc(), GUARD_RULES.c.decided_at.desc())
)


def insertion(work: Work, one: RulesVersion, opened: dict[str, bytes | None]) -> Insert:
    """What inserts a file that waits for its checks.

    Args:
        one: What is known of it.
        opened: Its bytes: `content` as uploaded, `parsed`, and `vectors` or None.
    """
    vectors = opened["vectors"]
    values = {
        **_named(one),
        "uploaded_at": one.uploaded_at,
        "uploaded_by": one.uploaded_by,
        "uploaded_name": one.uploaded_name,
        "parsed_sha256": _hash(opened["parsed"] or b""),
        "vectors_sha256": None if vectors is None else _hash(vectors),
        "failing": [],
        "reason": "",
    }
    signed = {**values, "mac": SIGNED.sign(work.vault, values)}
    return insert(GUARD_RULES).values(**signed, compiled=one.compiled, **opened)


def _named(one: RulesVersion) -> dict[str, object]:
    return {
        "id": one.id,
        "version": one.version,
        "state": one.state.value,
        "sha256": one.sha256,
        "file_name": one.file_name,
        "rules": one.rules,
    }


def list_all(work: Work) -> list[RulesVersion]:
    """Every file that this actor may know, the newest first."""
    query = select(*_LISTED).order_by(GUARD_RULES.c.uploaded_at.desc(), GUARD_RULES.c.id)
    rows = work.read(query).mappings()
    return [_version(row) for row in rows if genuine(work, SIGNED, row)]


def find(work: Work, version: str) -> RulesVersion | None:
    """The file of this version, if this actor may know it."""
    query = select(*_LISTED).where(GUARD_RULES.c.version == version)
    row = work.read(query).mappings().one_or_none()
    return _version(row) if row and genuine(work, SIGNED, row, version=version) else None


def find_by_id(work: Work, wanted: RulesId) -> RulesVersion | None:
    """The file with this id, if this actor may know it."""
    query = select(*_LISTED).where(GUARD_RULES.c.id == wanted)
    row = work.read(query).mappings().one_or_none()
    return _version(row) if row and genuine(work, SIGNED, row, id=wanted) else None


def list_in_force(work: Work, moment: datetime) -> Iterator[RulesVersion]:
    """The uploaded file in force at a moment, then those that were before it."""
    for row in work.read(_IN_FORCE, {"moment": moment}).mappings():
        if genuine(work, SIGNED, row, state=RulesState.SCHEDULED.value):
            yield _version(row)


def open_part(work: Work, wanted: RulesId, part: str) -> bytes | None:
    """The bytes of a part ("content", "parsed", "vectors") of a file; None if it has no vectors.

    Raises:
        NotFound: There is no such file, or somebody changed it past the portal; an event says so.
    """
    query = select(GUARD_RULES).where(GUARD_RULES.c.id == wanted)
    row = work.read(query).mappings().one_or_none()
    if row is None or not genuine(work, SIGNED, row, id=wanted):
        raise NotFound
    octets: bytes | None = row[part]
    promised = row["sha256" if part == "content" else f"{part}_sha256"]
    if (None if octets is None else _hash(octets)) != promised:
        work.alarm(RowRefused(table=Code(f"{SIGNED.name}.{part}"), row=wanted))
        raise NotFound("The stored file is not the one that was uploaded. The log says so; ask the operator.")
    return octets


def name_taken(work: Work, version: str) -> bool:
    """Whether a file of this version was ever uploaded."""
    return work.read(select(GUARD_RULES.c.id).where(GUARD_RULES.c.version == version)).first() is not None


def checked(work: Work, wanted: RulesId) -> Update | None:
    """What notes that the checks of a file are done; None for one that was withdrawn meanwhile, or forged."""
    query = select(*_LISTED).where(
        GUARD_RULES.c.id == wanted, GUARD_RULES.c.state == RulesState.CHECKING.value
    )
    row = work.read(query).mappings().one_or_none()
    if row is None or not genuine(work, SIGNED, row):
        return None
    values = {**row, "state": RulesState.CHECKED.value}
    same = (GUARD_RULES.c.id == wanted) & (GUARD_RULES.c.state == RulesState.CHECKING.value)
    return update(GUARD_RULES).where(same).values(state=values["state"], mac=SIGNED.sign(work.vault, values))


def save_decision(
    work: Work, before: RulesVersion, after: RulesVersion, event: RulesScheduled | RulesWithdrawn
) -> None:
    """Store a schedule or a withdrawal by the actor.

    Raises:
        WrongState: Somebody decided in the meantime.
    """
    same = (GUARD_RULES.c.id == before.id) & (GUARD_RULES.c.state == before.state.value)
    row = work.read(select(*_LISTED).where(same)).mappings().one_or_none()
    if row is None or not genuine(work, SIGNED, row, id=before.id):
        raise WrongState("Somebody decided about this file in the meantime. Load the page again.")
    changed = {
        "state": after.state.value,
        "effective_at": after.effective_at,
        "zone": after.zone or None,
        "failing": list(after.failing),
        "reason": after.reason,
        "decided_at": work.now,
        "decided_by": work.actor.person,
        "decided_name": work.actor.name,
    }
    code = SIGNED.sign(work.vault, {**row, **changed})
    if work.change(update(GUARD_RULES).where(same).values(**changed, mac=code)).rowcount != 1:
        raise WrongState("Somebody decided about this file in the meantime. Load the page again.")
    work.record(event)


def is_moment_taken(work: Work, moment: datetime) -> bool:
    """Whether another file is scheduled for exactly this moment."""
    at = (GUARD_RULES.c.state == RulesState.SCHEDULED.value) & (GUARD_RULES.c.effective_at == moment)
    return work.read(select(GUARD_RULES.c.id).where(at)).first() is not None


def _hash(octets: bytes) -> bytes:
    return hashlib.sha256(octets).digest()


def _version(row: RowMapping) -> RulesVersion:
    return RulesVersion(
        id=RulesId(row["id"]),
        version=row["version"],
        state=RulesState(row["state"]),
        compiled=str(row["compiled"]),
        rules=row["rules"],
        sha256=row["sha256"],
        file_name=row["file_name"],
        uploaded_at=row["uploaded_at"],
        uploaded_by=PersonId(row["uploaded_by"]),
        uploaded_name=row["uploaded_name"],
        effective_at=row["effective_at"],
        zone=row["zone"] or "",
        failing=tuple(row["failing"]),
        reason=row["reason"],
        decided_at=row["decided_at"],
        decided_name=row["decided_name"] or "",
    )
