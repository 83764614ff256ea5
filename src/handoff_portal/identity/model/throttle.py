"""How often something may be tried: the generic cell rate algorithm, one time per bucket (ITU-T I.371).

Nobody is locked out: a browser that signed in before has buckets of its own, which strangers cannot empty.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil

_MINUTES = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
MOST_STRANGE_FAILURES = 100
"""Wrong passwords from unknown browsers in a row, after which an account opens only in known ones."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many attempts at once, coming back one by one over the period."""

    attempts: int
    period: timedelta

    @property
    def step(self) -> timedelta:
        """After this time one more attempt is free."""
        return self.period / self.attempts

    def wait(self, arrival: datetime, now: datetime) -> int:
        """Whole seconds until the next attempt, for a bucket whose time is `arrival`."""
        return max(1, ceil((arrival + self.step - self.period - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class Bucket:
    """One thing that is counted.

    Attributes:
        kind: What is counted.
        subject: Who or what it is counted for; only an HMAC of it is stored.
        limits: All must allow the attempt.
    """

    kind: str
    subject: str
    limits: tuple[Limit, ...]


_ADDRESS = (Limit(20, _MINUTES),)
_DEVICE = (Limit(10, _MINUTES),)
_ACCOUNT = (Limit(10, _MINUTES), Limit(30, _HOUR))
_CODE = (Limit(5, _MINUTES), Limit(20, _HOUR), Limit(50, _DAY))
_RESET = (Limit(3, _HOUR), Limit(5, _DAY))
_HELP = (Limit(3, _DAY),)
_WARNING = (Limit(1, _HOUR),)


def password_buckets(ip: str, email: str, device: str) -> tuple[Bucket, ...]:
    """What one password attempt counts against: the network, and the known browser or else all strangers."""
    who = Bucket("device", f"{email} {device}", _DEVICE) if device else Bucket("account", email, _ACCOUNT)
    return (*_network(ip), who)


def code_buckets(person: str, device: str) -> tuple[Bucket, ...]:
    """What one attempt at the second factor counts against."""
    return (Bucket("code", f"{person} {device}", _CODE),)


def reset_buckets(ip: str, email: str) -> tuple[Bucket, ...]:
    """What one wish for a new password counts against."""
    return (*_network(ip), Bucket("reset", email, _RESET))


def help_buckets(person: str) -> tuple[Bucket, ...]:
    """What one wish for a new second factor, or for another address, counts against."""
    return (Bucket("help", person, _HELP),)


def warning_bucket(person: str) -> Bucket:
    """Counts mails about wrong codes, so that a guesser cannot fill a mailbox."""
    return Bucket("warning", person, _WARNING)


def _network(ip: str) -> tuple[Bucket, ...]:
    """The address, or for IPv6 the /64 it shares with its household (RFC 6177)."""
    try:
        long = 64 if ip_address(ip).version == 6 else 32  # noqa: PLR2004 - the protocol's number
        return (Bucket("network", str(ip_network(f"{ip}/{long}", strict=False)), _ADDRESS),)
    except ValueError:
        return (Bucket("network", ip, _ADDRESS),) if ip else ()
