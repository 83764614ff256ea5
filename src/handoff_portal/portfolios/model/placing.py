"""Where one paper or mail belongs, and why, in words for people. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from handoff_portal.portfolios.model.matching import Book, Match, match_path, match_text
from handoff_portal.portfolios.model.papers import Target

MOST_CANDIDATES = 10
_LONGEST_BY = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """Where something belongs.

    Attributes:
        target: None where a person has to say.
        addresses: The customer's own mail addresses.
    """

    say: str
    target: Target | None = None
    candidates: tuple[Target, ...] = ()
    addresses: tuple[str, ...] = ()


def place_paper(path: str, book: Book) -> Placed:
    """By the account that lists this file, else by what it and its folders are called."""
    listed = book.listing(path)
    if listed.only is not None:
        return _at(listed.only, book, "Its account lists this file.")
    return _decided(match_path(path, book.references.find), book, "its name")


def place_mail(path: str, subject: str, text: str, addresses: Sequence[str], book: Book) -> Placed:
    """By its name and folders, else by its subject, its words, or the customer's address."""
    named = match_path(path, book.references.find)
    if named.only is not None:
        return _decided(named, book, "its name")
    found = named
    for what, match in _in_mail(subject, text, addresses, book):
        common = tuple(one for one in match.targets if not named.targets or one in named.targets)
        if len(common) == 1:
            return _decided(Match(common, match.by), book, what)
        if not found.targets:
            found = match
    return _decided(found, book, "what it says" if found is not named else "its name")


def _in_mail(subject: str, text: str, addresses: Sequence[str], book: Book) -> Sequence[tuple[str, Match]]:
    return (
        ("its subject", match_text(subject, book.references.find)),
        ("its words", match_text(text, book.references.find)),
        ("the customer's address", book.by_address([one.lower() for one in addresses])),
    )


def _decided(match: Match, book: Book, what: str) -> Placed:
    by = match.by if len(match.by) <= _LONGEST_BY else f"{match.by[:_LONGEST_BY]}…"
    if match.only is not None:
        return _at(match.only, book, f"By {what}: “{by}”.")
    if not match.targets:
        return Placed("Nothing tells which account it belongs to.")
    candidates = tuple(_target(one, book) for one in match.targets[:MOST_CANDIDATES])
    return Placed(f"{len(match.targets):,} accounts fit by {what}: “{by}”.", None, candidates)


def _at(ordinal: int, book: Book, say: str) -> Placed:
    return Placed(say, _target(ordinal, book), (), book.customers[ordinal][1])


def _target(ordinal: int, book: Book) -> Target:
    return Target(ordinal, book.customers[ordinal][0])
