"""Rows of sessions. Only the SHA-256 of a token is stored.

A session lives as long as its row is signed: ending it takes the code away.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, column, insert, select, table, text, update

from handoff_portal.adapters.database import Prepared, Work, rows
from handoff_portal.adapters.database.rows import genuine
from handoff_portal.core.events import Event
from handoff_portal.core.ids import OrgId, PersonId, SessionId
from handoff_portal.identity.model.session import Session

_SHOWN = (
    "id",
    "person_id",
    "org_id",
    "created_at",
    "last_seen_at",
    "idle_expires_at",
    "expires_at",
    "ip",
    "agent",
    "revoked_at",
)
SESSION = table("session", *map(column, ("token_hash", "stage", "stepped_up_at", *_SHOWN, "mac")))
_SIGNED = (("s_", rows.SESSION), ("p_", rows.PERSON), ("o_", rows.ORGANISATION))
_NEEDED = ", ".join(
    f"{prefix[0]}.{name} as {prefix}{name}" for prefix, signed in _SIGNED for name in signed.needed
)

_RESOLVE = Prepared(
    text(
        f"select {_NEEDED}, s.last_seen_at, p.time_zone,"  # noqa: S608 - names of columns
        "  exists (select 1 from totp t where t.person_id = p.id and t.confirmed_at is not null) as enrolled"
        " from session s join person p on p.id = s.person_id join organisation o on o.id = s.org_id"
        " where s.token_hash = :hash and s.revoked_at is null"
        "   and s.expires_at > :now and s.idle_expires_at > :now"
        "   and p.state = case s.stage when 'full' then 'active' else p.state end and p.state <> 'disabled'"
        "   and o.closed_at is null"
    )
)
_LOG_DELAY = Prepared(text("select waiting_since from audit_freshness()"))


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session about to be stored."""

    id: SessionId
    token_hash: bytes
    person: PersonId
    org: OrgId
    stage: str
    stepped_up_at: datetime | None
    idle_expires_at: datetime
    expires_at: datetime
    agent: str


def find_by_token(work: Work, token_hash: bytes) -> RowMapping | None:
    """The live session of a token with person and organisation, if all three rows are genuine (front door).

    Columns that are signed have `s_`, `p_` or `o_` before their names.
    """
    row = work.read(_RESOLVE, {"hash": token_hash, "now": work.now}).mappings().one_or_none()
    if row is None:
        return None
    asked = {
        "s_": {"token_hash": token_hash},
        "p_": {"id": row["s_person_id"], "org_id": row["s_org_id"]},
        "o_": {"id": row["s_org_id"], "closed_at": None},
    }
    forged = [prefix for prefix, signed in _SIGNED if not genuine(work, signed, row, prefix, **asked[prefix])]
    return None if forged or not _is_live(row, work.now) else row


def add(work: Work, made: NewSession, event: Event) -> None:
    """Insert a session."""
    values = {
        "id": made.id,
        "token_hash": made.token_hash,
        "person_id": made.person,
        "org_id": made.org,
        "stage": made.stage,
        "created_at": work.now,
        "stepped_up_at": made.stepped_up_at,
        "idle_expires_at": made.idle_expires_at,
        "expires_at": made.expires_at,
    }
    more = {"last_seen_at": work.now, "ip": work.origin.ip, "agent": made.agent[:120]}
    work.change(insert(SESSION).values(**values, **more, mac=rows.SESSION.sign(work.vault, values)))
    work.record(event)


def touch(work: Work, found: RowMapping, idle_expires_at: datetime) -> None:
    """Prolong a live session, as `find_by_token` gave it; a revoked one is never revived."""
    values = {name: found[f"s_{name}"] for name in rows.SESSION.columns} | {
        "idle_expires_at": idle_expires_at
    }
    live = (SESSION.c.id == values["id"]) & SESSION.c.revoked_at.is_(None)
    work.keep_house(
        update(SESSION)
        .where(live)
        .values(
            last_seen_at=work.now,
            idle_expires_at=idle_expires_at,
            mac=rows.SESSION.sign(work.vault, values),
        )
    )


def revoke(work: Work, session: SessionId, person: PersonId, event: Event) -> bool:
    """End one session of a person; False if it had ended before."""
    live = (SESSION.c.id == session) & (SESSION.c.person_id == person) & SESSION.c.revoked_at.is_(None)
    done = work.change(update(SESSION).where(live).values(revoked_at=work.now, mac=None)).rowcount
    work.record(event)
    return done == 1


def supersede(work: Work, session: SessionId) -> None:
    """End a session because another of the same person takes its place; the event of that one explains it."""
    live = (SESSION.c.id == session) & SESSION.c.revoked_at.is_(None)
    work.keep_house(update(SESSION).where(live).values(revoked_at=work.now, mac=None))


def revoke_all(work: Work, person: PersonId, event: Event, keep: SessionId | None = None) -> int:
    """End every live session of a person but one, password stages included; gives how many ended."""
    live = (
        (SESSION.c.person_id == person) & SESSION.c.revoked_at.is_(None) & (SESSION.c.expires_at > work.now)
    )
    if keep is not None:
        live &= SESSION.c.id != keep
    ended = work.change(update(SESSION).where(live).values(revoked_at=work.now, mac=None)).rowcount
    work.record(event)
    return ended


def find_expiry(work: Work, session: SessionId) -> datetime | None:
    """When a live session ends at the latest."""
    live = (SESSION.c.id == session) & SESSION.c.revoked_at.is_(None) & (SESSION.c.expires_at > work.now)
    columns = [SESSION.c[name] for name in rows.SESSION.needed]
    row = work.read(select(*columns).where(live)).mappings().one_or_none()
    return row["expires_at"] if row and genuine(work, rows.SESSION, row, id=session) else None


def find_log_delay(work: Work) -> datetime | None:
    """Since when the oldest event waits for its place in the log; None while nothing waits."""
    since: datetime | None = work.read(_LOG_DELAY).scalar_one()
    return since


def sweep(work: Work, before: datetime) -> None:
    """Forget sessions that ended before that time (worker's door)."""
    work.keep_house(SESSION.delete().where(SESSION.c.expires_at < before))


def list_live(work: Work, person: PersonId) -> list[Session]:
    """A person's live sessions, newest use first."""
    columns = [SESSION.c[name] for name in _SHOWN]
    query = (
        select(*columns)
        .where(SESSION.c.person_id == person, SESSION.c.revoked_at.is_(None), SESSION.c.stage == "full")
        .where(SESSION.c.expires_at > work.now, SESSION.c.idle_expires_at > work.now)
        .order_by(SESSION.c.last_seen_at.desc())
    )
    return [_session(row) for row in work.read(query).mappings()]


def _is_live(row: RowMapping, now: datetime) -> bool:
    """What the query asked for, asked again of what is signed."""
    states = {"active"} if row["s_stage"] == "full" else {"active", "invited"}
    return row["s_idle_expires_at"] > now and row["s_expires_at"] > now and row["p_state"] in states


def _session(row: RowMapping) -> Session:
    values = {name: row[name] for name in _SHOWN if name not in {"id", "person_id", "org_id"}}
    return Session(
        id=SessionId(row["id"]), person=PersonId(row["person_id"]), org=OrgId(row["org_id"]), **values
    )
