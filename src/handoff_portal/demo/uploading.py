"""The portfolio that waits in the demo: uploaded and checked by the same actions, to be decided about."""

from pathlib import Path

from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import PortfolioId
from handoff_portal.documents.actions.receiving import Places
from handoff_portal.portfolios.actions.answering import send_with
from handoff_portal.portfolios.actions.checking import check_next
from handoff_portal.portfolios.actions.uploaded import read_files
from handoff_portal.portfolios.actions.uploading import receive_bytes, start_portfolio
from handoff_portal.portfolios.model.said import Said
from handoff_portal.web.portal import Portal

FILES = ("accounts.csv", "history.csv")


def upload_sample(portal: Portal, actor: Actor, samples: Path) -> PortfolioId:
    """Upload and check the sample portfolio in the name of a person; it waits for their decision."""
    places = Places(portal.database, portal.objects, portal.settings.limits.file_bytes)
    with portal.database.work(actor) as work:
        made = start_portfolio(work)
    for name in FILES:
        octets = samples.joinpath("portfolio", name).read_bytes()
        receive_bytes(places, actor, made, name, iter([octets]))
    with portal.database.work(actor) as work:
        send_with(work, made, Said())
    check_next(portal.database, portal.objects, read_files)
    return made
