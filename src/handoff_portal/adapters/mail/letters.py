"""What mails say: plain text from templates/mail, a link into the portal, no personal data."""

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from handoff_portal.adapters.mail.outbox import Waiting

_FOLDER = Path(__file__).resolve().parents[4] / "templates" / "mail"
_SUBJECT = "Subject: "


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text
        keep_trailing_newline=True,
        trim_blocks=True,
    )


def letter(waiting: Waiting, values: Mapping[str, str], sender: str, public_url: str) -> EmailMessage:
    """A mail ready to be sent (RFC 5322); its Message-ID stays the same over all attempts.

    Args:
        waiting: What to say to whom.
        values: Words and links for the template; `to` is another address than the person's.
        sender: Address of the portal.
        public_url: Where links lead.
    """
    text = _templates().get_template(f"{waiting.template}.txt").render(portal=public_url, **values)
    subject, _, body = text.partition("\n")
    message = EmailMessage()
    message["Subject"] = subject.removeprefix(_SUBJECT)
    message["From"] = sender
    message["To"] = values.get("to", waiting.address)
    message["Date"] = format_datetime(waiting.created_at)
    message["Message-ID"] = f"<{waiting.id}@{urlsplit(public_url).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Handoff-Template"] = waiting.template
    message.set_content(body.lstrip("\n"), cte="quoted-printable")
    return message
