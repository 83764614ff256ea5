"""Writes papers.zip, which goes with a sample portfolio; some files belong nowhere on purpose.

    python samples/bundle.py --into var/portfolio                    # beside the 60 accounts
    python samples/bundle.py --into var/portfolio --accounts 1000    # beside as many

The same seed, day and number give the same bytes.
"""

import argparse
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from portfolio import ACCOUNTS, SEED, TODAY, rows

_STAMP = (2026, 11, 21, 9, 0, 0)
_MAILS = (("Reminder: invoice {}", 20), ("Second reminder: invoice {}", 40), ("Final notice: invoice {}", 60))
_PAGE = b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>"
_KINDLY = (
    "Dear customer,\n\nthis invoice is still open. Please pay it, or call us: a solution is still welcome, "
    "by instalments too.\nThis is our last letter before we ask an agency for help.\n\nKind regards\n"
)


def papers(number: int = ACCOUNTS, seed: int = SEED, today: date = TODAY) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file."""
    mailbox: list[bytes] = []
    seen: set[str] = set()
    for row in rows(number, seed, today):
        own, paper = row["creditor_reference"], row["invoice_number"]
        if row["document_type"] == "invoice":
            yield f"invoices/{paper}.pdf", a_pdf(f"Invoice {paper}", f"{row['currency']} {row['principal']}")
        if own in seen:
            continue
        seen.add(own)
        yield f"{own}/Contract signed.pdf", a_pdf(f"Contract {row['contract_reference']}", row["debtor_name"])
        yield f"{own}/delivery note.pdf", a_pdf(f"Delivery note for {paper}", row["city"])
        issued = date.fromisoformat(row["invoice_date"])
        for subject, days in _MAILS:
            mailbox.append(a_mail(subject.format(paper), row["email"], issued + timedelta(days=30 + days)))
        yield (
            f"{own}/reply.eml",
            a_mail(f"Re: invoice {paper}", row["email"], issued + timedelta(days=75), back=True),
        )
    yield "outbox.mbox", b"".join(b"From - Sat Nov 21 09:00:00 2026\n" + mail + b"\n" for mail in mailbox)
    yield "scan0001.pdf", a_pdf("A page without a name", "somebody has to say where it belongs")
    yield "PF-00001 and PF-00002.pdf", a_pdf("Two accounts", "somebody has to say which")
    yield "Thumbs.db", b"left by an operating system"


def bundle(number: int = ACCOUNTS, seed: int = SEED, today: date = TODAY) -> bytes:
    """The archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, content in papers(number, seed, today):
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return into.getvalue()


def a_pdf(*lines: str) -> bytes:
    """A page with some lines (ISO 32000-1, 7.5), as small as a page can be."""
    shown = " ".join(f"({_plain(line)}) Tj T*" for line in lines)
    text = f"BT /F1 14 Tf 60 760 Td 20 TL {shown} ET".encode("latin-1", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R %s >>" % _PAGE,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def a_mail(subject: str, customer: str, day: date, *, back: bool = False) -> bytes:
    """A mail of the business to its customer, or an answer."""
    mail = EmailMessage()
    ours = "accounts@merlion.example"
    mail["From"], mail["To"] = (customer, ours) if back else (ours, customer)
    mail["Subject"] = subject
    mail["Date"] = format_datetime(datetime.combine(day, time(9, 30), UTC))
    mail["Message-ID"] = f"<{hash_of(subject, customer, day)}@merlion.example>"
    mail.set_content("Could we pay in three parts?\n" if back else _KINDLY)
    return mail.as_bytes()


def hash_of(*parts: object) -> int:
    """A number that is the same on every machine."""
    return int.from_bytes("/".join(map(str, parts)).encode(), "big") % 10**12


def _plain(line: str) -> str:
    return line.replace("\\", " ").replace("(", "[").replace(")", "]")


def main() -> None:
    """Write the archive."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--into", type=Path, required=True)
    asked.add_argument("--accounts", type=int, default=ACCOUNTS)
    asked.add_argument("--today", type=date.fromisoformat, default=TODAY)
    options = asked.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    options.into.joinpath("papers.zip").write_bytes(bundle(options.accounts, today=options.today))
    print(f"Wrote the papers of {options.accounts} accounts into {options.into / 'papers.zip'}")


if __name__ == "__main__":
    main()
