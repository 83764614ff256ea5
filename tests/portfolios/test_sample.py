"""The sample portfolio of the demo, uploaded by the actions that pages use."""

from time import perf_counter

from handoff_portal.core.permissions import OrgKind
from handoff_portal.demo.uploading import upload_sample
from handoff_portal.portfolios.model.portfolio import State
from handoff_portal.settings import ROOT
from handoff_portal.web.portal import Portal
from people import people
from portfolio_steps import shown
from portfolios.browsing import Browser, seen, sign_in


def test_the_sample_portfolio_waits_with_its_four_mistakes(client: Browser, portal: Portal) -> None:
    (person,) = people(portal, [OrgKind.BUSINESS])
    began = perf_counter()
    made = upload_sample(portal, person.actor, ROOT / "samples")
    took = perf_counter() - began
    found = shown(portal, person.actor, made)
    assert (found.state, found.accounts) == (State.WAITING, 56)
    assert took < 20
    sign_in(client, portal, person)
    words = seen(client.get(f"/portfolios/{made}").text)
    assert "Why new accounts are not ready" in words
    assert "Atlantis" in seen(client.get(f"/portfolios/{made}/problems").text)
