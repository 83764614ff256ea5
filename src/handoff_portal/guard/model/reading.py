"""Fields of a vector: taken one by one, so that what is left over can be named."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from handoff_portal.guard.model.spellings import FLAGS, NEUTRAL, NO_FLAGS, WORDS
from handoff_portal.guard.model.terms import Mark
from handoff_portal.guard.model.values import BadValue, flag, moment_in, plain_word

T = TypeVar("T")


class Fields:
    """The names and values of one mapping in a file, with the mistakes found in it and in those inside."""

    def __init__(self, given: Mapping[str, Any], where: str) -> None:
        """Read `given`, which stands at the path `where`, such as "state.dispute."."""
        self.zone: tzinfo = UTC
        self._given = dict(given)
        self._where = where
        self._taken: set[str] = set()
        self._left: list[str] = []
        self.mistakes: list[str] = []

    def take(self, *names: str) -> Any:  # noqa: ANN401 - files hold anything
        """The value under the first of these names that has one; all of them count as understood."""
        self._taken.update(names)
        found = (self._given.get(name) for name in names)
        return next((value for value in found if value is not None), None)

    def names(self) -> frozenset[str]:
        """Every name that is there."""
        return frozenset(map(str, self._given))

    def has(self, *names: str) -> bool:
        """Whether one of the names is there, even without a value."""
        self._taken.update(names)
        return any(name in self._given for name in names)

    def required(self, name: str, read: Callable[[object], T]) -> T | None:
        """The value read; a mistake if it is missing or wrong."""
        if self.take(name) is None:
            self.mistake(name, "is missing")
            return None
        return self.optional(name, read)

    def optional(self, name: str, read: Callable[[object], T], *others: str) -> T | None:
        """The value read, None if it is not there; a mistake if it is wrong."""
        value = self.take(name, *others)
        try:
            return None if value is None else read(value)
        except BadValue as bad:
            self.mistake(name, str(bad))
            return None

    def moment(self, name: str, *others: str) -> datetime | None:
        """The moment under one of these names; a bare date is the beginning of the customer's day."""
        return self.optional(name, moment_in(self.zone), *others)

    def inner(self, name: str, *, required: bool = False) -> "Fields":
        """The mapping under a name, empty if it is not there; its mistakes are noted here too."""
        value = self.take(name)
        if required and value is None:
            self.mistake(name, "is missing")
        if value is not None and not isinstance(value, dict):
            self.mistake(name, "must be names with values")
        return self._inside(value, f"{self._where}{name}.")

    def item(self, name: str, number: int, value: object) -> "Fields":
        """One mapping of a list."""
        where = f"{self._where}{name}[{number}]"
        if not isinstance(value, dict):
            self.mistake(f"{name}[{number}]", "must be names with values")
        return self._inside(value, f"{where}.")

    def _inside(self, value: object, where: str) -> "Fields":
        found = Fields(value if isinstance(value, dict) else {}, where)
        found.mistakes, found._left, found.zone = self.mistakes, self._left, self.zone
        return found

    def mistake(self, name: str, what: str) -> None:
        """Note what is wrong with a field."""
        self.mistakes.append(f"{self._where}{name}: {what}")

    def close(self) -> None:
        """Note the fields of this mapping that nobody took."""
        self._left.extend(f"{self._where}{name}" for name in self._given if name not in self._taken)

    def leave(self, name: str) -> None:
        """Note a word that has no meaning here."""
        self._left.append(f"{self._where}{name}")

    def unknown(self, known: set[str]) -> list[str]:
        """Every field that nobody took, here and inside, but for `known`."""
        self._taken.update(known)
        self.close()
        return list(self._left)


class Field:
    """Readers of values that need more than one word."""

    @staticmethod
    def zones(value: object) -> tuple[ZoneInfo, ...]:
        """A list of IANA names, at least one; a single name stands for itself."""
        value = [value] if isinstance(value, str) and value.strip() else value
        if not isinstance(value, list) or not value:
            raise BadValue("must be a list with at least one zone")
        return tuple(map(_zone, dict.fromkeys(map(str, value))))

    @staticmethod
    def debts(fields: Fields) -> frozenset[str]:
        """The debts a contact or a word was about: a list, or a single one."""
        value = fields.take("debts", "debt")
        if value is None:
            return frozenset()
        return frozenset(str(one) for one in value) if isinstance(value, list) else frozenset({str(value)})


def marks_of(fields: Fields) -> frozenset[Mark]:
    """The marks of a contact: flags, its purpose and the flags of its content.

    A purpose or content flag without a meaning for any rule is named among the unknown fields.
    """
    found = {mark for name, mark in FLAGS.items() if fields.has(name) and fields.optional(name, flag)}
    for name in (fields.names() & WORDS.keys()) - FLAGS.keys() - NO_FLAGS:
        if fields.optional(name, flag):
            found.add(WORDS[name])
    for name in ("content_flags", "purpose"):
        for word in _listed(fields, name):
            if mark := WORDS.get(plain_word(word)):
                found.add(mark)
            elif plain_word(word) not in NEUTRAL:
                fields.leave(f"{name}: {word}")
    return frozenset(found)


def _listed(fields: Fields, name: str) -> list[object]:
    """Words of a list, or of one text with commas between them."""
    value = fields.take(name)
    if isinstance(value, str):
        return [word for word in value.split(",") if word.strip()]
    if value is not None and not isinstance(value, list):
        fields.mistake(name, "must be a list of words")
    return value if isinstance(value, list) else []


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadValue(f"{name!r} is no time zone like America/Chicago") from error
