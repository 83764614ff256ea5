"""Reading forms: every field by what it must be, all mistakes at once, nothing typed is lost."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import phonenumbers

from handoff_portal.core.money import parse_amount
from handoff_portal.core.refusals import Invalid

E = TypeVar("E", bound=StrEnum)

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_MOST_FIELDS = 5000
_YEARS = range(1900, 2200)
_MINUTES = 60
_MISSING = "Please fill this in."


class Form:
    """The fields of one form as text, and the errors found so far.

    Args:
        fields: Name to all values sent under it, in order.
    """

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None) -> None:
        self._fields = {name: list(values) for name, values in (fields or {}).items()}
        self.errors: dict[str, str] = {}

    @classmethod
    def decode(cls, body: bytes) -> "Form":
        """Read a body of type application/x-www-form-urlencoded (WHATWG URL section 5).

        Raises:
            Invalid: It has more fields than any form.
        """
        fields: dict[str, list[str]] = {}
        text = body.decode("utf-8", "replace")
        if text.count("&") >= _MOST_FIELDS:
            raise Invalid({"": "This form has too many fields. Please send less at once."})
        for name, value in parse_qsl(text, keep_blank_values=True):
            fields.setdefault(name, []).append(value.replace("\r\n", "\n"))
        return cls(fields)

    def names(self) -> list[str]:
        """All field names that were sent."""
        return list(self._fields)

    def fields(self) -> dict[str, list[str]]:
        """Everything that was sent, for keeping it as it is."""
        return {name: list(values) for name, values in self._fields.items()}

    def value(self, name: str, default: str = "") -> str:
        """What was typed, as it was typed; for showing it again."""
        values = self._fields.get(name)
        return values[0] if values else default

    def values(self, name: str) -> list[str]:
        """Everything sent under a name, for check boxes and repeated rows."""
        return list(self._fields.get(name, []))

    def error(self, name: str) -> str:
        """What is wrong with a field; empty if nothing."""
        return self.errors.get(name, "")

    def fill(self, values: Mapping[str, str | Sequence[str]]) -> "Form":
        """Show these values where nothing was sent; for forms that begin filled in."""
        for name, value in values.items():
            self._fields.setdefault(name, [value] if isinstance(value, str) else list(value))
        return self

    def put(self, name: str, value: str) -> None:
        """Show this value whatever was sent; for text that the portal changed on request."""
        self._fields[name] = [value]

    def refuse(self, name: str, say: str) -> None:
        """Note a mistake; the first one of a field stays."""
        self.errors.setdefault(name, say)

    def check(self) -> None:
        """End the reading.

        Raises:
            Invalid: Something was refused.
        """
        if self.errors:
            raise Invalid(self.errors)

    def text(self, name: str, *, required: bool = True, shortest: int = 0, longest: int = 200) -> str:
        """Text without surrounding space; an optional one that is missing is empty."""
        typed = self.value(name).strip()
        if not typed and required:
            self.refuse(name, _MISSING)
        elif typed and len(typed) < shortest:
            self.refuse(name, f"Please write at least {shortest} characters.")
        elif len(typed) > longest:
            self.refuse(name, f"This is {len(typed)} characters long; at most {longest} fit.")
        elif "\x00" in typed:
            self.refuse(name, "This contains a character that cannot be stored. Please type it again.")
        return typed

    def secret(self, name: str) -> str:
        """A password or code exactly as typed."""
        typed = self.value(name)
        if not typed:
            self.refuse(name, _MISSING)
        return typed

    def email(self, name: str, *, required: bool = True) -> str:
        """An e-mail address in lower case (a practical subset of RFC 5321)."""
        typed = self.text(name, required=required, longest=254).lower()
        if typed and not _EMAIL.fullmatch(typed):
            self.refuse(name, f"“{typed}” is not an e-mail address. Write it like name@example.com.")
        return typed

    def phone(self, name: str, country: str, *, required: bool = True) -> str:
        """A telephone number as ITU-T E.164; without a country code, one of this country (ISO 3166-1)."""
        typed = self.text(name, required=required, longest=40)
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(typed, country or None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self.refuse(
                name,
                f"“{typed}” is not a telephone number. Write it with its country code, like +65 6123 4567.",
            )
            return ""
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def number(self, name: str, *, least: int = 0, most: int = 10**9, default: int | None = None) -> int:
        """A whole number between bounds."""
        typed = self.value(name).strip()
        if not typed and default is not None:
            return default
        if not typed:
            self.refuse(name, _MISSING)
        elif not re.fullmatch(r"-?\d{1,15}", typed):
            self.refuse(name, f"“{typed}” is not a whole number.")
        elif not least <= int(typed) <= most:
            self.refuse(name, f"{typed} is outside what fits here: {least} to {most}.")
        else:
            return int(typed)
        return least

    def amount(self, name: str, currency: str, *, required: bool = True, least: int = 0) -> int:
        """An amount in minor units of the currency; 0 if optional and missing."""
        typed = self.value(name).strip()
        if not typed:
            if required:
                self.refuse(name, _MISSING)
            return 0
        try:
            minor = parse_amount(typed, currency)
        except ValueError as mistake:
            self.refuse(name, str(mistake))
            return 0
        if minor < least:
            self.refuse(
                name, "This amount is too small here." if least else "Write the amount without a minus."
            )
        return minor

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A date as YYYY-MM-DD (ISO 8601)."""
        typed = self.value(name).strip()
        if not typed:
            if required:
                self.refuse(name, _MISSING)
            return None
        try:
            found = date.fromisoformat(typed)
        except ValueError:
            self.refuse(name, f"The date {typed} does not exist or is not written like 2026-03-31.")
            return None
        if found.year not in _YEARS:
            self.refuse(name, f"The year {found.year} is too far away. Please check the date.")
            return None
        return found

    def moment(self, name: str, zone: str, *, required: bool = True) -> datetime | None:
        """A local time in this IANA zone as YYYY-MM-DDTHH:MM; given back in UTC."""
        typed = self.value(name).strip()
        if not typed:
            if required:
                self.refuse(name, _MISSING)
            return None
        try:
            given = datetime.fromisoformat(typed)
            return (given if given.tzinfo else given.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse(name, f"“{typed}” is not a date and time. Write it like 2026-03-31T14:05.")
            return None

    def clock(self, name: str, *, required: bool = True) -> int | None:
        """A time of day as HH:MM; given back as seconds since midnight, 24:00 being the end of the day."""
        typed = self.value(name).strip()
        if not typed:
            if required:
                self.refuse(name, _MISSING)
            return None
        hour, colon, minute = typed.partition(":")
        digits = colon and len(hour) in {1, 2} and len(minute) == 2 and f"{hour}{minute}".isascii()  # noqa: PLR2004
        if digits and hour.isdigit() and minute.isdigit() and int(minute) < _MINUTES:
            found = (int(hour) * _MINUTES + int(minute)) * 60
            if found <= 24 * 3600:
                return found
        self.refuse(name, f"“{typed}” is not a time of day. Write it like 14:05.")
        return None

    def choice(self, name: str, kind: type[E]) -> E:
        """One of a closed list."""
        typed = self.value(name)
        if typed in set(kind):
            return kind(typed)
        self.refuse(
            name, "Please choose one." if not typed else "This choice does not exist any more; choose again."
        )
        return next(iter(kind))

    def optional_choice(self, name: str, kind: type[E]) -> E | None:
        """One of a closed list, or None when nothing was chosen."""
        return self.choice(name, kind) if self.value(name) else None

    def flag(self, name: str) -> bool:
        """A check box."""
        return self.value(name) in {"on", "yes", "true", "1"}
