"""What lies sealed, and what receipts sign, stays readable and the same whatever the values are made of."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from handoff_portal.cases.model.case import Balance, ClaimType, DebtorType
from handoff_portal.cases.model.content import (
    Channel,
    Claim,
    ClaimKind,
    Content,
    Customer,
    Heading,
    Quiet,
    Terms,
)
from handoff_portal.cases.model.particulars import Particulars
from handoff_portal.contacts.model.communications import Direction, HistoryEntry, Party, Source, Stage, Words
from handoff_portal.contacts.model.facts import FactKind
from handoff_portal.contacts.model.holds import HoldKind
from handoff_portal.core.ids import ClaimId, DocumentId
from handoff_portal.portfolios.actions.receipts import line_of
from handoff_portal.portfolios.model.account import Account, BadRow, FinalNotice, Problem, Severity, Wish
from handoff_portal.portfolios.model.portfolio import Change, Findings, ReceiptLine, Staged, Standing

STORED = Path(__file__).with_name("files") / "staged.msgpack"
DAY = date(2026, 3, 31)
TERMS = Terms(
    contract_reference="C-7",
    contract_signed_on="2025-01-02",
    clause="8.2",
    interest_basis="8 %",
    interest_as_of="2026-03-01",
    payments_to_date=50_00,
    relationship="A customer for nine years",
    disputed=True,
    dispute_note="Two boxes were damp",
    terms_clear=False,
    clarified_on="2026-02-03",
    limitation_date="2029-12-31",
)
CUSTOMER = Customer(
    name="Café Zwölf",
    debtor_type=DebtorType.COMPANY,
    contact_person="Lim Wei",
    registration_number="201912345K",
    street="12 Tras Street",
    city="Singapore",
    postal_code="079002",
    region="SG-01",
    country="SG",
    emails=("a@kopi.example", "b@kopi.example"),
    phones=("+6561234567",),
    language="zh",
    preferred_channel=Channel.EMAIL,
    inconvenient_times="Mornings",
    hardship="Known",
    vulnerability="Hears badly",
    represented_by="An adviser",
    debtor_reference="D-1",
    quiet=(Quiet((0, 1), 9 * 3600, 17 * 3600),),
)
WORDS = Words("Robin Tan", "a@kopi.example", "Invoice 1", "Bitte zahlen Sie, danke", ("letter.pdf",))
ENTRY = HistoryEntry(
    Channel.LETTER,
    Direction.OUT,
    datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "Asia/Singapore",
    WORDS,
    Stage.REMINDER_1,
    Source.MAIL,
    Party.REPRESENTATIVE,
    (DocumentId(UUID(int=9)),),
)
PROBLEM = Problem(3, "Due", "soon", "This is no day.", "Write one.", Severity.WARNING, "history")
STAGED = Staged(
    Account(
        rows=(2, 3),
        content=Content(
            CUSTOMER,
            "ACC-1",
            ClaimType.LOAN,
            "SGD",
            TERMS,
            (
                Claim(ClaimId(UUID(int=1)), ClaimKind.INVOICE, "1", "Paper", DAY, DAY, Balance(1, 2, 3, 4)),
                Claim(ClaimId(UUID(int=2)), ClaimKind.CREDIT_NOTE, "2", "", None, None, Balance(principal=5)),
            ),
            Balance(costs=7),
        ),
        time_zone="Asia/Singapore",
        paid_on=DAY,
        history=(ENTRY,),
        final_notice=FinalNotice(DAY, Channel.LETTER),
        reminders_sent=2,
        limitation_on=DAY,
        documents=("a.pdf",),
        holds=frozenset({HoldKind.DISPUTE}),
        wishes=(Wish(FactKind.CONSENT, DAY, ("email",)),),
        warnings=(PROBLEM,),
    ),
    bytes(range(16)),
    ("amount",),
    barred=True,
    lines=b"[1]",
    facts=b'{"a":1}',
    change=Change(Standing.CHANGED, -5),
)
PARTICULARS = Particulars.of(TERMS, STAGED.account.content.claims)
FINDINGS = Findings((PROBLEM,), (BadRow(3, ("a", 1, 2.5), ("why",)),))
LINE = ReceiptLine(1, "ACC-1", "HP-AAAAA-BBBBB", "made", "00ff")


def test_what_was_staged_before_is_read_and_would_be_written_the_same() -> None:
    octets = STORED.read_bytes()
    kept = msgspec.msgpack.decode(octets, type=tuple[list[Staged], Findings, list[ReceiptLine]])
    assert kept == ([STAGED], FINDINGS, [LINE])
    assert msgspec.msgpack.encode(kept) == octets


def test_a_receipt_signs_the_same_digest_of_an_account() -> None:
    assert (
        line_of(1, STAGED, "", "made").sha256
        == "823eb10ac5bbc78ecf8b3e6bc33088cbf82ea778d47106af4f346330cc9dacec"
    )


def test_what_a_case_seals_is_the_same_and_comes_back() -> None:
    sealed = (CUSTOMER.encode(), PARTICULARS.encode(), WORDS.encode(), Heading("Kopi", "ACC-1").encode())
    assert (
        hashlib.sha256(b"\n".join(sealed)).hexdigest()
        == "ea007561beee0c57d73bf10ac77949f43c058194ab9b7b28592d016c27bdcd31"
    )
    assert Customer.decode(sealed[0]) == CUSTOMER
    assert Particulars.decode(sealed[1]) == PARTICULARS
    assert Words.decode(sealed[2]) == WORDS
    assert Heading.decode(sealed[3]) == Heading("Kopi", "ACC-1")
