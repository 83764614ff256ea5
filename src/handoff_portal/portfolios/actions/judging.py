"""Judging accounts of a file by the same rules as a draft, and completing what rows say in a word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from handoff_portal.cases.model.content import Channel
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Stage, Words
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.model.judgement import decode_lines, encode_lines
from handoff_portal.intake.model.measuring import measure
from handoff_portal.intake.model.policy import Policy
from handoff_portal.intake.model.profile import profile_of
from handoff_portal.intake.model.readiness import FIXED, Override, judge_profile
from handoff_portal.intake.model.rules import Rule
from handoff_portal.portfolios.model.account import Account

_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Judged:
    """How one account came out.

    Attributes:
        failing: Rules that do not hold.
        barred: Whether one of them allows no exception.
        lines: Every rule as `judgement` keeps it.
        facts: What it was judged by, JSON.
    """

    failing: tuple[str, ...]
    barred: bool
    lines: bytes
    facts: bytes


def completed(account: Account) -> Account:
    """The account with its row's final notice and time limit where cases keep such things."""
    terms = account.content.terms
    if account.limitation_on and not terms.limitation_date:
        terms = replace(terms, limitation_date=account.limitation_on.isoformat())
        account = replace(account, content=replace(account.content, terms=terms))
    noticed = account.final_notice
    if noticed is None or any(said.stage is Stage.FINAL_NOTICE for said in account.history):
        return account
    entry = HistoryEntry(
        channel=noticed.channel or Channel.LETTER,
        direction=Direction.OUT,
        occurred_at=datetime.combine(noticed.sent_on, _NOON, _zone(account.time_zone)),
        zone=account.time_zone,
        words=Words(subject="Final notice"),
        stage=Stage.FINAL_NOTICE,
    )
    return replace(account, history=(*account.history, entry))


def judge_account(
    account: Account,
    policy: Policy,
    now: datetime,
    papers: Mapping[DocumentKind, int] | None = None,
    mails: Sequence[HistoryEntry] = (),
) -> Judged:
    """Measure one account by a policy.

    Args:
        papers: How many papers of each kind come with it.
        mails: What mails say that come with it.
    """
    today = now.astimezone(_zone(account.time_zone)).date()
    said = (*account.history, *mails)
    facts = measure(said, papers or {}, account.time_zone, today, declared=False)
    if account.reminders_sent and account.reminders_sent > facts.reminders:
        facts = replace(facts, reminders=account.reminders_sent)
    profile = profile_of(account.content, facts)
    lines = judge_profile(account.content, profile, policy)
    failing = tuple([line.rule for line in lines if not line.holds])
    return Judged(
        tuple([rule.value for rule in failing]),
        not FIXED.isdisjoint(failing),
        encode_lines(lines),
        msgspec.json.encode(profile.as_json()),
    )


def excepted(lines: bytes, reason: str, by: str) -> bytes:
    """The same judgement after somebody took the responsibility for what does not hold."""
    override = Override(reason, by)
    return encode_lines(
        line if line.holds else replace(line, override=override) for line in decode_lines(lines)
    )


def rules_of(failing: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules as such."""
    return tuple(map(Rule, failing))


@lru_cache(128)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
