"""Rows of escalation policies, readiness overrides, judgements and receipts."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, bindparam, column, delete, insert, select, table
from sqlalchemy.dialects.postgresql import JSON, JSONB

from handoff_portal.adapters.database import Prepared, Work
from handoff_portal.adapters.database.bulk import columns, octets, texts, uuids
from handoff_portal.adapters.vault.cases import CaseKey, Disclosure
from handoff_portal.cases.model.case import Case, DebtorType
from handoff_portal.cases.model.content import Channel
from handoff_portal.core.ids import CaseId, OrgId, ReceiptId
from handoff_portal.core.refusals import NotFound
from handoff_portal.documents.model import DocumentKind
from handoff_portal.intake.model.events import PolicyChanged, ReadinessOverridden, ReceiptIssued
from handoff_portal.intake.model.judgement import Judgement, decode_lines, encode_lines
from handoff_portal.intake.model.policy import ContractCheck, EvidenceBand, Policy
from handoff_portal.intake.model.profile import Profile
from handoff_portal.intake.model.readiness import Override, Rule
from handoff_portal.intake.model.receipt import Receipt

POLICY = table(
    "escalation_policy",
    *map(
        column,
        (
            "org_id",
            "version",
            "min_days_overdue",
            "min_amounts",
            "min_reminders",
            "reminder_spacing_days",
            "needs_personal",
            "notice_channels",
            "notice_wording",
            "final_notice_days",
            "needs_contract",
            "checks",
            "evidence",
            "limitation",
            "made_by",
            "made_at",
        ),
    ),
)
OVERRIDE = table(
    "readiness_override",
    *map(
        column,
        ("case_id", "business_id", "rule", "key_version", "sealed_reason", "person_id", "made_at"),
    ),
)
JUDGEMENT = table(
    "judgement",
    *map(
        column,
        ("case_id", "business_id", "policy_version", "facts", "key_version", "sealed_lines", "judged_at"),
    ),
)
_JUDGEMENT = Prepared(select(JUDGEMENT).where(JUDGEMENT.c.case_id == bindparam("case")))
LINES_COLUMN = "judgement.lines"
_JUDGED = (("case", uuids), ("facts", texts), ("sealed", octets))
_ADD_JUDGEMENTS = """
insert into judgement (case_id, facts, sealed_lines, business_id, policy_version, key_version, judged_at)
select t.one, t.facts::json, t.sealed, %(own)s, %(version)s, 1, %(now)s
from unnest(%(case)s, %(facts)s, %(sealed)s) as t(one, facts, sealed)
"""
_EXCEPTED = (("case", uuids), ("rule", texts), ("sealed", octets))
_ADD_OVERRIDES = """
insert into readiness_override (case_id, rule, sealed_reason, business_id, key_version, person_id, made_at)
select t.*, %(own)s, 1, %(person)s, %(now)s
from unnest(%(case)s, %(rule)s, %(sealed)s) as t(one, rule, sealed)
"""
RECEIPT = table("receipt", *map(column, ("id", "case_id", "business_id", "body", "signature", "issued_at")))


def find_policy(work: Work) -> Policy | None:
    """The newest policy of the actor's organisation."""
    query = select(POLICY).where(POLICY.c.org_id == work.actor.org).order_by(POLICY.c.version.desc()).limit(1)
    row = work.read(query).mappings().one_or_none()
    return _policy(row) if row else None


def list_policies(work: Work, most: int) -> list[Policy]:
    """The versions of the actor's organisation, newest first."""
    query = select(POLICY).where(POLICY.c.org_id == work.actor.org).order_by(POLICY.c.version.desc())
    return [_policy(row) for row in work.read(query.limit(most)).mappings()]


def add_policy(work: Work, made: Policy, event: PolicyChanged) -> None:
    """Insert a new version; the older ones stay."""
    work.change(
        insert(POLICY).values(
            org_id=work.actor.org,
            version=made.version,
            min_days_overdue=made.min_days_overdue,
            min_amounts=json.dumps(dict(made.min_amounts)),
            min_reminders=made.min_reminders,
            reminder_spacing_days=made.reminder_spacing_days,
            needs_personal=made.needs_personal,
            notice_channels=sorted(made.notice_channels),
            notice_wording=made.notice_wording,
            final_notice_days=made.final_notice_days,
            needs_contract=made.needs_contract,
            checks=sorted(made.checks),
            evidence=bindparam("evidence", [_band(band) for band in made.evidence], JSONB),
            limitation=made.limitation,
            made_by=work.actor.person,
            made_at=work.now,
        )
    )
    work.record(event)


def list_overrides(work: Work, case: CaseId, key: CaseKey) -> dict[Rule, Override]:
    """The exceptions of a case with their reasons."""
    rows = work.read(select(OVERRIDE).where(OVERRIDE.c.case_id == case)).mappings()
    return {Rule(row["rule"]): _override(row, key) for row in rows}


def put_override(
    work: Work, case: Case, key: CaseKey, rule: Rule, made: Override, event: ReadinessOverridden
) -> None:
    """Store an exception; an older one of the same rule gives way."""
    words = json.dumps({"reason": made.reason, "by": made.by}, ensure_ascii=False).encode()
    work.change(delete(OVERRIDE).where(OVERRIDE.c.case_id == case.id, OVERRIDE.c.rule == rule.value))
    work.change(
        insert(OVERRIDE).values(
            case_id=case.id,
            business_id=case.business,
            rule=rule.value,
            key_version=key.version,
            sealed_reason=key.seal(Disclosure.IDENTITY, override_column(rule), words),
            person_id=work.actor.person,
            made_at=work.now,
        )
    )
    work.record(event)


def remove_override(work: Work, case: Case, rule: Rule, event: ReadinessOverridden) -> None:
    """Take an exception back."""
    work.change(delete(OVERRIDE).where(OVERRIDE.c.case_id == case.id, OVERRIDE.c.rule == rule.value))
    work.record(event)


def clear_overrides(work: Work, case: Case) -> None:
    """Delete the exceptions of a draft that is thrown away; the caller's event explains it."""
    work.change(delete(OVERRIDE).where(OVERRIDE.c.case_id == case.id))


def add_judgement(work: Work, case: Case, key: CaseKey, made: Judgement, facts: Profile) -> None:
    """Keep how a case was judged; the event of its submission explains it."""
    work.change(
        insert(JUDGEMENT).values(
            case_id=case.id,
            business_id=case.business,
            policy_version=made.version,
            facts=bindparam("facts", facts.as_json(), JSON),
            key_version=key.version,
            sealed_lines=key.seal(Disclosure.FINANCIAL, LINES_COLUMN, encode_lines(made.lines)),
            judged_at=made.judged_at,
        )
    )


def add_judgements(work: Work, own: OrgId, rows: Sequence[tuple[Any, ...]], version: int) -> None:
    """Keep how many new cases were judged: case, facts, sealed lines; the caller records why."""
    common = {"own": own, "now": work.now, "version": version}
    work.change_many(_ADD_JUDGEMENTS, {**common, **columns(_JUDGED, rows)})


def add_overrides(work: Work, own: OrgId, rows: Sequence[tuple[Any, ...]]) -> None:
    """Store exceptions of many new cases: case, rule, sealed reason; the caller records why."""
    common = {"own": own, "now": work.now, "person": work.actor.person}
    work.change_many(_ADD_OVERRIDES, {**common, **columns(_EXCEPTED, rows)})


def find_judgement(work: Work, case: CaseId, key: CaseKey) -> Judgement | None:
    """How a case was judged when it was submitted; None where that was not kept."""
    row = work.read(_JUDGEMENT, {"case": case}).mappings().one_or_none()
    if row is None:
        return None
    lines = decode_lines(key.open(Disclosure.FINANCIAL, LINES_COLUMN, row["sealed_lines"]))
    return Judgement(row["policy_version"], lines, row["judged_at"])


def list_facts(work: Work) -> dict[CaseId, dict[str, Any]]:
    """Case to the figures it was judged by, of the actor's organisation."""
    query = select(JUDGEMENT.c.case_id, JUDGEMENT.c.facts).where(JUDGEMENT.c.business_id == work.actor.org)
    return {CaseId(row.case_id): row.facts for row in work.read(query)}


def add_receipt(work: Work, case: Case, made: Receipt, event: ReceiptIssued) -> None:
    """Insert a signed receipt."""
    work.change(
        insert(RECEIPT).values(
            id=made.id,
            case_id=case.id,
            business_id=case.business,
            body=made.body,
            signature=made.signature,
            issued_at=made.issued_at,
        )
    )
    work.record(event)


def add_receipt_of_many(work: Work, business: OrgId, made: Receipt) -> None:
    """Insert a signed receipt that names no case; the caller records why."""
    values = {"id": made.id, "business_id": business, "body": made.body, "signature": made.signature}
    work.change(insert(RECEIPT).values(**values, issued_at=made.issued_at))


def load_receipt_of(work: Work, case: CaseId) -> Receipt:
    """The receipt of a submitted case. Raises NotFound."""
    query = select(RECEIPT).where(RECEIPT.c.case_id == case).order_by(RECEIPT.c.issued_at.desc()).limit(1)
    row = work.read(query).mappings().one_or_none()
    if row is None:
        raise NotFound
    return _receipt(row)


def find_receipt(work: Work, wanted: ReceiptId) -> Receipt | None:
    """A receipt by its id, if this organisation has it."""
    row = work.read(select(RECEIPT).where(RECEIPT.c.id == wanted)).mappings().one_or_none()
    return _receipt(row) if row else None


def _policy(row: RowMapping) -> Policy:
    amounts = row["min_amounts"]
    return Policy(
        version=row["version"],
        min_days_overdue=row["min_days_overdue"],
        min_amounts=json.loads(amounts) if isinstance(amounts, str) else amounts,
        min_reminders=row["min_reminders"],
        reminder_spacing_days=row["reminder_spacing_days"],
        needs_personal=row["needs_personal"],
        notice_channels=frozenset(map(Channel, row["notice_channels"])),
        notice_wording=row["notice_wording"],
        final_notice_days=row["final_notice_days"],
        needs_contract=row["needs_contract"],
        checks=frozenset(map(ContractCheck, row["checks"])),
        evidence=tuple(map(_read_band, row["evidence"])),
        limitation=row["limitation"],
        made_at=row["made_at"],
    )


def _band(band: EvidenceBand) -> dict[str, object]:
    return {
        "papers": sorted(band.papers),
        "who": band.who,
        "currency": band.currency,
        "least": band.least,
    }


def _read_band(said: dict[str, Any]) -> EvidenceBand:
    papers = frozenset(map(DocumentKind, said["papers"]))
    who = DebtorType(said["who"]) if said["who"] else None
    return EvidenceBand(papers, who, said["currency"], said["least"])


def _override(row: RowMapping, key: CaseKey) -> Override:
    rule = Rule(row["rule"])
    return Override(**json.loads(key.open(Disclosure.IDENTITY, override_column(rule), row["sealed_reason"])))


def override_column(rule: Rule) -> str:
    """What the reason of an exception is sealed for."""
    return f"readiness_override.{rule.value}"


def _receipt(row: RowMapping) -> Receipt:
    return Receipt(ReceiptId(row["id"]), bytes(row["body"]), bytes(row["signature"]), row["issued_at"])
