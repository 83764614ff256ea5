"""The contact guard's closed vocabulary: channels, outcomes, marks of a contact, facts about a customer."""

from enum import StrEnum


class Channel(StrEnum):
    """How a customer is contacted, as finely as rules tell it apart."""

    CALL = "call"
    WORKPLACE_CALL = "workplace_call"
    SMS = "sms"
    EMAIL = "email"
    WORK_EMAIL = "work_email"
    SOCIAL_DM = "social_dm"
    SOCIAL_PUBLIC = "social_public"
    LETTER = "letter"
    VISIT = "visit"
    WORKPLACE_VISIT = "workplace_visit"
    THIRD_PARTY_CALL = "third_party_call"
    THIRD_PARTY_MESSAGE = "third_party_message"


class Outcome(StrEnum):
    """What came of a contact."""

    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    CONVERSATION = "conversation"
    SENT = "sent"
    VISITED = "visited"
    NOT_CONNECTED = "not_connected"


class Direction(StrEnum):
    """Who began a contact."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class DebtType(StrEnum):
    """Whose debt it is; a rule's BOTH covers either."""

    CONSUMER = "consumer"
    COMMERCIAL = "commercial"
    BOTH = "both"


class Where(StrEnum):
    """Where a call or message reaches the customer."""

    RESIDENCE = "residence"
    MOBILE = "mobile"
    BUSINESS = "business"
    WORKPLACE = "workplace"


class Force(StrEnum):
    """What stands behind a rule."""

    STATUTE = "statute"
    REGULATION = "regulation"
    DIRECTIVE = "directive"
    PRESUMPTION = "presumption"
    GUIDELINE = "regulator_guideline"
    HOUSE = "house_policy"
    DRAFT = "draft"
    NONE = "none"

    @property
    def standing(self) -> "Standing":
        """How the rule looks to an agent."""
        return _STANDING[self]


class Standing(StrEnum):
    """Three kinds of rule that must look different, and what binds nobody."""

    LAW = "law"
    GUIDELINE = "guideline"
    HOUSE = "house"
    INFORMATION = "information"


_STANDING = {
    Force.STATUTE: Standing.LAW,
    Force.REGULATION: Standing.LAW,
    Force.DIRECTIVE: Standing.LAW,
    Force.PRESUMPTION: Standing.GUIDELINE,
    Force.GUIDELINE: Standing.GUIDELINE,
    Force.HOUSE: Standing.HOUSE,
    Force.DRAFT: Standing.INFORMATION,
    Force.NONE: Standing.INFORMATION,
}


class Effect(StrEnum):
    """What a rule does when it speaks; EVIDENCE creates a duty and never decides."""

    BLOCK = "block"
    WARN = "warn"
    EVIDENCE = "evidence"


class Outlook(StrEnum):
    """What the guard says."""

    ALLOWED = "allowed"
    WARN = "warn"
    BLOCKED = "blocked"


class Override(StrEnum):
    """Who may go on in spite of a rule: nobody, somebody entitled with a reason, or who has read it."""

    NOBODY = "nobody"
    ENTITLED = "entitled"
    ACKNOWLEDGE = "acknowledge"


class Mark(StrEnum):
    """What a contact is for, what it contains and who asked for it."""

    REQUESTED = "requested"
    REPLY = "reply"
    CONSENTED = "consented"
    OPT_OUT_NOTICE = "opt_out_notice"
    OPT_OUT_CONFIRMATION = "opt_out_confirmation"
    VISIT_NOTICE = "visit_notice"
    NOTICE_OF_VISIT = "notice_of_visit"
    EFFORTS_END = "notice_efforts_end"
    REMEDY_MAY = "notice_specified_remedy"
    REMEDY_WILL = "notice_remedy_will"
    VALIDATION_NOTICE = "validation_notice"
    REQUIRED_BY_LAW = "required_by_law"
    ANSWERS_DISPUTE = "answer_dispute"
    CONSENT_REQUEST = "consent_request"
    SERVES_PROCESS = "serve_process"
    LOCATION = "location_information"
    FIRST_CONTACT = "first_contact"
    DEMANDS_PAYMENT = "demand_payment"
    DISCLOSES = "disclose_debt"
    EMBARRASSES = "embarrass_third_party"
    THREATENS = "threat"
    HARASSES = "harassment"
    FALSE_CLAIM = "false_legal_claim"
    MISLEADS = "misleading"
    EXPOSES = "expose_identity"
    CALLING_CARD = "misleading_calling_card"
    SAME_NAME = "demand_to_same_name"
    UNCONSCIONABLE = "unconscionable"
    HARASSING_FREQUENCY = "harassing_frequency"
    UNOPENED = "returned_unopened"
    COERCES = "coercion"
    MENTIONS = "mentions_debt"
    AS_CUSTOMER = "counts_as_customer"
    TO_ADVISER = "to_adviser"


class Fact(StrEnum):
    """What is known of the customer, the debt or the agency and is either so or not."""

    EMPLOYER_PROHIBITS = "employer_prohibits"
    COVERED_COMMERCIAL = "covered_commercial"
    EMAIL_CONSENT = "email_consent"
    EMESSAGE_CONSENT = "emsg_consent"
    WORK_EMAIL_EXCEPTION = "work_email_exception"
    REGULATED_LENDER = "rbi_lender"
    UNREGULATED_CREDIT = "unregulated_credit"
    VULNERABLE = "vulnerable"
    VISIT_NOTICE = "visit_notice"
    CONSENT = "prior_consent"
    AGENT_NOT_APPROVED = "agent_not_approved"
    REPRESENTATIVE_SILENT = "representative_unresponsive"
    REPRESENTATIVE_CONSENTS = "representative_consents"
    PUBLIC_HOLIDAY = "public_holiday"
    COURT_PERMISSION = "court_permission"


class Topic(StrEnum):
    """What somebody said or asked, that may stop or delay contact."""

    CEASE = "cease"
    DISPUTE = "dispute"
    REPRESENTED = "represented"
    NO_WORK_CALLS = "no_work_calls"
    SUBSTANTIATION = "substantiation_request"
    ORIGINAL_CREDITOR = "original_creditor_request"
    REGISTERED_LETTER = "registered_letter"
    FORBEARANCE = "forbearance"
    REFUSES = "refuses_to_pay"
    PROCEEDINGS = "proceedings"


class Sent(StrEnum):
    """Notices whose day counts."""

    VALIDATION = "validation_notice"
    FIRST_NOTICE = "on_notice_sent_at"
    VISIT = "visit_notice_sent_at"


class Scope(StrEnum):
    """Whose contacts are counted together: about one debt, of one creditor, or all with the customer."""

    DEBT = "debt"
    CREDITOR = "creditor"
    CUSTOMER = "customer"


class Clock(StrEnum):
    """From when a record is kept."""

    ACTIVITY = "last_activity"
    ENTRY = "entry"
