"""Ways a mail leaves: SMTP (RFC 5321), or a folder of .eml files that a demo can open."""

import os
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit

from typing_extensions import override

_SECONDS = 20
_PERMANENT = range(500, 600)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotSent(Exception):
    """The mail did not leave.

    Attributes:
        for_ever: Trying again is of no use.
    """

    def __init__(self, why: str, *, for_ever: bool = False) -> None:
        super().__init__(why)
        self.for_ever = for_ever


class Transport(Protocol):
    """Sends mails, one after the other, while its block is open."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        ...

    def send(self, message: EmailMessage) -> None:
        """Send one mail. Raises NotSent."""
        ...


class FolderTransport(Transport):
    """Writes each mail as a file, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @override
    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    @override
    def send(self, message: EmailMessage) -> None:
        """Write one mail as `<template>-<id>.eml`, whole or not at all."""
        name = f"{message['X-Handoff-Template']}-{message['Message-ID'].strip('<>').partition('@')[0]}.eml"
        part = self._folder / f".{name}.part"
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes())
            part.replace(self._folder / name)
        except OSError as error:
            raise NotSent(f"the mail folder refuses: {error.strerror}") from error


class SmtpTransport(Transport):
    """One connection for several mails; encrypted where the server offers it (RFC 3207), always for smtps."""

    def __init__(self, url: str) -> None:
        self._url: SplitResult = urlsplit(url)
        self._server: smtplib.SMTP | None = None

    @override
    def __enter__(self) -> Self:
        return self

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    @override
    def send(self, message: EmailMessage) -> None:
        """Hand one mail to the server."""
        try:
            self._connected().send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            code = next(iter(refusal.recipients.values()))[0]
            raise NotSent(f"the recipient was refused ({code})", for_ever=code in _PERMANENT) from refusal
        except smtplib.SMTPResponseException as refusal:
            self._hang_up()
            permanent = refusal.smtp_code in _PERMANENT and isinstance(refusal, smtplib.SMTPDataError)
            raise NotSent(f"the server said {refusal.smtp_code}", for_ever=permanent) from refusal
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise NotSent(f"the mail server does not answer ({type(error).__name__})") from error

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, secure = self._url.hostname or "localhost", self._url.scheme == "smtps"
        trusted = ssl.create_default_context()
        if secure:
            port = self._url.port or smtplib.SMTP_SSL_PORT
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(host, self._url.port or smtplib.SMTP_PORT, timeout=_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trusted)
                secure = True
        if self._url.username:
            _sign_in(server, self._url, secure=secure or host in _LOOPBACK)
        return server

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()


def _sign_in(server: smtplib.SMTP, url: SplitResult, *, secure: bool) -> None:
    if not secure:
        server.close()
        raise NotSent("the mail server offers no encryption, so its password was not sent; use smtps://")
    server.login(unquote(url.username or ""), unquote(url.password or ""))


def transport(url: str) -> Transport:
    """The way that a setting names: `smtp://user:password@host:port`, `smtps://…` or `folder:/path`."""
    if url.startswith("folder:"):
        return FolderTransport(Path(url.removeprefix("folder:")))
    return SmtpTransport(url)
