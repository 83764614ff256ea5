import copy
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_portal.cases.actions import cases
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import CaseId
from handoff_portal.core.permissions import OrgKind
from handoff_portal.core.refusals import Invalid, NotFound, WrongState
from handoff_portal.documents.actions import papers
from handoff_portal.intake.actions import drafting, receipts
from handoff_portal.intake.actions.submitting import submit
from handoff_portal.intake.model.receipt import as_file, canonical, read_file
from handoff_portal.intake.model.steps import Step
from handoff_portal.web.portal import Portal
from intake.drafts import a_ready_draft
from people import SignedIn, people


def submitted(portal: Portal) -> tuple[SignedIn, CaseId, bytes]:
    (business,) = people(portal, [OrgKind.BUSINESS])
    case = a_ready_draft(portal, business.actor)
    with portal.database.work(business.actor) as work:
        receipt = submit(work, case)
        return business, case, as_file(receipt, receipts.public_key(work))


def check(portal: Portal, actor: Actor, file: bytes) -> receipts.Checked:
    with portal.database.work(actor) as work:
        return receipts.check_receipt(work, file)


def test_a_receipt_lists_every_file_and_message_by_its_digest(portal: Portal) -> None:
    business, case, file = submitted(portal)
    said = json.loads(file)["receipt"]
    with portal.database.work(business.actor) as work:
        shown = receipts.show_receipt(work, case)
        counted = papers.counts_by_kind(work, cases.load_case(work, case))
    assert shown.said == said
    assert [paper["kind"] for paper in said["documents"]] == ["contract"]
    assert sum(counted.values()) == len(said["documents"])
    assert [message["channel"] for message in said["messages"]] == ["letter"] * 3
    assert "Kopi" not in file.decode()


def test_anybody_signed_in_can_see_that_a_receipt_is_genuine(portal: Portal) -> None:
    _, _, file = submitted(portal)
    for kind in OrgKind:
        (somebody,) = people(portal, [kind])
        checked = check(portal, somebody.actor, file)
        assert (checked.genuine, checked.known) == (True, False)


def test_another_order_or_spacing_of_the_file_does_not_matter(portal: Portal) -> None:
    business, _, file = submitted(portal)
    whole = json.loads(file)
    turned = {"signature": whole["signature"], "receipt": dict(reversed(whole["receipt"].items()))}
    assert check(portal, business.actor, json.dumps(turned).encode()).genuine


def changes(whole: dict[str, Any]) -> "list[tuple[dict[str, Any], str]]":
    """Every value of the receipt changed once, with what should be said about it."""
    made = []
    for name, word in (
        ("reference", "Reference"),
        ("submitted_at", "Time"),
        ("organisation", "Organisation"),
    ):
        changed = copy.deepcopy(whole)
        changed["receipt"][name] = changed["receipt"][name][:-1] + "Z"
        made.append((changed, word))
    longer = copy.deepcopy(whole)
    longer["receipt"]["documents"].append({"kind": "invoice", "size": 1, "sha256": "00"})
    made.append((longer, "It lists 2 documents, the portal has 1."))
    message = copy.deepcopy(whole)
    message["receipt"]["messages"][1]["sha256"] = "0" * 64
    made.append((message, "Message 2 is not as it was submitted."))
    signature = copy.deepcopy(whole)
    signature["signature"] = "A" + signature["signature"][1:] if whole["signature"][0] != "A" else "B"
    made.append((signature, "its signature was changed"))
    return made


def test_a_changed_receipt_is_refused_and_what_differs_is_said(portal: Portal) -> None:
    business, _, file = submitted(portal)
    for changed, word in changes(json.loads(file)):
        checked = check(portal, business.actor, json.dumps(changed).encode())
        assert not checked.genuine
        assert word in " ".join(checked.differs)


@pytest.mark.parametrize(
    "given_text",
    [
        "",
        "[]",
        "{}",
        '{"receipt": 1, "signature": ""}',
        '{"receipt": {"format": "x"}, "signature": "AA=="}',
        "[" * 9000,
    ],
)
def test_what_is_no_receipt_is_said_to_be_none(given_text: str) -> None:
    with pytest.raises(Invalid, match="not a receipt"):
        read_file(given_text.encode())


@given(st.binary(max_size=200))
def test_noise_is_never_a_receipt(noise: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(noise)


def test_canonical_bytes_do_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()


def test_a_case_is_submitted_once_and_then_no_draft_any_more(portal: Portal) -> None:
    business, case, _ = submitted(portal)
    for again in (submit, lambda work, one: drafting.save_step(work, one, Step.OWED, {})):
        with portal.database.work(business.actor) as work, pytest.raises(WrongState):
            again(work, case)


def test_the_receipt_is_the_business_own(portal: Portal) -> None:
    _, case, _ = submitted(portal)
    (other,) = people(portal, [OrgKind.BUSINESS])
    with portal.database.work(other.actor) as work, pytest.raises(NotFound):
        receipts.show_receipt(work, case)


def test_two_cases_cannot_bear_the_same_reference(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    first, second = (a_ready_draft(portal, business.actor, "Account 7") for _ in range(2))
    with portal.database.work(business.actor) as work:
        submit(work, first)
    with portal.database.work(business.actor) as work, pytest.raises(WrongState, match="same reference"):
        submit(work, second)


def test_of_two_submissions_at_once_with_the_same_reference_one_is_told_why(portal: Portal) -> None:
    (business,) = people(portal, [OrgKind.BUSINESS])
    drafts = [a_ready_draft(portal, business.actor, "Account 8") for _ in range(2)]
    ready = Barrier(2)

    def try_it(case: CaseId) -> str:
        ready.wait()
        try:
            with portal.database.work(business.actor) as work:
                submit(work, case)
        except WrongState as refusal:
            return refusal.say
        return ""

    with ThreadPoolExecutor(2) as both:
        said = list(both.map(try_it, drafts))
    assert sorted(map(bool, said)) == [False, True]
    assert "same reference" in "".join(said)
