"""Who may do what: one readable table of roles and permissions (the first of three walls)."""

from enum import StrEnum
from functools import cache


class OrgKind(StrEnum):
    """The three kinds of organisation."""

    BUSINESS = "business"
    AGENCY = "agency"
    OPERATOR = "operator"


class Role(StrEnum):
    """Roles a person can hold in their organisation."""

    BUSINESS_MEMBER = "business_member"
    BUSINESS_ADMIN = "business_admin"
    COLLECTOR = "collector"
    SUPERVISOR = "supervisor"
    AGENCY_ADMIN = "agency_admin"
    OPERATOR_ADMIN = "operator_admin"
    COMPLIANCE_OFFICER = "compliance_officer"


class Permission(StrEnum):
    """Everything a signed-in person can be allowed to do."""

    OWN_ACCOUNT = "own_account"
    CASE_READ = "case_read"
    CASE_DRAFT = "case_draft"
    CASE_SUBMIT = "case_submit"
    READINESS_OVERRIDE = "readiness_override"
    POLICY_EDIT = "policy_edit"
    RULES_READ = "rules_read"
    RULES_CHANGE = "rules_change"
    DOCUMENT_READ = "document_read"
    DOCUMENT_ADD = "document_add"
    REVEAL = "reveal"
    DIRECTORY_READ = "directory_read"
    OFFER_MAKE = "offer_make"
    OFFER_READ = "offer_read"
    OFFER_ANSWER = "offer_answer"
    OFFER_TALK = "offer_talk"
    CASE_RETURN = "case_return"
    CASE_RECALL = "case_recall"
    CONTACT_LOG = "contact_log"
    HOLD_PLACE = "hold_place"
    HOLD_LIFT = "hold_lift"
    GUARD_OVERRIDE = "guard_override"
    FLAG_LOOK = "flag_look"
    CONDUCT_REVIEW = "conduct_review"
    TEMPLATE_WRITE = "template_write"
    TEMPLATE_APPROVE = "template_approve"
    APPROVAL_EDIT = "approval_edit"
    NOTE_SEND = "note_send"
    PAYMENT_REPORT = "payment_report"
    PAYMENT_REVERSE = "payment_reverse"
    DIRECT_PAYMENT_REPORT = "direct_payment_report"
    CASE_CLOSE = "case_close"
    LICENCE_EDIT = "licence_edit"
    LICENCE_VERIFY = "licence_verify"
    AUDIT_READ = "audit_read"
    AUDIT_EXPORT = "audit_export"
    PEOPLE_READ = "people_read"
    PERSON_INVITE = "person_invite"
    ROLE_CHANGE = "role_change"
    ORGANISATION_ADD = "organisation_add"
    SIGN_IN_HELP = "sign_in_help"
    IDENTITY_CHECK = "identity_check"
    IDENTITY_APPROVE = "identity_approve"


P = Permission

_EVERYBODY = {P.OWN_ACCOUNT, P.DIRECTORY_READ, P.RULES_READ}
_PEOPLE = {P.PEOPLE_READ, P.PERSON_INVITE, P.ROLE_CHANGE, P.SIGN_IN_HELP, P.IDENTITY_CHECK}
_BUSINESS = _EVERYBODY | {
    P.CASE_READ,
    P.CASE_DRAFT,
    P.CASE_SUBMIT,
    P.DOCUMENT_READ,
    P.DOCUMENT_ADD,
    P.REVEAL,
    P.OFFER_MAKE,
    P.OFFER_READ,
    P.OFFER_TALK,
    P.CASE_RECALL,
    P.CONTACT_LOG,
    P.HOLD_PLACE,
    P.NOTE_SEND,
    P.FLAG_LOOK,
    P.DIRECT_PAYMENT_REPORT,
    P.CASE_CLOSE,
}
_COLLECTOR = _EVERYBODY | {
    P.CASE_READ,
    P.DOCUMENT_READ,
    P.DOCUMENT_ADD,
    P.REVEAL,
    P.OFFER_READ,
    P.OFFER_TALK,
    P.CONTACT_LOG,
    P.HOLD_PLACE,
    P.NOTE_SEND,
    P.TEMPLATE_WRITE,
    P.PAYMENT_REPORT,
}
_SUPERVISOR = _COLLECTOR | {
    P.OFFER_ANSWER,
    P.CASE_RETURN,
    P.HOLD_LIFT,
    P.GUARD_OVERRIDE,
    P.FLAG_LOOK,
    P.CONDUCT_REVIEW,
    P.TEMPLATE_APPROVE,
    P.PAYMENT_REVERSE,
    P.CASE_CLOSE,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.BUSINESS_MEMBER: frozenset(_BUSINESS),
    Role.BUSINESS_ADMIN: frozenset(
        _BUSINESS | _PEOPLE | {P.READINESS_OVERRIDE, P.POLICY_EDIT, P.HOLD_LIFT, P.PAYMENT_REVERSE}
    ),
    Role.COLLECTOR: frozenset(_COLLECTOR),
    Role.SUPERVISOR: frozenset(_SUPERVISOR),
    Role.AGENCY_ADMIN: frozenset(_SUPERVISOR | _PEOPLE | {P.LICENCE_EDIT, P.APPROVAL_EDIT}),
    Role.OPERATOR_ADMIN: frozenset(_EVERYBODY | _PEOPLE | {P.ORGANISATION_ADD}),
    Role.COMPLIANCE_OFFICER: frozenset(
        _EVERYBODY
        | {P.AUDIT_READ, P.AUDIT_EXPORT, P.LICENCE_VERIFY, P.RULES_CHANGE}
        | {P.SIGN_IN_HELP, P.IDENTITY_APPROVE}
    ),
}

ROLES_OF: dict[OrgKind, frozenset[Role]] = {
    OrgKind.BUSINESS: frozenset({Role.BUSINESS_MEMBER, Role.BUSINESS_ADMIN, Role.COMPLIANCE_OFFICER}),
    OrgKind.AGENCY: frozenset({Role.COLLECTOR, Role.SUPERVISOR, Role.AGENCY_ADMIN, Role.COMPLIANCE_OFFICER}),
    OrgKind.OPERATOR: frozenset({Role.OPERATOR_ADMIN, Role.COMPLIANCE_OFFICER}),
}
"""Which roles exist in which kind of organisation."""

OPERATOR_ONLY = frozenset({P.LICENCE_VERIFY, P.ORGANISATION_ADD, P.IDENTITY_APPROVE, P.RULES_CHANGE})
"""Rights that the role gives only to people of the operator."""


@cache
def permissions_of(kind: OrgKind, roles: frozenset[Role]) -> frozenset[Permission]:
    """All rights that these roles give in an organisation of this kind; unknown combinations give none."""
    granted: frozenset[Permission] = frozenset()
    for role in roles & ROLES_OF[kind]:
        granted |= ROLE_PERMISSIONS[role]
    return granted if kind is OrgKind.OPERATOR else granted - OPERATOR_ONLY
