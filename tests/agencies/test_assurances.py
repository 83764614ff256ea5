from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import ProgrammingError

from agencies.people import PAPER, Cast, raw
from handoff_portal.agencies.actions.assurances import (
    correct_assurance,
    decide_assurance,
    record_assurance,
    reports_of,
)
from handoff_portal.agencies.actions.documents import kept
from handoff_portal.agencies.model.assurance import AssuranceState, AssuranceTerms, Scheme
from handoff_portal.core.refusals import Forbidden, Invalid, WrongState
from handoff_portal.web.portal import Portal

OSPAR = AssuranceTerms(
    scheme=Scheme.OSPAR,
    version="2.0",
    auditor="An Auditor LLP",
    period_from=date(2025, 1, 1),
    period_to=date(2025, 12, 31),
    scope="Collections platform in Singapore",
    exceptions="",
    next_due=date(2027, 1, 31),
)


def test_a_report_is_recorded_read_and_verified(portal: Portal, cast: Cast) -> None:
    with (
        kept(portal.vault, portal.objects, cast.admin.actor.org, "ospar.pdf", PAPER) as document,
        portal.database.work(cast.admin.actor) as work,
    ):
        made = record_assurance(work, OSPAR, document)
    with portal.database.work(cast.officer.actor) as work:
        verified = decide_assurance(work, made.id, AssuranceState.VERIFIED)
    with portal.database.work(cast.business.actor) as work:
        assert reports_of(work, cast.admin.actor.org) == [verified]
    with pytest.raises(WrongState), portal.database.work(cast.admin.actor) as work:
        correct_assurance(work, made.id, OSPAR)


def test_a_report_without_its_document_cannot_be_verified(portal: Portal, cast: Cast) -> None:
    with portal.database.work(cast.admin.actor) as work:
        made = record_assurance(work, OSPAR)
    with portal.database.work(cast.officer.actor) as work:
        with pytest.raises(Invalid, match="no document"):
            decide_assurance(work, made.id, AssuranceState.VERIFIED)
        decide_assurance(work, made.id, AssuranceState.REJECTED, remark="Send the report itself.")
    with portal.database.work(cast.business.actor) as work:
        assert reports_of(work, cast.admin.actor.org) == []
    with portal.database.work(cast.admin.actor) as work:
        corrected = correct_assurance(work, made.id, replace(OSPAR, exceptions="None."))
    assert corrected.state is AssuranceState.RECORDED


def test_an_agency_cannot_verify_its_own_report(portal: Portal, cast: Cast) -> None:
    with portal.database.work(cast.admin.actor) as work:
        made = record_assurance(work, OSPAR)
    with pytest.raises(Forbidden), portal.database.work(cast.admin.actor) as work:
        decide_assurance(work, made.id, AssuranceState.VERIFIED)
    change = "update assurance set state = 'verified', decided_by = recorded_by where id = :id"
    with pytest.raises(ProgrammingError, match=r"row-level security|own report"):
        raw(portal, cast.admin, change, {"id": made.id})
    rewrite = "update assurance set exceptions = 'none' where id = :id"
    with pytest.raises(ProgrammingError, match="does not change what the agency recorded"):
        raw(portal, cast.officer, rewrite, {"id": made.id})
