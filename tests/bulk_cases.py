"""Submitted cases in bulk, as an import leaves them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from builders import some_content
from handoff_portal.adapters.clock import new_id
from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.content import Heading
from handoff_portal.cases.model.particulars import Particulars
from handoff_portal.core.ids import CaseId
from handoff_portal.core.references import reference_of
from handoff_portal.identity.actions.organisations import open_org_key
from handoff_portal.web.portal import Portal
from people import SignedIn

_CASE = """
insert into cases (id, business_id, reference, state, turn, debtor_type, country, region, currency,
                   claim_type, time_zone, oldest_due_on, principal, reference_index, key_version,
                   sealed_heading, sealed_identity, sealed_terms, created_by, created_at, updated_at,
                   submitted_at)
select one.id, :business, one.reference, 'draft', 'business', 'company', one.country, '', 'SGD',
       'unpaid_invoice', 'Asia/Singapore', cast(:due as date), one.minor, one.index, 1, one.sealed,
       one.sealed, one.terms, :person, :now, :now, :now
from unnest(cast(:ids as uuid[]), cast(:references as text[]), cast(:countries as text[]),
            cast(:minors as bigint[]), cast(:indexes as bytea[]), cast(:sealed as bytea[]),
            cast(:terms as bytea[]))
     as one(id, reference, country, minor, index, sealed, terms)
"""
_GRANT = """
insert into case_grant (case_id, org_id, key_version, wrapped, granted_at)
select one.id, :business, 1, one.wrapped, :now
from unnest(cast(:ids as uuid[]), cast(:wraps as bytea[])) as one(id, wrapped)
"""


def many_cases(portal: Portal, business: SignedIn, number: int, countries: tuple[str, ...] = ("SG",)) -> None:
    """Ready cases in bulk, as an import leaves them: sealed, granted, with an amount each."""
    with portal.database.work(business.actor) as work:
        own = open_org_key(work, business.actor.org)
        keys = [CaseKey.new(CaseId(new_id()), business.actor.org) for _ in range(number)]
        terms = Particulars(some_content().terms).encode()
        heading = Heading("Kopi Tiam Pte Ltd", "INV-1").encode()
        ids = [key.case_id for key in keys]
        rows = {
            "ids": ids,
            "references": [reference_of(CaseId(one)) for one in ids],
            "countries": [countries[place % len(countries)] for place in range(number)],
            "minors": [(place % 50 + 1) * 100_00 for place in range(number)],
            "indexes": [uuid4().bytes for _ in ids],
            "sealed": [key.seal(Disclosure.IDENTITY, "heading", heading) for key in keys],
            "terms": [key.seal(Disclosure.FINANCIAL, "terms", terms) for key in keys],
        }
        _write(work, business, rows, [key.wrap_for(own) for key in keys])


def _write(work: Work, business: SignedIn, rows: dict[str, Any], wraps: list[bytes]) -> None:
    common = {"business": business.actor.org, "now": work.now}
    due = work.now.date() - timedelta(days=90)
    work.keep_house(text(_CASE), {**common, **rows, "person": business.actor.person, "due": due})
    work.keep_house(text(_GRANT), {**common, "ids": rows["ids"], "wraps": wraps})
    work.keep_house(
        text("update cases set state = 'ready' where id = any(cast(:ids as uuid[]))"), {"ids": rows["ids"]}
    )
