from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.adapters.parsing.mbox import split_mbox
from parsing.corpus import DATED

START = b"From mei@example.com Tue Feb  3 09:15:00 2026\n"
FIRST, SECOND = DATED + b"\r\nFrom now on\r\n\r\n", DATED + b"\r\nFrom A to B\r\n\r\n"


def mailbox() -> bytes:
    return (
        START
        + FIRST.replace(b"\nFrom now", b"\n>From now")
        + START
        + SECOND.replace(b"\nFrom A", b"\n>From A")
    )


def test_a_mailbox_is_cut_into_its_mails_and_quoting_is_undone() -> None:
    assert list(split_mbox([mailbox()])) == [FIRST, SECOND]


@given(st.lists(st.integers(1, 40), min_size=1))
def test_chunks_of_any_size_give_the_same_mails(sizes: list[int]) -> None:
    whole, at = mailbox(), 0
    chunks: list[bytes] = []
    while at < len(whole):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append(whole[at : at + size])
        at += size
    assert list(split_mbox(chunks)) == [FIRST, SECOND]


def test_a_mail_longer_than_allowed_is_cut_just_above_so_that_a_reader_refuses_it() -> None:
    chunks = [START, DATED, b"x" * 999_999, b"\n\n", START, DATED, b"\nhello"]
    assert [len(mail) for mail in split_mbox(chunks, most=5000)] == [5001, len(DATED) + 6]


def test_an_empty_mailbox_has_no_mails() -> None:
    assert list(split_mbox([])) == []
    assert list(split_mbox([b"\n\n"])) == []
