"""Situations and contacts at random, for properties that must hold for all of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from handoff_portal.guard.model.situation import Contact, Licence, Proposed, Said, Situation, Wish
from handoff_portal.guard.model.terms import Channel, DebtType, Direction, Fact, Mark, Outcome, Topic, Where

PLACES = (
    ("US-TX", "", ("America/Chicago", "America/Denver")),
    ("US-MA", "", ("America/New_York",)),
    ("US-NY", "NYC", ("America/New_York",)),
    ("US-WA", "", ("America/Los_Angeles", "America/New_York")),
    ("US-DC", "", ("America/New_York",)),
    ("GB-EAW", "", ("Europe/London",)),
    ("SG", "", ("Asia/Singapore",)),
    ("AU-NSW", "", ("Australia/Sydney", "Australia/Lord_Howe")),
    ("CA-ON", "", ("America/Toronto", "America/Winnipeg")),
    ("CA-BC", "", ("America/Vancouver",)),
    ("IN", "", ("Asia/Kolkata",)),
    ("IE", "", ("Europe/Dublin",)),
    ("ID", "", ("Asia/Jakarta", "Asia/Jayapura")),
)
NOW = datetime(2026, 3, 25, 12, tzinfo=UTC)
_MARKS = (Mark.REPLY, Mark.OPT_OUT_NOTICE, Mark.DEMANDS_PAYMENT, Mark.EFFORTS_END, Mark.LOCATION)
_FACTS = (Fact.EMESSAGE_CONSENT, Fact.EMPLOYER_PROHIBITS, Fact.REGULATED_LENDER, Fact.VULNERABLE)

moments = st.integers(-86_400 * 20, 86_400 * 20).map(lambda seconds: NOW + timedelta(seconds=seconds))
"""Seconds over forty days, in which clocks go forward in Europe and back in Australia."""

contacts = st.builds(
    Contact,
    at=moments,
    channel=st.sampled_from(list(Channel)),
    outcome=st.sampled_from(list(Outcome)),
    direction=st.sampled_from([Direction.OUTBOUND, Direction.OUTBOUND, Direction.INBOUND]),
    debts=st.sampled_from([frozenset(), frozenset({"A"}), frozenset({"A", "B"})]),
)

proposals = st.builds(
    Proposed,
    at=moments,
    channel=st.sampled_from(list(Channel)),
    where=st.sampled_from([None, Where.RESIDENCE, Where.MOBILE]),
    marks=st.frozensets(st.sampled_from(_MARKS), max_size=2),
    debt=st.sampled_from([None, "A", "B"]),
)

_said = st.builds(Said, at=moments, in_writing=st.sampled_from([None, True, False]))
_wishes = st.builds(
    Wish,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    start=st.integers(0, 86_399),
    end=st.integers(0, 86_399),
)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """A customer somewhere, with one of the zones of that place or several."""
    jurisdiction, locality, zones = draw(st.sampled_from(PLACES))
    number = draw(st.integers(1, len(zones)))
    return Situation(
        jurisdiction=jurisdiction,
        locality=locality,
        zones=tuple(ZoneInfo(name) for name in zones[:number]),
        debt_type=draw(st.sampled_from([DebtType.CONSUMER, DebtType.CONSUMER, DebtType.COMMERCIAL])),
        history=tuple(draw(st.lists(contacts, max_size=8))),
        facts=draw(st.frozensets(st.sampled_from(_FACTS), max_size=2)),
        said=draw(st.dictionaries(st.sampled_from(list(Topic)), _said, max_size=1)),
        wishes=tuple(draw(st.lists(_wishes, max_size=1))),
        licence=draw(st.sampled_from([None, Licence(expires_on=date(2026, 4, 1))])),
    )
