import base64
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff_portal.adapters.parsing.mail import DateSource, ParsedMail, parse_mail
from handoff_portal.adapters.parsing.mail_parser import MAIL, read, write
from handoff_portal.adapters.parsing.sandbox import Sandbox, Unreadable
from handoff_portal.adapters.parsing.wire import CannotRead, pack, unpack
from parsing.corpus import DATED, HEAD, PNG, bombs, multipart, nested, nested_multiparts, winmail


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox[ParsedMail]]:
    with Sandbox(MAIL) as readers:
        yield readers


PARTED = DATED + b"Content-Type: multipart/mixed; boundary=b\r\n"


def noted(mail: ParsedMail, words: str) -> bool:
    return any(words in note for note in mail.notes)


def test_a_plain_mail_is_read_whole() -> None:
    mail = parse_mail(
        DATED + b"Message-ID: <1@x>\r\nCc: Bo <bo@example.com>\r\nContent-Language: en-SG\r\n"
        b"In-Reply-To: <0@x>\r\nReferences: <a@x> <0@x>\r\n\r\nHello\r\n> quoted\r\n"
    )
    assert (mail.from_name, mail.from_address) == ("Mei Lin", "mei@kopi.example.com")
    assert [each.address for each in mail.to + mail.cc] == ["ar@merlion.example.com", "bo@example.com"]
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("1@x", "0@x", ("a@x", "0@x"))
    assert (mail.subject, mail.text, mail.language) == ("Your invoice", "Hello\n> quoted", "en-SG")
    assert mail.occurred_at == datetime(2026, 2, 3, 1, 15, tzinfo=UTC)
    assert (mail.occurred_from, mail.utc_offset_minutes) == (DateSource.DATE, 480)
    assert mail.notes == ()


@pytest.mark.parametrize(
    ("label", "content", "text", "guessed"),
    [
        (b"utf-8", "Grüße aus Köln".encode(), "Grüße aus Köln", False),
        (b"iso-8859-1", b"It\x92s \x80 20", "It\u2019s € 20", False),
        (b"us-ascii", "naïve".encode(), "naïve", False),
        (b"utf-8", "Voilà, café".encode("latin-1"), "Voilà, café", True),
        (b"klingon", "schön".encode(), "schön", True),
        (b"punycode", b"plain-words", "plain-words", False),
        (b"gb2312", "您好".encode("gb2312"), "您好", False),
        (b"base64", b"abc", "abc", False),
        (b"\xff\xfe", b"abc", "abc", False),
    ],
)
def test_a_wrong_alphabet_is_mended_and_said(
    label: bytes, content: bytes, text: str, *, guessed: bool
) -> None:
    mail = parse_mail(DATED + b"Content-Type: text/plain; charset=" + label + b"\r\n\r\n" + content)
    assert mail.text == text
    assert noted(mail, "letters were guessed") is guessed


def test_without_a_label_utf_8_is_read_without_a_word() -> None:
    assert parse_mail(DATED + "\r\nGrüße".encode()).text == "Grüße"


def test_eight_bit_headers_are_read_and_encoded_words_joined() -> None:
    raw = "From: Jörg Müller <j@example.com>\r\nSubject: =?utf-8?b?R3LDvA==?= =?utf-8?b?w59l?= Straße\r\n\r\n"
    mail = parse_mail(raw.encode())
    assert (mail.from_name, mail.from_address, mail.subject) == (
        "Jörg Müller",
        "j@example.com",
        "Grüße Straße",
    )
    old = parse_mail(raw.encode("latin-1"))
    assert (old.from_name, old.subject) == ("Jörg Müller", "Grüße Straße")
    assert noted(old, "“Subject” line were guessed")


def test_an_encoded_word_that_is_broken_is_shown_as_it_came() -> None:
    mail = parse_mail(b"From: a@example.com\r\nSubject: =?utf-8?b?a?= rest\r\n\r\n")
    assert "rest" in mail.subject
    assert noted(mail, "damaged")


@pytest.mark.parametrize(
    ("line", "found", "source"),
    [
        (b"Date: 2026-02-03T09:15:00+08:00", datetime(2026, 2, 3, 1, 15, tzinfo=UTC), DateSource.DATE),
        (b"Date: Tue, 03 Feb 2026 01:15:00 -0000", datetime(2026, 2, 3, 1, 15, tzinfo=UTC), DateSource.DATE),
        (b"Date: Tue, 31 Feb 2026 01:15:00 +0000", None, DateSource.NONE),
        (b"Date: yesterday", None, DateSource.NONE),
        (b"Date: Thu, 01 Jan 1970 00:00:00 +0000", None, DateSource.NONE),
        (b"Date: Mon, 1 Jan 99999999999 00:00:00 +0000", None, DateSource.NONE),
        (
            b"Received: b; Tue, 3 Feb 2026 09:20:00 +0800\r\nReceived: a; Tue, 3 Feb 2026 09:16:00 +0800",
            datetime(2026, 2, 3, 1, 16, tzinfo=UTC),
            DateSource.RECEIVED,
        ),
        (b"X-Nothing: at all", None, DateSource.NONE),
    ],
)
def test_the_time_is_found_or_asked_for(line: bytes, found: datetime | None, source: DateSource) -> None:
    mail = parse_mail(HEAD + line + b"\r\n\r\nhello")
    assert mail.occurred_at == found
    assert mail.occurred_from is source
    assert source is not DateSource.NONE or noted(mail, "Please enter when it was sent")


def test_the_senders_offset_is_kept() -> None:
    moment = parse_mail(DATED + b"\r\nx").occurred_at
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=8)


def test_html_alone_becomes_text_without_scripts_styles_or_hidden_parts() -> None:
    html = (
        b"<html><head><title>T</title><style>p{}</style></head><body><script>alert(1)</script>"
        b"<p>Dear&nbsp;Mei,</p><p>please   pay<br>soon</p><ul><li>one<li>two</ul>"
        b"<blockquote>earlier<br>words</blockquote><img src='https://x.example.com/t.gif'><!-- no --></body>"
    )
    text = parse_mail(DATED + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html).text
    assert [line for line in text.splitlines() if line] == [
        "Dear Mei,", "please pay", "soon", "- one", "- two", "> earlier", "> words",
    ]  # fmt: skip


def test_of_two_versions_the_plain_one_is_taken_unless_it_is_empty() -> None:
    html = b"Content-Type: text/html\r\n\r\n<p>rich</p>"
    plain = b"Content-Type: text/plain\r\n\r\nplain"
    assert parse_mail(multipart(plain, html, kind=b"alternative")).text == "plain"
    assert parse_mail(multipart(html, plain, kind=b"alternative")).text == "plain"
    assert (
        parse_mail(multipart(b"Content-Type: text/plain\r\n\r\n \r\n", html, kind=b"alternative")).text
        == "rich"
    )


def test_an_attachment_is_named_safely_and_typed_by_its_content() -> None:
    part = (
        b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''..%2F..%2Fpr%C3%BCf%0Aung%E2%80%AEgnp.pdf\r\n\r\n"
        + base64.encodebytes(PNG)
    )
    (file,) = parse_mail(multipart(b"\r\nsee file", part)).attachments
    assert (file.name, file.media_type, file.content) == ("prüf unggnp.pdf", "image/png", PNG)
    assert len(file.sha256) == 64


def test_a_truncated_attachment_is_kept_as_far_as_it_goes_and_said() -> None:
    part = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    whole = base64.b64encode(PNG)
    mail = parse_mail(multipart(part + whole[:-3], closed=False))
    assert mail.attachments[0].content[:8] == PNG[:8]
    assert noted(mail, "“a.png” arrived damaged")
    assert noted(mail, "ends early")


def test_a_mail_in_a_mail_is_read_as_a_mail() -> None:
    mail = parse_mail(multipart(b"\r\nsee below", b"Content-Type: message/rfc822\r\n\r\n" + nested(1)))
    assert mail.text == "see below"
    assert mail.nested[0].subject == "level 0"
    assert mail.nested[0].nested[0].subject == "innermost"
    assert mail.nested[0].nested[0].text == "the heart of it"


def test_twenty_levels_are_read_and_more_are_refused() -> None:
    assert parse_mail(nested(19)).nested
    for deep in (nested(20), nested_multiparts(25)):
        with pytest.raises(CannotRead, match="20 levels"):
            parse_mail(deep)


def test_two_hundred_parts_are_read_and_more_are_refused() -> None:
    assert len(parse_mail(multipart(*[b"\r\nx"] * 199)).text.split()) == 199
    with pytest.raises(CannotRead, match="200 parts"):
        parse_mail(multipart(*[b"\r\nx"] * 200))


def test_an_outlook_bundle_is_opened() -> None:
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    bundle = winmail(b"Dear Mei, it\x92s late", b"PHOTO.PNG", PNG)
    mail = parse_mail(multipart(part + base64.encodebytes(bundle)))
    assert mail.text == "Dear Mei, it\u2019s late"
    assert [(file.name, file.media_type, file.content) for file in mail.attachments] == [
        ("PHOTO.PNG", "image/png", PNG)
    ]


def test_an_outlook_bundle_that_cannot_be_opened_is_kept() -> None:
    part = b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nnothing of the kind"
    mail = parse_mail(multipart(part))
    assert [file.name for file in mail.attachments] == ["winmail.dat"]
    assert noted(mail, "kept as it came")


def test_line_ends_may_be_mixed() -> None:
    mail = parse_mail((DATED + b"\r\none\r\ntwo\nthree\rfour").replace(b"\r\nSubject", b"\nSubject"))
    assert mail.text == "one\ntwo\nthree\nfour"
    assert mail.subject == "Your invoice"


def test_a_multipart_without_parts_is_read_as_one_text() -> None:
    mail = parse_mail(DATED + b"Content-Type: multipart/mixed\r\n\r\njust words")
    assert mail.text == "just words"
    assert noted(mail, "where its parts begin")


def test_nothing_that_a_database_cannot_hold_is_kept() -> None:
    mail = parse_mail(
        b"From: a\x00b <a@example.com>\r\nSubject: \xed\xa0\x80 x\x07\r\n\r\nnul \x00 here \xff"
    )
    for said in (mail.subject, mail.text, mail.from_name):
        said.encode()
        assert "\x00" not in said


@pytest.mark.parametrize(
    "content", [b"", b" \r\n\r\n", bytes(range(256)) * 40, b"%PDF-1.7\n" + b"x" * 900, b"hi"]
)
def test_what_is_no_mail_is_refused_kindly(content: bytes) -> None:
    with pytest.raises(CannotRead, match="This file is"):
        parse_mail(content)


@pytest.mark.parametrize("name", sorted(bombs()))
def test_a_bomb_is_refused_or_read_within_the_limits_and_the_parent_lives(
    sandbox: Sandbox[ParsedMail], name: str
) -> None:
    answer = sandbox.parse(bombs()[name])
    assert isinstance(answer, Unreadable | ParsedMail)
    after = sandbox.parse(DATED + b"\r\nstill here")
    assert isinstance(after, ParsedMail)
    assert after.text == "still here"


def test_the_bombs_that_break_a_limit_are_named_as_such() -> None:
    for name in ("1,500 nested multiparts", "100 kB content type", "280 kB encoded subject", "100,000 parts"):
        with pytest.raises(CannotRead):
            parse_mail(bombs()[name])


def test_nothing_of_a_mail_is_left_on_the_disk(sandbox: Sandbox[ParsedMail]) -> None:
    canary = b"canary-" + os.urandom(12).hex().encode()
    part = b"Content-Type: application/octet-stream; name=a.bin\r\n\r\n" + canary * 20_000
    answer = sandbox.parse(multipart(b"\r\n" + canary, part))
    assert isinstance(answer, ParsedMail)
    assert canary.decode() in answer.text
    for file in Path(tempfile.gettempdir()).glob("*"):
        if file.is_file() and file.stat().st_size < 1 << 24:
            assert canary not in file.read_bytes(), file


def test_a_mail_goes_through_the_pipe_unchanged(sandbox: Sandbox[ParsedMail]) -> None:
    part = b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    content = multipart(part + base64.encodebytes(PNG), b"Content-Type: message/rfc822\r\n\r\n" + nested(3))
    assert sandbox.parse(content) == parse_mail(content)


@settings(max_examples=300)
@given(
    st.binary(max_size=3000),
    st.sampled_from([b"", DATED, DATED + b"Content-Type: multipart/mixed; boundary=b\r\n"]),
)
def test_random_bytes_are_read_or_refused_but_never_raise(noise: bytes, head: bytes) -> None:
    try:
        mail = parse_mail(head + noise)
    except CannotRead:
        return
    assert read(unpack(pack(write(mail)))) == mail


@settings(max_examples=300)
@given(st.data())
def test_a_mail_with_holes_is_read_or_refused_but_never_raises(data: st.DataObject) -> None:
    whole = multipart(
        b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>caf\xc3\xa9</p>",
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + winmail(b"text", b"a.txt", b"file"),
        b"Content-Type: message/rfc822\r\n\r\n" + nested(2),
    )
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 200))
    broken = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + cut :]
    try:
        mail = parse_mail(broken)
    except CannotRead:
        return
    assert read(unpack(pack(write(mail)))) == mail
