"""Which account a paper belongs to, by what it and its folders are called. Pure.

A name is cut into words of letters or digits; every run of words may be a reference. Case, accents' width and
what stands between the words do not matter. The longest run wins over those inside it; what is left must
name one account and no other.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

MOST_WORDS = 40
LONGEST_RUN = 8
_SHORTEST_GLUED = 5
_SHORTEST_NUMBER = 5
_SHORTEST_WORD = 4
_SHORTEST_MIXED = 3
_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"\.(?=[^\W_]*[^\W\d_])[^\W_]{1,5}$")
_INVOICES = frozenset({"invoice", "inv", "bill", "rechnung", "re", "rg", "facture", "factura"})
_BEFORE_NUMBERS = _INVOICES | {"no", "nr", "number", "account", "acc", "ref", "reference"}

Targets = tuple[int, ...]
Find = Callable[[tuple[str, ...]], Targets]
"""The accounts of a run of words; empty if it is no reference."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, case folded: runs of letters and digits."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


@dataclass(slots=True)
class Keys:
    """References of many accounts, looked up by their words.

    A reference is also found where a name leaves out what stands between its words ("INV2024001"), if it has
    a letter and is not short.
    """

    _exact: dict[str, Targets] = field(default_factory=dict)
    _glued: dict[str, Targets] = field(default_factory=dict)

    def add(self, reference: str, target: int) -> None:
        """Let a reference name one more account."""
        words = words_of(reference)
        if words and len(words) <= LONGEST_RUN:
            _put(self._exact, " ".join(words), target)
            glued = "".join(words)
            if len(glued) >= _SHORTEST_GLUED and not glued.isdecimal():
                _put(self._glued, glued, target)

    def find(self, words: tuple[str, ...]) -> Targets:
        """The accounts that these very words name."""
        return self._exact.get(" ".join(words)) or self._glued.get("".join(words), ())


@dataclass(frozen=True, slots=True)
class Match:
    """What a path says.

    Attributes:
        targets: The accounts that it names; one is a match, several are a question, none is one too.
        by: The run of words that named them, for people.
    """

    targets: Targets = ()
    by: str = ""

    @property
    def only(self) -> int | None:
        """The account, if it is one."""
        return self.targets[0] if len(self.targets) == 1 else None


def match_path(path: str, find: Find) -> Match:
    """The account named by a path: folders and file name have to agree as far as they say anything."""
    *folders, name = path.replace("\\", "/").split("/")
    said = [_in_part(part, find) for part in (*folders, _ENDING.sub("", name)) if part]
    return _agreed([one for found in said for one in found])


def match_text(text: str, find: Find, most_words: int = 3_000) -> Match:
    """The account named in a subject or a body; only runs that can hardly be anything else count."""
    words = words_of(text)[:most_words]
    found = _maximal(words, lambda run: find(run) if _is_telling(run) else ())
    return _agreed(list(found))


def _in_part(part: str, find: Find) -> list[tuple[str, Targets]]:
    words = words_of(part)[:MOST_WORDS]
    whole = find(words)
    if whole:
        return [(part, whole)]
    return list(_maximal(words, find, plain=False))


def _maximal(words: tuple[str, ...], find: Find, *, plain: bool = True) -> Iterator[tuple[str, Targets]]:
    """Runs that name accounts, without those that lie inside a longer one."""
    reached = 0
    for start in range(len(words)):
        for end in range(min(len(words), start + LONGEST_RUN), max(start, reached), -1):
            run = words[start:end]
            if not plain and not _may_be_inside(words, start, run):
                continue
            targets = find(run)
            if targets:
                yield " ".join(run), targets
                reached = end
                break


def _may_be_inside(words: tuple[str, ...], start: int, run: tuple[str, ...]) -> bool:
    """Whether a run among other words is long enough to be no accident, as a year or a page number is."""
    glued = "".join(run)
    if glued.isdecimal():
        named = start > 0 and words[start - 1] in _BEFORE_NUMBERS
        return named or len(glued) >= _SHORTEST_NUMBER
    shortest = _SHORTEST_MIXED if any(one.isdecimal() for one in glued) else _SHORTEST_WORD
    return len(glued) >= shortest


def _is_telling(run: tuple[str, ...]) -> bool:
    glued = "".join(run)
    shortest = _SHORTEST_NUMBER if glued.isdecimal() else _SHORTEST_WORD
    return len(glued) >= shortest and any(one.isdecimal() for one in glued)


def _agreed(said: list[tuple[str, Targets]]) -> Match:
    """The accounts that everything said has in common; if nothing, all of them."""
    if not said:
        return Match()
    common = set(said[0][1])
    for _, targets in said[1:]:
        common &= set(targets)
    by = ", ".join(dict.fromkeys(run for run, _ in said))
    if common:
        return Match(tuple(sorted(common)), by)
    return Match(tuple(sorted({one for _, targets in said for one in targets})), by)


def _put(index: dict[str, Targets], key: str, target: int) -> None:
    before = index.get(key, ())
    if target not in before:
        index[key] = (*before, target)


@dataclass(slots=True)
class Book:
    """Everything about the accounts of a portfolio by which papers and mail are matched.

    Attributes:
        references: Own references, customer numbers and invoice numbers.
        addresses: Mail addresses, lower case, to the accounts of that customer.
        customers: Ordinal to what people call the account, and the customer's own addresses.
        files: File names that accounts list, case folded.
    """

    references: Keys = field(default_factory=Keys)
    addresses: dict[str, Targets] = field(default_factory=dict)
    customers: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    files: dict[str, Targets] = field(default_factory=dict)

    def add(
        self,
        ordinal: int,
        label: str,
        references: Iterable[str],
        addresses: Iterable[str],
        files: Iterable[str] = (),
    ) -> None:
        """Enter one account."""
        own = tuple(address.strip().lower() for address in addresses)
        self.customers[ordinal] = (label, own)
        for reference in references:
            self.references.add(reference, ordinal)
        for address in own:
            _put(self.addresses, address, ordinal)
        for name in files:
            _put(self.files, _last(name), ordinal)

    def listing(self, path: str) -> Match:
        """The accounts that list a file of this name."""
        return Match(self.files.get(_last(path), ()), path)

    def by_address(self, addresses: Iterable[str]) -> Match:
        """The account of the customer who wrote or was written to."""
        return _agreed([(one, self.addresses[one]) for one in addresses if one in self.addresses])


def _last(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].strip().casefold()
