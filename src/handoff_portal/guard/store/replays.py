"""Rows of checks: how far a rule file was tried, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, Update, column, insert, select, table, update

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.database.rows import Signed, genuine
from handoff_portal.core.ids import RulesId
from handoff_portal.guard.model.replay import Replayed
from handoff_portal.guard.model.versions import RulesReplayed, RulesState, RulesUploaded, RulesVersion
from handoff_portal.guard.store import versions

_WAITING, _RUNNING, _DONE = "waiting", "running", "done"
SIGNED = Signed(
    "guard_replay",
    ("rules_id", "state", "against", "since", "until", "after_case", "result", "started_at", "finished_at"),
    key="rules_id",
)
GUARD_REPLAY = table("guard_replay", *map(column, SIGNED.needed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A check on its way.

    Attributes:
        against: Version of the rules in force when it began.
        since: First moment of the time whose contacts are judged; `until` the first one after it.
        after_case: The last case that was judged.
        found: What was found so far.
    """

    rules: RulesId
    against: str
    since: datetime
    until: datetime
    begun: bool
    done: bool
    after_case: UUID | None
    found: Replayed
    started_at: datetime
    finished_at: datetime | None


def add(
    work: Work,
    made: RulesVersion,
    opened: dict[str, bytes | None],
    against: str,
    since: datetime,
    event: RulesUploaded,
) -> None:
    """Insert a file and have it checked.

    Args:
        work: The officer's.
        made: What is known of the file.
        opened: Its bytes: `content` as uploaded, `parsed`, and `vectors` or None.
        against: Version of the rules in force.
        since: From when on contacts are judged, until now.
        event: Explains it.
    """
    work.change(versions.insertion(work, made, opened))
    values = {
        "rules_id": made.id,
        "state": _WAITING,
        "against": against,
        "since": since,
        "until": work.now,
        "result": "",
        "started_at": work.now,
    }
    work.change(insert(GUARD_REPLAY).values(**values, mac=SIGNED.sign(work.vault, values)))
    work.record(event)


def find(work: Work, rules: RulesId) -> Replay | None:
    """The check of a file; None where there is none that this portal wrote."""
    row = work.read(select(GUARD_REPLAY).where(GUARD_REPLAY.c.rules_id == rules)).mappings().one_or_none()
    return _replay(row) if row and genuine(work, SIGNED, row, rules_id=rules) else None


def take_next(work: Work) -> Replay | None:
    """The oldest check of a file that is not withdrawn, locked until this work ends."""
    rules = versions.GUARD_RULES
    query = select(GUARD_REPLAY).join(rules, rules.c.id == GUARD_REPLAY.c.rules_id)
    query = query.where(GUARD_REPLAY.c.state != _DONE, rules.c.state == RulesState.CHECKING.value)
    query = query.order_by(GUARD_REPLAY.c.started_at)
    for row in work.read(query.with_for_update(of=GUARD_REPLAY, skip_locked=True)).mappings():
        if genuine(work, SIGNED, row):
            return _replay(row)
    return None


def keep(work: Work, before: Replay, found: Replayed, after_case: UUID | None) -> None:
    """Store how far a check has come; it says nothing yet."""
    values = _values(before, found) | {"state": _RUNNING, "after_case": after_case}
    work.keep_house(_update(work, before, values))


def finish(work: Work, before: Replay, found: Replayed, event: RulesReplayed) -> None:
    """Store what came of a check; the file can now be scheduled."""
    values = _values(before, found) | {"state": _DONE, "finished_at": work.now}
    work.change(_update(work, before, values))
    checked = versions.checked(work, before.rules)
    if checked is not None:
        work.change(checked)
    work.record(event)


def _values(before: Replay, found: Replayed) -> dict[str, object]:
    return {
        "rules_id": before.rules,
        "against": before.against,
        "since": before.since,
        "until": before.until,
        "after_case": before.after_case,
        "result": found.encode(),
        "started_at": before.started_at,
        "finished_at": None,
    }


def _update(work: Work, before: Replay, values: dict[str, object]) -> Update:
    changed = {name: values[name] for name in ("state", "after_case", "result", "finished_at")}
    same = update(GUARD_REPLAY).where(GUARD_REPLAY.c.rules_id == before.rules)
    return same.values(**changed, mac=SIGNED.sign(work.vault, values))


def _replay(row: RowMapping) -> Replay:
    return Replay(
        rules=RulesId(row["rules_id"]),
        against=row["against"],
        since=row["since"],
        until=row["until"],
        begun=row["state"] != _WAITING,
        done=row["state"] == _DONE,
        after_case=row["after_case"],
        found=Replayed.decode(row["result"]),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
