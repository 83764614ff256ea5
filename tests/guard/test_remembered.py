"""What the guard remembers of a contact decides as what it looked at did."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handoff_portal.guard.book import VECTORS, shipped_book, shipped_vectors
from handoff_portal.guard.model.deciding import decide, prepare
from handoff_portal.guard.model.remembered import Remembered
from handoff_portal.guard.model.situation import Proposed, Situation
from handoff_portal.guard.model.terms import Channel, DebtType

SOMETHING = Remembered(
    Situation(jurisdiction="SG", zones=(ZoneInfo("Asia/Singapore"),), debt_type=DebtType.CONSUMER),
    Proposed(at=datetime(2026, 11, 1, tzinfo=UTC), channel=Channel.CALL),
)


@pytest.mark.parametrize("name", VECTORS)
def test_every_vector_is_decided_alike_from_what_is_remembered(name: str) -> None:
    book = shipped_book()
    for vector in shipped_vectors(name):
        kept = Remembered.decode(Remembered(vector.situation, vector.proposed).encode())
        assert kept.situation.history == ()
        again = replace(kept.situation, history=vector.situation.history)
        assert again == vector.situation
        assert decide(prepare(book, again), kept.proposed) == decide(
            prepare(book, vector.situation), vector.proposed
        )


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Asia/Singapore", b"Asia/Nowhere"),
        (b"Asia/Singapore", b"../../etc/passwd"),
        (b'"consumer"', b'"odd"'),
        (b'"SG"', b"3"),
        (b"{", b""),
    ],
)
def test_what_cannot_be_read_is_refused(was: bytes, becomes: bytes) -> None:
    octets = SOMETHING.encode()
    assert was in octets
    with pytest.raises(ValueError, match="not what the guard remembers"):
        Remembered.decode(octets.replace(was, becomes, 1))


def test_what_a_later_version_adds_does_not_hinder_an_earlier_one() -> None:
    octets = SOMETHING.encode().replace(b'"jurisdiction"', b'"weather":"fine","jurisdiction"', 1)
    assert Remembered.decode(octets) == SOMETHING
