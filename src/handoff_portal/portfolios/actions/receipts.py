"""The signed receipt of a portfolio: every file by its digest, accounts and papers by those of their lists.

The signed part names nobody and lies in clear beside the receipts of cases, so the same page checks it. The
lists, which have the business's own references and names of files, stay sealed and go into the download.
"""

import base64
import hashlib
import json
from collections.abc import Iterator

import msgspec

from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.portfolios import PortfolioKey
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.ids import OrgId, PersonId, PortfolioId, ReceiptId
from handoff_portal.core.permissions import Permission
from handoff_portal.core.references import reference_of
from handoff_portal.core.refusals import NotFound
from handoff_portal.intake.actions.receipts import load_receipt, public_key, store_receipt
from handoff_portal.intake.model.receipt import PORTFOLIO_FORMAT, Receipt, canonical, sha256
from handoff_portal.portfolios.actions.uploading import open_portfolio_key
from handoff_portal.portfolios.model.events import PortfolioFinished
from handoff_portal.portfolios.model.portfolio import Portfolio, ReceiptLine, Staged, State, UploadedFile
from handoff_portal.portfolios.store import files, papers, portfolios, staging

_WRITTEN = msgspec.json.Encoder(order="sorted").encode


class NotApproved(Exception):
    """A portfolio is being committed that nobody approved here; an event says so."""


def require_approval(work: Work, portfolio: PortfolioId) -> tuple[PersonId, bytes]:
    """Who approved it and the sealed exception. Raises NotApproved."""
    found = portfolios.find_approval(work, portfolio)
    if found is None:
        raise NotApproved(portfolio)
    return found


def finish(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> bool:
    """End a portfolio of which nothing is left to commit, with a signed receipt; False if there is something.

    Several workers may ask; one does it.

    Raises:
        NotApproved: The row of the approval was changed meanwhile.
    """
    if not portfolios.hold_open(work, portfolio, alone=True):
        return False
    if staging.count_waiting(work, portfolio) or papers.count_to_store(work, portfolio):
        return False
    require_approval(work, portfolio)
    found = portfolios.load(work, portfolio)
    receipt_id = ReceiptId(new_id())
    body = _compose(work, receipt_id, found, files.list_files(work, portfolio, key), key)
    signature = work.vault.signing_key(SystemKey.RECEIPT_SIGNING).sign(body)
    done = found.done
    event = PortfolioFinished(
        portfolio=portfolio,
        receipt=receipt_id,
        digest=sha256(body),
        made=done.made,
        adjusted=done.adjusted,
        unchanged=done.unchanged,
        skipped=done.skipped,
        papers=papers.figures(work, portfolio).stored,
    )
    store_receipt(work, OrgId(key.owner), Receipt(receipt_id, body, signature, work.now))
    portfolios.save(work, portfolio, event, state=State.DONE.value, ended_at=work.now, receipt_id=receipt_id)
    return True


def write_receipt(work: Work, portfolio: PortfolioId) -> Iterator[bytes]:
    """The receipt as it is downloaded, in pieces: JSON with the signed part, the signature, and the list.

    Raises:
        NotFound: There is none (yet).
    """
    work.actor.require(Permission.CASE_READ)
    found = portfolios.load(work, portfolio)
    if found.receipt is None:
        raise NotFound
    receipt = load_receipt(work, found.receipt)
    head = {
        "receipt": receipt.said,
        "signature": base64.b64encode(receipt.signature).decode(),
        "public_key": base64.b64encode(public_key(work)).decode(),
    }
    text = json.dumps(head, indent=1, sort_keys=True, ensure_ascii=False)
    yield text.removesuffix("\n}").encode() + b',\n "accounts": ['
    first = True
    for line in _lines(work, portfolio, open_portfolio_key(work, portfolio)):
        yield (b"\n" if first else b",\n") + line
        first = False
    yield b'\n ],\n "papers": ['
    first = True
    for line in _paper_lines(work, portfolio, open_portfolio_key(work, portfolio)):
        yield (b"\n" if first else b",\n") + line
        first = False
    yield b"\n ]\n}\n"


def _compose(
    work: Work, receipt: ReceiptId, found: Portfolio, files: list[UploadedFile], key: PortfolioKey
) -> bytes:
    digest, count = hashlib.sha256(), 0
    for line in _lines(work, found.id, key):
        digest.update(line + b"\n")
        count += 1
    paper_digest, brought = hashlib.sha256(), 0
    for line in _paper_lines(work, found.id, key):
        paper_digest.update(line + b"\n")
        brought += 1
    done = found.done
    return canonical(
        {
            "format": PORTFOLIO_FORMAT,
            "receipt": str(receipt),
            "portfolio": str(found.id),
            "organisation": str(found.business),
            "submitted_at": work.now.isoformat(timespec="seconds"),
            "approved_by": str(found.approved_by),
            "files": [
                {"file": str(file.id), "size": file.size, "sha256": file.sha256.hex()}
                for file in files
                if file.sha256
            ],
            "made": done.made,
            "adjusted": done.adjusted,
            "unchanged": done.unchanged,
            "skipped": done.skipped,
            "listed": count,
            "list_sha256": digest.hexdigest(),
            "papers": brought,
            "papers_sha256": paper_digest.hexdigest(),
        }
    )


def _lines(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Iterator[bytes]:
    for chunk in staging.list_lines(work, portfolio, key):
        yield from map(written, chunk)


def _paper_lines(work: Work, portfolio: PortfolioId, key: PortfolioKey) -> Iterator[bytes]:
    """Every file of the archives, canonical: what became of it, where it went, and its digest."""
    for paper in papers.list_all(work, portfolio, key):
        case = paper.target.case if paper.target else None
        yield canonical(
            {
                "paper": paper.number + 1,
                "name": paper.path,
                "part": paper.part,
                "kind": paper.kind.value,
                "size": paper.size,
                "did": paper.state.value,
                "why": paper.say,
                "case": reference_of(case) if case else "",
                "sha256": paper.sha256,
            }
        )


def written(line: ReceiptLine) -> bytes:
    """One account, as `canonical` writes it: the list's digest is SHA-256 over lines, each with its feed."""
    return _WRITTEN(
        {
            "account": line.ordinal,
            "reference": line.own,
            "case": line.case,
            "did": line.did,
            "sha256": line.sha256,
        }
    )


def line_of(ordinal: int, staged: Staged, reference: str, did: str) -> ReceiptLine:
    """One account in the list, with the digest of the account as it was read."""
    digest = hashlib.sha256(_WRITTEN(staged.account)).hexdigest()
    return ReceiptLine(ordinal, staged.account.content.creditor_reference, reference, did, digest)
