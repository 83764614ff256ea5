"""Settings from the environment: read once at start, all mistakes reported at once, secrets never printed."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from handoff_portal.adapters.outgoing import require_safe
from handoff_portal.adapters.timestamps import read_roots

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds templates/ and migrations/."""

DEMO_MARK = "demo"
"""A path or password with this word is refused in production."""


class Mode(StrEnum):
    """How strict the start is."""

    PRODUCTION = "production"
    DEMO = "demo"


class BadSettings(Exception):
    """The environment has mistakes.

    Attributes:
        mistakes: One sentence each, with the variable's name and the mend.
    """

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Sizes and times a person can run into.

    Attributes:
        file_bytes: Largest single document.
        form_bytes: Largest form without files.
        mails_at_once: Most mail files in one upload.
    """

    file_bytes: int = 2 * 1024**3
    form_bytes: int = 1024**2
    mails_at_once: int = 200


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a process of the portal needs to know at start; see `read`."""

    mode: Mode
    public_url: str
    app_url: str = field(repr=False)
    gate_url: str = field(repr=False)
    worker_url: str = field(repr=False)
    sequencer_url: str = field(repr=False)
    owner_url: str = field(repr=False, default="")
    objects: str
    objects_endpoint: str | None = None
    anchor: str = ""
    keys: str
    keys_endpoint: str | None = None
    keys_passphrase: str | None = field(repr=False, default=None)
    smtp: str = field(repr=False)
    mail_from: str
    log_name: str
    timestamp_url: str = ""
    timestamp_roots: str = ""
    witnesses: tuple[str, ...] = ()
    signing_key: str = ""
    password_range_url: str = ""
    proxies: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry Secure and the __Host- prefix: always, but for a demo on plain http."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public URL, as browsers send it in Origin."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"


_URLS = {
    "app_url": ("HANDOFF_DATABASE_URL", "handoff_app"),
    "gate_url": ("HANDOFF_GATE_DATABASE_URL", "handoff_gate"),
    "worker_url": ("HANDOFF_WORKER_DATABASE_URL", "handoff_worker"),
    "sequencer_url": ("HANDOFF_SEQUENCER_DATABASE_URL", "handoff_sequencer"),
    "owner_url": ("HANDOFF_OWNER_DATABASE_URL", "handoff_owner"),
}


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in these environment variables (default: the process's own).

    Raises:
        BadSettings: Lists every mistake at once.
    """
    env = os.environ if environment is None else environment
    mistakes: list[str] = []
    mode = _mode(env, mistakes)
    urls = {name: _database_url(env, variable, role, mistakes) for name, (variable, role) in _URLS.items()}
    settings = Settings(
        mode=mode,
        public_url=_required(env, "HANDOFF_PUBLIC_URL", "https://portal.example", mistakes).rstrip("/"),
        **urls,
        objects=_kind(env, "HANDOFF_OBJECTS", ("file:", "s3://"), mistakes),
        objects_endpoint=env.get("HANDOFF_OBJECTS_ENDPOINT") or None,
        anchor=env.get("HANDOFF_ANCHOR", ""),
        keys=_kind(env, "HANDOFF_KEYS", ("file:", "kms:"), mistakes),
        keys_endpoint=env.get("HANDOFF_KEYS_ENDPOINT") or None,
        keys_passphrase=env.get("HANDOFF_KEYS_PASSPHRASE") or None,
        smtp=_kind(env, "HANDOFF_SMTP_URL", ("smtp://", "smtps://", "folder:"), mistakes),
        log_name=env.get("HANDOFF_LOG_NAME", "").strip() or _host(env),
        timestamp_url=env.get("HANDOFF_TIMESTAMP_URL", "").strip(),
        timestamp_roots=env.get("HANDOFF_TIMESTAMP_ROOTS", "").strip(),
        witnesses=tuple(env.get("HANDOFF_WITNESSES", "").replace(",", " ").split()),
        signing_key=env.get("HANDOFF_SIGNING_KEY", "").strip(),
        mail_from=_required(env, "HANDOFF_MAIL_FROM", "portal@example.com", mistakes),
        password_range_url=env.get("HANDOFF_PASSWORD_RANGE_URL", "").strip(),
        proxies=_proxies(env, mistakes),
        limits=_limits(env, mistakes),
    )
    _check_web(settings, mistakes)
    _check_log(settings, mistakes)
    if mode is Mode.PRODUCTION:
        _check_production(settings, mistakes)
    if mistakes:
        raise BadSettings(mistakes)
    return settings


def _host(env: Mapping[str, str]) -> str:
    """The public host: the log's name unless another was given; it must not change once the log has begun."""
    return urlsplit(env.get("HANDOFF_PUBLIC_URL", "")).hostname or "portal"


def _mode(env: Mapping[str, str], mistakes: list[str]) -> Mode:
    given = env.get("HANDOFF_MODE", Mode.PRODUCTION)
    if given in set(Mode):
        return Mode(given)
    mistakes.append(f"HANDOFF_MODE is “{given}”; use production or demo.")
    return Mode.PRODUCTION


def _required(env: Mapping[str, str], name: str, example: str, mistakes: list[str]) -> str:
    given = env.get(name, "").strip()
    if not given:
        mistakes.append(f"{name} is missing; for example {name}={example}")
    return given


def _kind(env: Mapping[str, str], name: str, starts: tuple[str, ...], mistakes: list[str]) -> str:
    given = _required(env, name, f"{starts[0]}…", mistakes)
    if given and not given.startswith(starts):
        mistakes.append(f"{name} must start with {' or '.join(starts)}.")
    return given


def _database_url(env: Mapping[str, str], variable: str, role: str, mistakes: list[str]) -> str:
    given = env.get(variable, "").strip() or env.get("HANDOFF_DATABASE_URL", "").strip()
    if "{role}" not in given and not env.get(variable):
        if role != "handoff_owner":
            mistakes.append(f"{variable} is missing; for example postgresql://{role}:…@db.example/handoff")
        return ""
    url = given.replace("{role}", role)
    if not url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        mistakes.append(f"{variable} must start with postgresql://")
    return "postgresql+psycopg://" + url.partition("://")[2]


def _limits(env: Mapping[str, str], mistakes: list[str]) -> Limits:
    usual = Limits()
    names = ("file_bytes", "form_bytes", "mails_at_once")
    return Limits(
        **{n: _whole(env, f"HANDOFF_LIMIT_{n.upper()}", getattr(usual, n), mistakes) for n in names}
    )


def _whole(env: Mapping[str, str], variable: str, usual: int, mistakes: list[str]) -> int:
    given = env.get(variable, "").strip()
    if not given:
        return usual
    if given.isascii() and given.isdecimal() and int(given) > 0:
        return int(given)
    mistakes.append(f"{variable} must be a whole number above 0.")
    return usual


def _proxies(env: Mapping[str, str], mistakes: list[str]) -> tuple[str, ...]:
    """Networks whose X-Forwarded-For is believed; anybody else could name any address there."""
    given = tuple(part.strip() for part in env.get("HANDOFF_TRUSTED_PROXIES", "").split(",") if part.strip())
    for network in given:
        try:
            ip_network(network)
        except ValueError:
            mistakes.append(
                f"HANDOFF_TRUSTED_PROXIES: “{network}” is no address or network like 10.0.0.0/24."
            )
    return given


def _check_web(settings: Settings, mistakes: list[str]) -> None:
    if settings.public_url and urlsplit(settings.public_url).scheme not in {"http", "https"}:
        mistakes.append("HANDOFF_PUBLIC_URL must start with https:// (http:// in demo mode only).")
    try:
        if settings.password_range_url:
            require_safe(settings.password_range_url)
    except ValueError as error:
        mistakes.append(f"HANDOFF_PASSWORD_RANGE_URL {error}.")


def _check_log(settings: Settings, mistakes: list[str]) -> None:
    if settings.signing_key and not settings.signing_key.startswith("kms:"):
        mistakes.append("HANDOFF_SIGNING_KEY must start with kms: (without it, the key is the portal's own).")
    try:
        if settings.timestamp_url:
            require_safe(settings.timestamp_url)
    except ValueError as error:
        mistakes.append(f"HANDOFF_TIMESTAMP_URL {error}.")
    try:
        if settings.timestamp_roots:
            read_roots(Path(settings.timestamp_roots))
    except ValueError as error:
        mistakes.append(f"HANDOFF_TIMESTAMP_ROOTS: {error}.")


def _check_production(settings: Settings, mistakes: list[str]) -> None:
    for field_name, (variable, _) in _URLS.items():
        if DEMO_MARK in (urlsplit(getattr(settings, field_name)).password or ""):
            mistakes.append(f"{variable} has a demo password; give the role one of its own.")
    if settings.public_url.startswith("http://"):
        mistakes.append("HANDOFF_PUBLIC_URL is plain http; sessions would travel in the clear. Use https://.")
    if settings.timestamp_url.startswith("http://"):
        mistakes.append("HANDOFF_TIMESTAMP_URL is plain http; use https:// in production.")
    if settings.password_range_url.startswith("http://"):
        mistakes.append("HANDOFF_PASSWORD_RANGE_URL is plain http; use https:// in production.")
    if settings.smtp.startswith("folder:"):
        mistakes.append("HANDOFF_SMTP_URL is a folder; people would get no mail. Use smtp:// or smtps://.")
    if settings.keys.startswith("file:"):
        _check_key_file(Path(settings.keys.removeprefix("file:")), mistakes)


def _check_key_file(path: Path, mistakes: list[str]) -> None:
    if DEMO_MARK in path.parts or DEMO_MARK in path.stem:
        mistakes.append(
            "HANDOFF_KEYS is the demo's key file; make one of your own with `handoff-portal keys create`."
        )
    try:
        mode = path.stat().st_mode
    except OSError:
        mistakes.append(f"HANDOFF_KEYS names {path}, which cannot be read.")
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        mistakes.append(f"HANDOFF_KEYS names {path}, which others can read; run chmod 600 on it.")
