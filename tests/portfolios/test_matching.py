"""Which account a file belongs to, by its name and folders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.documents.model import DocumentKind
from handoff_portal.portfolios.model.matching import Book, match_path, match_text
from handoff_portal.portfolios.model.papers import guess_kind


def a_book() -> Book:
    book = Book()
    book.add(1, "one", ("PF-00012", "K-77", "INV-2024/001", "INV-2024/002"), ("Mei@One.example",))
    book.add(2, "two", ("PF-00013", "K-77", "RE 4711"), ("mei@one.example",))
    book.add(3, "three", ("PF-00013-B", "2024", "12345"), ("ops@three.example",))
    book.add(4, "four", ("7", "ACME", "INV2024003"), ())
    return book


FOUND = [
    ("PF-00012/contract.pdf", (1,)),
    ("pf_00012/Scan 3.pdf", (1,)),
    ("Portfolio 2026/PF 00012/anything.pdf", (1,)),
    ("PF-00012.pdf", (1,)),
    ("Contract PF-00012 signed.pdf", (1,)),
    ("inv_2024_001.pdf", (1,)),
    ("INV2024001 copy.pdf", (1,)),
    ("scans/inv-2024-003.pdf", (4,)),
    ("Rechnung RE4711.pdf", (2,)),
    ("PF-00013-B delivery.pdf", (3,)),
    ("PF-00013 delivery.pdf", (2,)),
    ("K-77/INV-2024-001.pdf", (1,)),
    ("K-77/RE-4711.pdf", (2,)),
    ("K-77/anything.pdf", (1, 2)),
    ("K-77 INV-2024-002.pdf", (1,)),
    ("PF-00012 and PF-00013.pdf", (1, 2)),
    ("PF-00012/RE-4711.pdf", (1, 2)),
    ("7/contract.pdf", (4,)),
    ("page 7.pdf", ()),
    ("statement 2024.pdf", ()),
    ("invoice 2024.pdf", (3,)),
    ("12345.pdf", (3,)),
    ("scan 12345 of May.pdf", (3,)),
    ("scan 2024-01-31.pdf", ()),
    ("ACME/terms.pdf", (4,)),
    ("XPF-00012X.pdf", ()),
    ("PF-000120.pdf", ()),
    ("unknown.pdf", ()),
    ("\uff30\uff26\uff0d\uff10\uff10012.pdf", (1,)),
    ("windows\\PF-00012\\scan.pdf", (1,)),
]


@pytest.mark.parametrize(("path", "accounts"), FOUND)
def test_a_name_tells_the_account(path: str, accounts: tuple[int, ...]) -> None:
    assert match_path(path, a_book().references.find).targets == accounts


SAID = [
    ("Re: your invoice INV-2024/001", (1,)),
    ("Invoice INV 2024 001 and INV 2024 002", (1,)),
    ("About 4711 and 7", ()),
    ("Both PF-00012 and PF-00013", (1, 2)),
    ("In 2024 we said nothing to ACME", ()),
]


@pytest.mark.parametrize(("text", "accounts"), SAID)
def test_a_text_tells_the_account_only_by_what_can_be_nothing_else(
    text: str, accounts: tuple[int, ...]
) -> None:
    assert match_text(text, a_book().references.find).targets == accounts


def test_an_address_tells_the_customer_and_with_one_account_the_account() -> None:
    book = a_book()
    assert book.by_address(["ops@three.example", "nobody@else.example"]).only == 3
    assert book.by_address(["mei@one.example"]).targets == (1, 2)
    assert book.by_address(["nobody@else.example"]).targets == ()


KINDS = [
    ("A/Contract signed.pdf", DocumentKind.CONTRACT),
    ("A/Vertrag_2024.pdf", DocumentKind.CONTRACT),
    ("A/INV-2024-001.pdf", DocumentKind.INVOICE),
    ("A/Rechnung 12.pdf", DocumentKind.INVOICE),
    ("A/POD 12.pdf", DocumentKind.PROOF_OF_DELIVERY),
    ("A/Lieferschein.pdf", DocumentKind.PROOF_OF_DELIVERY),
    ("A/final-notice.pdf", DocumentKind.FINAL_NOTICE),
    ("A/Letzte Mahnung.pdf", DocumentKind.FINAL_NOTICE),
    ("A/2. Mahnung.pdf", DocumentKind.REMINDER),
    ("A/credit note 3 for invoice 4.pdf", DocumentKind.CREDIT_NOTE),
    ("contracts/A/scan1.pdf", DocumentKind.CONTRACT),
    ("contracts/A/invoice.pdf", DocumentKind.INVOICE),
    ("A/statement of account.pdf", DocumentKind.STATEMENT),
    ("final notice/re.eml", DocumentKind.MAIL),
    ("A/podium.pdf", DocumentKind.OTHER),
    ("A/scan.pdf", DocumentKind.OTHER),
]


@pytest.mark.parametrize(("path", "kind"), KINDS)
def test_a_name_tells_what_a_paper_is_for(path: str, kind: DocumentKind) -> None:
    assert guess_kind(path) is kind


@given(st.text(max_size=300))
def test_any_name_matches_or_not_and_never_fails(path: str) -> None:
    found = match_path(path, a_book().references.find)
    assert set(found.targets) <= {1, 2, 3, 4}
    assert guess_kind(path) in DocumentKind


@given(
    st.lists(st.text("abc0123456789", min_size=2, max_size=6), min_size=1, max_size=4),
    st.lists(st.sampled_from("-_ ./"), min_size=4, max_size=4),
    st.lists(st.sampled_from("-_ "), min_size=4, max_size=4),
)
def test_what_stands_between_the_words_of_a_reference_does_not_matter(
    words: list[str], between: list[str], named: list[str]
) -> None:
    book = Book()
    book.add(9, "nine", ("".join(map("".join, zip(words, between, strict=False))).strip("-_ ./"),), ())
    name = "".join(map("".join, zip(words, named, strict=False))).strip("-_ ")
    assert match_path(f"{name}/scan.pdf", book.references.find).only == 9
