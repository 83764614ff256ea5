"""How amounts, times, deadlines and counts are written for a reader: pure functions, installed as filters.

No function reads a clock: `now` and `zone` are arguments. Months and figures follow Unicode CLDR (Babel).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.dates import format_date
from babel.numbers import format_decimal

from handoff_portal.core.money import minor_digits

LOCALE: Final = "en_GB"

# Zones whose time zone database entry has only a number for a name, with the letters that people there use.
_LETTERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Asia/Singapore": "SGT",
        "Asia/Kuala_Lumpur": "MYT",
        "Asia/Bangkok": "ICT",
        "Asia/Ho_Chi_Minh": "ICT",
        "Asia/Dubai": "GST",
        "America/Sao_Paulo": "BRT",
        "America/Argentina/Buenos_Aires": "ART",
        "America/Bogota": "COT",
        "America/Lima": "PET",
    }
)

_HOUR: Final = timedelta(hours=1)


def amount(minor: int, currency: str, locale: str = LOCALE) -> str:
    """Write `minor` units of an ISO 4217 `currency` without its code: 123450, "SGD" gives "1,234.50"."""
    digits = minor_digits(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    written: str = format_decimal(Decimal(minor).scaleb(-digits), format=pattern, locale=locale)
    return written.replace("-", "\N{MINUS SIGN}")


def money(minor: int, currency: str, locale: str = LOCALE) -> str:
    """Write an amount with its ISO 4217 code before it and a no-break space between: "SGD 1,234.50"."""
    return f"{currency}\N{NO-BREAK SPACE}{amount(minor, currency, locale)}"


def zone_of(name: str) -> ZoneInfo:
    """Return the IANA zone called `name`, or UTC when the database does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zone_letters(value: datetime, zone: str) -> str:
    """Return what people call the offset of `zone` at that instant: "SGT", "CET", else "UTC+5:45"."""
    local = value.astimezone(zone_of(zone))
    name = local.tzname() or "UTC"
    if not name.startswith(("+", "-")):
        return name
    if zone in _LETTERS:
        return _LETTERS[zone]
    offset = name[1:]
    return f"UTC{name[0]}{int(offset[:2])}" + (f":{offset[2:]}" if len(offset) > len("05") else "")


def write_date(value: date, zone: str = "UTC", locale: str = LOCALE) -> str:
    """Write a day: "14 Mar 2026". An instant is moved to the IANA `zone`, a plain date is not."""
    day = value.astimezone(zone_of(zone)).date() if isinstance(value, datetime) else value
    return _written(day, locale)


@lru_cache(maxsize=4096)
def _written(day: date, locale: str) -> str:
    """Lists write the same few days again and again."""
    return format_date(day, format="d MMM yyyy", locale=locale)


def write_datetime(value: datetime, zone: str = "UTC", locale: str = LOCALE) -> str:
    """Write an instant in the IANA `zone`: "14 Mar 2026, 09:30 SGT". `value` must be aware."""
    local = value.astimezone(zone_of(zone))
    return f"{write_date(local.date(), zone, locale)}, {local:%H:%M} {zone_letters(value, zone)}"


def write_clock(value: datetime, zone: str = "UTC") -> str:
    """Write only the time of day in the IANA `zone`: "09:30"."""
    return f"{value.astimezone(zone_of(zone)):%H:%M}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: "1 case", "1,200 cases"; `many` is `one` with an s unless given."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def deadline(value: date, now: datetime, zone: str = "UTC") -> str:
    """Write how far a deadline is: "in 40 minutes", "in 5 hours", "tomorrow", "in 3 days", "2 days overdue".

    Days are counted on the calendar of `zone`; a plain date means the whole of that day.
    """
    if not isinstance(value, datetime):
        return _days(value - now.astimezone(zone_of(zone)).date())
    away = value - now
    if abs(away) < _HOUR:
        return _ahead(int(abs(away) / timedelta(minutes=1)), "minute", late=away < timedelta())
    if abs(away) < timedelta(days=1):
        return _ahead(int(abs(away) / _HOUR), "hour", late=away < timedelta())
    place = zone_of(zone)
    return _days(value.astimezone(place).date() - now.astimezone(place).date())


def _ahead(count: int, noun: str, *, late: bool) -> str:
    if count == 0:
        return "just overdue" if late else "in less than a minute"
    return f"{plural(count, noun)} overdue" if late else f"in {plural(count, noun)}"


def _days(away: timedelta) -> str:
    if away.days in {0, 1}:
        return ("today", "tomorrow")[away.days]
    return _ahead(abs(away.days), "day", late=away.days < 0)


def ago(value: datetime, now: datetime, zone: str = "UTC") -> str:
    """Write how long ago an instant was: "just now", "3 hours ago", "yesterday", else the date."""
    past = now - value
    if past < timedelta(minutes=1):
        return "just now"
    if past < _HOUR:
        return f"{plural(int(past / timedelta(minutes=1)), 'minute')} ago"
    if past < timedelta(days=1):
        return f"{plural(int(past / _HOUR), 'hour')} ago"
    place = zone_of(zone)
    days = (now.astimezone(place).date() - value.astimezone(place).date()).days
    return "yesterday" if days == 1 else write_date(value, zone)


def filesize(octets: int) -> str:
    """Write a size in decimal units (IEC 80000-13): "0 bytes", "999 bytes", "1.2 kB", "24 MB"."""
    if octets < 1000:  # noqa: PLR2004 -- the step between decimal units
        return plural(octets, "byte")
    units = iter(("kB", "MB", "GB", "TB"))
    size, unit = Decimal(octets) / 1000, next(units)
    while size >= Decimal("999.5") and unit != "TB":
        size, unit = size / 1000, next(units)
    shown = f"{size:.1f}" if size < Decimal("9.95") else f"{size:.0f}"
    return f"{shown.removesuffix('.0')} {unit}"


def percent(basis_points: int) -> str:
    """Write hundredths of a percent: 1250 gives "12.5%"."""
    return f"{Decimal(basis_points) / 100:f}%"


def number(count: int) -> str:
    """Write a whole number with a comma between thousands."""
    return f"{count:,}"


FILTERS: Final[Mapping[str, Callable[..., str]]] = MappingProxyType(
    {
        "ago": ago,
        "amount": amount,
        "clock": write_clock,
        "date": write_date,
        "datetime": write_datetime,
        "deadline": deadline,
        "filesize": filesize,
        "money": money,
        "number": number,
        "percent": percent,
        "plural": plural,
        "zone_letters": zone_letters,
    }
)
"""Every filter by the name it has in templates: `environment.filters.update(FILTERS)`."""
