"""Rules with a clock or a count: hours, wishes, frequency, pace, rest after a conversation."""

from dataclasses import dataclass

from handoff_portal.guard.model.terms import Channel, Fact, Mark, Outcome, Scope, Where

Window = tuple[int, int]
"""Seconds of the local day: start inclusive, end exclusive."""
Week = tuple[Window | None, ...]
"""Seven windows, Monday first; None is a day without contact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Contact only within the windows, in every zone.

    Attributes:
        week: The windows.
        calendar: Public holidays on which there is no contact.
        where: Only contacts that reach the customer there (or nobody knows where); empty means anywhere.
        at_work_hours: Whether the customer's known hours at work take the place of the windows.
        lifted_by_consent: Whether prior consent to the time lifts the rule.
        lifted_by_court: Whether permission of a court lifts it.
        past_due_over: Debts past due for more days than this are free.
        yields: Whether it speaks only where no other hours rule covers the contact.
    """

    channels: frozenset[Channel]
    week: Week
    calendar: str = ""
    where: frozenset[Where] = frozenset()
    at_work_hours: bool = False
    lifted_by_consent: bool = False
    lifted_by_court: bool = False
    past_due_over: int | None = None
    yields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """No contact at times the customer called inconvenient.

    Attributes:
        media: Whether opting out of a channel is a wish too.
        one_reply: Whether one reply to a message of the customer's is free.
    """

    channels: frozenset[Channel]
    media: bool = False
    one_reply: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """At most `limit` contacts in the window, the proposed one included.

    Attributes:
        days: Local dates ending today; 0 means the calendar month.
        exempt: Contacts with one of these marks neither count nor are limited.
        after_conversation: Whether the limit begins with the first conversation.
        consent_days: Contacts within so many days of consent (its day is the first) are free; 0 if none are.
        needs: Without this fact no contact is free at all, but for `asking`.
        asking: The mark of a contact that asks for that fact.
        asking_limit: How many of those the window may hold.
        scope: Contacts about other debts or of other creditors count where this says so.
    """

    limit: int
    days: int = 0
    channels: frozenset[Channel]
    outcomes: frozenset[Outcome]
    exempt: frozenset[Mark] = frozenset()
    after_conversation: bool = False
    consent_days: int = 0
    needs: Fact | None = None
    asking: Mark | None = None
    asking_limit: int = 0
    scope: Scope = Scope.DEBT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """No calls in quick succession, and not too many to one number on one day."""

    channels: frozenset[Channel]
    gap_minutes: int
    gap_outcomes: frozenset[Outcome]
    same_day: int
    scope: Scope = Scope.DEBT


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooldown:
    """Rest after a conversation, whoever began it; its own date is day 1.

    Attributes:
        consent_days: Calls within so many days of consent (its day is the first) are free; 0 if none are.
        exempt: Calls with one of these marks are free, but start a rest of their own.
    """

    days: int
    channels: frozenset[Channel]
    outcomes: frozenset[Outcome]
    consent_days: int = 0
    exempt: frozenset[Mark] = frozenset()
