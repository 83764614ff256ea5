"""Rules with a condition: bans, stops, pauses, notices, licences, and what must be kept."""

from dataclasses import dataclass

from handoff_portal.guard.model.terms import Channel, Clock, Fact, Mark, Sent, Topic

_NO_CHANNELS: frozenset[Channel] = frozenset()
_NO_MARKS: frozenset[Mark] = frozenset()
_NO_FACTS: frozenset[Fact] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """These channels are closed.

    Attributes:
        channels: Empty means all.
        marks: Only contacts with one of these; empty means every contact.
        unless_marks: Contacts with one of these are free, …
        never_marks: … unless they have one of these.
        once: Whether only the first such contact with the same person is free.
        apart: Contacts with one of these marks are not meant at all.
    """

    channels: frozenset[Channel] = _NO_CHANNELS
    marks: frozenset[Mark] = _NO_MARKS
    unless_marks: frozenset[Mark] = _NO_MARKS
    never_marks: frozenset[Mark] = _NO_MARKS
    once: bool = False
    apart: frozenset[Mark] = _NO_MARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """A channel that the customer asked not to use, or opted out of."""

    unless_marks: frozenset[Mark] = _NO_MARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequest:
    """A request not to be called at work: for good in writing, for `valid_days` if spoken.

    Attributes:
        confirm_days: A spoken one lasts if it is confirmed in writing within so many days.
    """

    channels: frozenset[Channel]
    valid_days: int
    confirm_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """No contact at all once somebody said so.

    Attributes:
        topics: Any of these.
        written: Whether it must have come in writing.
        registered: Whether it must have come by registered letter.
        allowed: Contacts with one of these marks are free once each.
        apart: Contacts with one of these marks are not meant at all.
        lifted_by: Any of these facts lifts it.
    """

    topics: frozenset[Topic]
    written: bool = False
    registered: bool = False
    allowed: frozenset[Mark] = _NO_MARKS
    apart: frozenset[Mark] = _NO_MARKS
    lifted_by: frozenset[Fact] = _NO_FACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """A breathing space of `days` that begins with its first day, or treatment and `after_treatment_days`."""

    days: int
    after_treatment_days: int
    allowed: frozenset[Mark] = _NO_MARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Contact rests while something is unanswered.

    Attributes:
        written: Whether it must have come in writing.
        founded: Whether a dispute must have a possibly valid ground.
        period_days: It must have come within so many days of receiving the validation notice; 0 for any time.
        receipt_days: Working days after which a notice counts as received.
        calendar: Holidays that are no working days.
        allowed: Contacts with one of these marks are free.
        yields: Whether it speaks only where no other pause does.
    """

    topics: frozenset[Topic]
    written: bool = False
    founded: bool = False
    period_days: int = 0
    receipt_days: int = 0
    calendar: str = ""
    allowed: frozenset[Mark] = _NO_MARKS
    yields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Contact rests for `days` after the day something was said."""

    topic: Topic
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A notice must be sent within `days` of the first communication.

    Attributes:
        waived_if_paid: Whether it need not be sent if the debt was paid before that.
    """

    days: int
    notice: Sent
    exempt: frozenset[Mark] = _NO_MARKS
    waived_if_paid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overshadowing:
    """No contact with one of `marks` in the period in which the customer may dispute."""

    marks: frozenset[Mark]
    period_days: int
    receipt_days: int
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """First a notice, then `days` without contact. A notice that nothing is said about was sent in time.

    Attributes:
        working_days: Whether Saturdays, Sundays and holidays do not count.
        given: A fact that says the notice was given in time.
        never_facts: With one of these no notice helps.
    """

    notice: Sent
    days: int
    channels: frozenset[Channel] = _NO_CHANNELS
    working_days: bool = False
    calendar: str = ""
    given: Fact | None = None
    exempt: frozenset[Mark] = _NO_MARKS
    never_facts: frozenset[Fact] = _NO_FACTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Licensing:
    """The agency's licence, or the collector's approval, must hold on the local day.

    Attributes:
        channels: Empty means all.
        agency: Whether the agency's licence is looked at.
        person: Whether the collector's approval is looked at.
        people_in: Where the collector's approval is looked at, if not everywhere.
        yields: Whether day and status are left to the place's own licence rule where there is one.
    """

    channels: frozenset[Channel] = _NO_CHANNELS
    agency: bool = True
    person: bool = False
    people_in: frozenset[str] = frozenset()
    yields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Nothing is decided; something must be kept in mind.

    Attributes:
        points: What, in order.
    """

    points: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long records are kept.

    Attributes:
        years: At least so many; 0 where the law names no number.
        clock: From when.
        recordings_years: Of recorded calls, from the day of the call; 0 if they are not named.
        most: What limits the time, in words.
    """

    years: int
    clock: Clock
    recordings_years: int = 0
    most: str = ""
