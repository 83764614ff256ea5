"""The mail threads of the samples as .eml files (RFC 5322), and the same contacts as typed history rows."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from random import Random
from zoneinfo import ZoneInfo

from stories import SPANISH_REPLY, STORIES, Step

from people import Customer, Deal

Row = dict[str, object]
WAITING = 15


@dataclass(frozen=True, slots=True)
class Thread:
    """Files by name, and rows in order; `final_notice` is the day of it, or None."""

    files: dict[str, bytes]
    rows: list[Row]
    final_notice: date | None
    reminders: int


@dataclass(frozen=True, slots=True)
class Contact:
    """One step of the story with its time and its words filled in."""

    step: Step
    moment: datetime
    subject: str
    text: str


def customer_mail(customer: Customer) -> str:
    """Return the customer's address, at an example domain."""
    words = "".join(letter for letter in customer.name.lower() if letter.isalnum() or letter == " ").split()
    last = customer.contact.lower().split()[-1].replace("'", "")
    if customer.kind == "company":
        return f"{last}@{'-'.join(words[:2])}.example.com"
    return f"{'.'.join(words[-2:])}@post.example.com"


def moments(deal: Deal, due: date, chance: Random) -> list[tuple[Step, date]]:
    """Return the steps of the customer's story with their days; a long debt has a slow story."""
    steps = STORIES[deal.customer.story]
    waiting = WAITING if any(step.stage == "final_notice" for step in steps) else 2
    days = [due + timedelta(days=int(step.day * deal.pace) + chance.randrange(3)) for step in steps]
    for at in range(1, len(days)):
        days[at] = max(days[at], days[at - 1] + timedelta(days=1))
    return [each for each in zip(steps, days, strict=True) if each[1] <= deal.today - timedelta(days=waiting)]


def thread(
    deal: Deal,
    facts: dict[str, str],
    timed: list[tuple[Step, date]],
    chance: Random,
    attached: dict[str, tuple[str, bytes]],
) -> Thread:
    """Write the story. `facts` fills the texts; `attached` maps a stage to the file that goes with it."""
    files: dict[str, bytes] = {}
    rows: list[Row] = []
    subject, previous = "your account", None
    for number, (step, day) in enumerate(timed, start=1):
        contact = _contact(deal, step, day, chance, {**facts, "last_subject": subject})
        rows.append(_row(deal, contact, int(facts["balance_minor"])))
        if step.channel != "email":
            continue
        mail = _mail(deal, contact, number, previous)
        if step.way == "out" and step.stage in attached:
            _attach(mail, *attached[step.stage])
        name = f"{number:02d}-{(step.stage or 'message').replace('_', '-')}-{step.way}.eml"
        files[name] = _as_sent(deal, mail, contact)
        rows[-1]["mail"] = f"mail/{name}"
        subject, previous = contact.subject.removeprefix("Re: "), (mail["Message-ID"], contact.text)
    final = next((day for step, day in timed if step.stage == "final_notice"), None)
    reminders = [step for step, _ in timed if step.way == "out" and (step.stage or "").startswith("reminder")]
    return Thread(files, rows, final, len(reminders))


def _contact(deal: Deal, step: Step, day: date, chance: Random, facts: dict[str, str]) -> Contact:
    hour = chance.randrange(9, 17) if step.way == "out" else chance.randrange(8, 22)
    zone = ZoneInfo(deal.business.time_zone if step.way == "out" else deal.customer.time_zone)
    moment = datetime.combine(day, time(hour, chance.randrange(60)), tzinfo=zone)
    spanish = step.way == "in" and deal.customer.language == "es"
    words = f"{SPANISH_REPLY}\n\n{{contact}}" if spanish else step.whole()
    return Contact(step, moment, step.subject.format(**facts), words.format(**facts))


def _mail(deal: Deal, contact: Contact, number: int, previous: tuple[str, str] | None) -> EmailMessage:
    outgoing = contact.step.way == "out"
    ours = f"{deal.business.clerk} <accounts@{deal.business.domain}>"
    theirs = f"{deal.customer.contact} <{customer_mail(deal.customer)}>"
    domain = (ours if outgoing else theirs).rpartition("@")[2]
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = (ours, theirs) if outgoing else (theirs, ours)
    mail["Subject"], mail["Date"] = contact.subject, format_datetime(contact.moment)
    mail["Message-ID"] = f"<{deal.reference.lower()}.{number}@{domain}"
    text = contact.text
    if previous is not None:
        mail["In-Reply-To"] = mail["References"] = previous[0]
    if previous is not None and not outgoing:
        quoted = "\n".join(f"> {line}".rstrip() for line in previous[1].splitlines())
        text = f"{text}\n\nOn an earlier day {deal.business.clerk} wrote:\n{quoted}"
    mail.set_content(text + "\n", charset="utf-8")
    return mail


def _attach(mail: EmailMessage, name: str, content: bytes) -> None:
    mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    mail.set_boundary(f"part-{mail['Message-ID'].strip('<>').partition('@')[0]}")


def _as_sent(deal: Deal, mail: EmailMessage, contact: Contact) -> bytes:
    """Return the mail as bytes; some customers write HTML only, without a date, or in no known alphabet."""
    story = deal.customer.story if contact.step.way == "in" else ""
    if story == "moved_contact":
        lines = [f"<p>{line}</p>" for line in contact.text.splitlines()]
        mail.set_content("".join(["<html><body>", *lines, "</body></html>"]), "html")
    if story == "broken_promise":
        del mail["Date"]
        stamp = format_datetime(contact.moment + timedelta(seconds=4))
        mail["Received"] = f"from phone.example.com by mx.{deal.business.domain}; {stamp}"
    whole = mail.as_bytes()
    return whole.replace(b'charset="utf-8"', b'charset="x-old"') if story == "insists_paid" else whole


def _row(deal: Deal, contact: Contact, balance: int) -> Row:
    step, day = contact.step, contact.moment.date()
    people = (f"{deal.business.clerk}, {deal.business.name}", deal.customer.contact)
    author, recipient = people if step.way == "out" else people[::-1]
    promised = balance * step.promise // 100 or None
    return {
        "creditor_reference": deal.reference,
        "occurred_at": contact.moment.isoformat(),
        "channel": step.channel,
        "direction": step.way,
        "author": author,
        "recipient": recipient,
        "stage": step.stage,
        "subject": contact.subject,
        "body_or_summary": contact.text,
        "outcome_code": step.outcome,
        "promised_amount": promised,
        "promised_date": (day + timedelta(days=10)).isoformat() if promised else None,
        "language": deal.customer.language if step.way == "in" else "en",
        "mail": None,
    }
