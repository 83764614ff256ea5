"""The sample portfolio with its papers, from the upload to the cases."""

import subprocess
import sys
from pathlib import Path

from handoff_portal.core.permissions import OrgKind
from handoff_portal.documents.model import DocumentKind
from handoff_portal.portfolios.actions.papers import leave_out, show_papers
from handoff_portal.web.portal import Portal
from paper_steps import finished, in_case, sent_with
from people import people

SAMPLES = Path(__file__).parents[2] / "samples"
TWO_ON_PURPOSE = 2
OF_THE_WRONG_ACCOUNT = 8  # two invoices, a contract, a delivery note and four mails of account 7


def test_the_papers_of_the_sample_portfolio_find_their_accounts(portal: Portal, tmp_path: Path) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    for script in ("portfolio.py", "bundle.py"):
        order = [sys.executable, str(SAMPLES / script), "--into", str(tmp_path), "--accounts", "12"]
        subprocess.run(order, check=True, capture_output=True)
    files = {name: (tmp_path / name).read_bytes() for name in ("accounts.csv", "history.csv", "papers.zip")}
    made = sent_with(portal, person.actor, files)
    with portal.database.work(person.actor) as work:
        assert show_papers(work, made).open == TWO_ON_PURPOSE + OF_THE_WRONG_ACCOUNT
        leave_out(work, made, [], "Of an account that has to be mended.")
    finished(portal, person.actor, made)
    documents, said = in_case(portal, person.actor, "PF-00003")
    kinds = {one.kind for one in documents}
    assert {DocumentKind.CONTRACT, DocumentKind.INVOICE, DocumentKind.PROOF_OF_DELIVERY} <= kinds
    assert sum(one.words.subject.startswith("Re: invoice") for one in said) == 1
