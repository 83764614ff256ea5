"""The history file: one row is one message or conversation."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Stage, Words
from handoff_portal.portfolios.model.account import Problem, Severity
from handoff_portal.portfolios.model.cells import Value
from handoff_portal.portfolios.model.rows import Row, RowReader

_STAGES: dict[str, Stage] = {
    **{stage.value: stage for stage in Stage},
    **{stage.value.replace("_", " "): stage for stage in Stage},
    **{str(number): Stage(f"reminder_{number}") for number in range(1, 6)},
    "reminder": Stage.REMINDER_1,
    "first reminder": Stage.REMINDER_1,
    "second reminder": Stage.REMINDER_2,
    "third reminder": Stage.REMINDER_3,
    "zahlungserinnerung": Stage.REMINDER_1,
    **{f"{number}. mahnung": Stage(f"reminder_{number}") for number in range(1, 6)},
    "letzte mahnung": Stage.FINAL_NOTICE,
    "final demand": Stage.FINAL_NOTICE,
    "letter before action": Stage.FINAL_NOTICE,
    "mise en demeure": Stage.FINAL_NOTICE,
    "último aviso": Stage.FINAL_NOTICE,
    "payment plan": Stage.PLAN_OFFER,
}
_NOON = time(12)


def make_entry(reader: RowReader, row: Row, zone: str) -> tuple[HistoryEntry | None, list[Problem]]:
    """The entry of a row, or None, and what is wrong with it.

    Args:
        zone: IANA zone of the customer, for times without an offset; a day alone means noon there.
    """
    problems, said = list(row.problems), row.account
    for name in ("occurred_at", "channel"):
        if name not in said and not any(p.column == reader.header_of(name) for p in problems):
            words = "The day" if name == "occurred_at" else "The way of contact"
            problems.append(reader.problem(row.number, name, "", f"{words} is missing.", "Fill it in."))
    stage = _stage(reader, row, problems)
    at = said.get("occurred_at")
    if not isinstance(at, date) or any(problem.severity is Severity.ERROR for problem in problems):
        return None, problems
    entry = HistoryEntry(
        channel=Channel(str(said["channel"])),
        direction=Direction(str(said.get("direction", "out"))),
        occurred_at=_moment(at, zone),
        zone=zone,
        words=_words(said),
        stage=stage,
    )
    return entry, problems


def in_order(entries: list[HistoryEntry]) -> tuple[HistoryEntry, ...]:
    """Oldest first, undated ones last."""
    return tuple(sorted(entries, key=lambda entry: (entry.occurred_at is None, entry.occurred_at)))


def _moment(at: date, zone: str) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, _NOON)
    return (at if at.tzinfo else at.replace(tzinfo=_zone(zone))).astimezone(UTC)


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name or "UTC")


def _stage(reader: RowReader, row: Row, problems: list[Problem]) -> Stage | None:
    text = row.account.get("stage")
    if not isinstance(text, str):
        return None
    stage = _STAGES.get(text.casefold())
    if stage is None:
        found = reader.problem(
            row.number, "stage", text, f"“{text}” is no stage.", "Write reminder_1, final_notice …"
        )
        problems.append(
            Problem(
                found.row, found.column, found.value, found.what, found.mend, Severity.WARNING, found.file
            )
        )
    return stage


def _words(said: dict[str, Value]) -> Words:
    attachments = said.get("attachment_names")
    return Words(
        author=_text(said, "author"),
        recipient=_text(said, "recipient"),
        subject=_text(said, "subject"),
        text="\n".join(part for part in (_text(said, "body_or_summary"), _outcome(said)) if part),
        attachments=attachments if isinstance(attachments, tuple) else (),
    )


def _outcome(said: dict[str, Value]) -> str:
    parts = []
    if code := _text(said, "outcome_code"):
        parts.append(f"Outcome: {code}.")
    if "promised_amount" not in said and "promised_date" not in said:
        return parts[0] if parts else ""
    amount, day = _text(said, "promised_amount"), said.get("promised_date")
    if amount or isinstance(day, date):
        by = f" by {day.isoformat()}" if isinstance(day, date) else ""
        parts.append(f"Promised: {amount or 'to pay'}{by}.")
    return " ".join(parts)


def _text(said: dict[str, Value], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
