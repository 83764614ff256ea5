"""What a mail probably is in the history of a case: guessed from word lists; people correct it. Pure.

Stages are those of the communication history: pre_due_reminder, reminder_1 … reminder_9, final_notice,
negotiation, dispute, plan_offer. Languages: English, German, French, Spanish.
"""

import re
from collections.abc import Collection

_FINAL = (
    r"final (notice|demand|reminder|warning)|last (reminder|notice)|"
    r"notice before (referral|escalation|action)|"
    r"letter before action|letzte (mahnung|zahlungserinnerung|zahlungsaufforderung)|letztmalig|"
    r"mise en demeure|derni(er|ère) (rappel|avis|relance)|[úu]ltimo (aviso|recordatorio|requerimiento)|"
    r"requerimiento final"
)
_BEFORE_DUE = (
    r"(is|are|falls?|becomes?|will be|will become|comes?) due (on|in|next|soon|shortly|this)|not yet due|"
    r"upcoming (invoice|payment)|due date is approaching|(wird|werden) (demnächst |bald |am [\d.]+ )?fällig|"
    r"arriver?a? (bientôt )?à échéance|vencerá|vence (el|pronto)|próxim[oa] (vencimiento|a vencer)"
)
_PLAN = (
    r"payment plan|(pay|paying|payments?|settle) (\w+ ){0,5}(in|by) (\w+ )?(instal?lments|parts|stages)|"
    r"(\d+|two|three|four|five|six|twelve) (monthly |weekly |equal )*(instal?lments|payments)|"
    r"ratenzahlung|ratenplan|in raten|paiement échelonné|échéancier|en (plusieurs|\w+) fois|"
    r"plan de pagos?|(pagar )?a plazos|en (\w+ )?cuotas"
)
_DISPUTE = (
    r"(we|i) (must |have to |formally |hereby )*(dispute|contest|reject|do not accept|don't accept)|"
    r"(never|not) (been )?(delivered|received|arrived|ordered)|"
    r"(arrived|were|was|is|are) (\w+ )?(damaged|faulty|defective|incorrect)|short[- ]delivered|credit note|"
    r"complaint|(lines?|items?|prices?|invoice)( \w+){0,3} (is|are) wrong|"
    r"wrong (goods|items?|quantity|amount|price)|"
    r"reklamation|beanstand|bestreite|nicht (geliefert|erhalten)|mangelhaft|"
    r"(je|nous) contest|réclamation|pas (reçu|été livré)|défectueu|"
    r"no (hemos|he) recibido|reclamación|defectuos|no estamos de acuerdo"
)
_NEGOTIATION = (
    r"cash[- ]?flow|more time|(will|would like to|can) (pay|transfer|settle|clear)|bear with|"
    r"extension|extend the|discount|part[- ]payment|"
    r"can(not|'t) (currently |presently )?pay|"
    r"unable to pay|temporarily|in hospital|illness|unwell|lost my job|made redundant|"
    r"difficult (time|months)|"
    r"zahlungsaufschub|stundung|liquiditäts|mehr zeit|krank|"
    r"délai (de paiement|supplémentaire)|trésorerie|malad|"
    r"prórroga|más tiempo|liquidez|enferm"
)
_FIRST = (
    r"(first|1st|friendly|gentle|kind) (payment )?reminder|erste mahnung|1\. mahnung|zahlungserinnerung|"
    r"(première|1(è|e)?re) relance|primer (aviso|recordatorio)"
)
_SECOND = (
    r"(second|2nd|further) (payment )?reminder|zweite mahnung|2\. mahnung|"
    r"(deuxième|seconde|2(è|e)?m?e) (relance|rappel)|segundo (aviso|recordatorio)"
)
_THIRD = (
    r"(third|3rd) (payment )?reminder|dritte mahnung|3\. mahnung|"
    r"(troisième|3(è|e)?m?e) (relance|rappel)|tercer (aviso|recordatorio)"
)
_NUMBERED = ((1, _FIRST), (2, _SECOND), (3, _THIRD))
_COUNTED = (
    r"(?:reminder|mahnung|relance|rappel|recordatorio|aviso)\s*(?:no\.?|nr\.?|n°|nº|#|number)?\s*([1-9])\b"
)
_PLAIN = r"\breminder\b|overdue|past due|mahnung|überfällig|relance|impayée?s?|recordatorio|vencid[ao]"
_REPLY = re.compile(r"^\s*(re|aw|antw|rv|rép|sv|fwd?|wg|tr)\s*(\[\d+\])?\s*:", re.IGNORECASE)
_HISTORY = re.compile(
    r"^(>|-{2,}\s*(original message|forwarded message|ursprüngliche nachricht)|on .{5,120} wrote:|"
    r"am .{5,120} schrieb|le .{5,120} a écrit|el .{5,120} escribió|from: .{3,})",
    re.IGNORECASE | re.MULTILINE,
)
_MOST = 20_000


def guess_stage(subject: str, text: str) -> str | None:
    """Return the likely stage of a mail, or None. A reply is judged by its own words, not by its subject."""
    own = _own_words(text)
    if _REPLY.match(subject):
        return _first(own, (("dispute", _DISPUTE), ("plan_offer", _PLAN), ("negotiation", _NEGOTIATION)))
    return _reminder(subject[:300].lower()) or _unprompted(own)


def guess_direction(from_address: str, business_domains: Collection[str]) -> str | None:
    """Return "out" if the business wrote it, "in" if somebody else did, None if nobody is named."""
    domain = from_address.strip().lower().rstrip(".").rpartition("@")[2] if "@" in from_address else ""
    if not domain:
        return None
    own = {each.strip().lower().lstrip("@") for each in business_domains}
    return "out" if any(domain == each or domain.endswith(f".{each}") for each in own if each) else "in"


def _own_words(text: str) -> str:
    quoted = _HISTORY.search(text)
    before = text[: quoted.start()] if quoted else text
    return (before.strip() or text)[:_MOST].lower()


def _unprompted(own: str) -> str | None:
    if found := _first(own, (("final_notice", _FINAL), ("dispute", _DISPUTE))):
        return found
    counted = _reminder(own)
    if counted is not None and counted != "reminder_1":
        return counted
    return _first(own, (("negotiation", _NEGOTIATION),)) or counted or _first(own, (("plan_offer", _PLAN),))


def _reminder(said: str) -> str | None:
    if found := _first(said, (("final_notice", _FINAL), ("pre_due_reminder", _BEFORE_DUE))):
        return found
    for number, words in _NUMBERED:
        if re.search(words, said):
            return f"reminder_{number}"
    if counted := re.search(_COUNTED, said):
        return f"reminder_{counted[1]}"
    return "reminder_1" if re.search(_PLAIN, said) else None


def _first(said: str, stages: tuple[tuple[str, str], ...]) -> str | None:
    return next((stage for stage, words in stages if re.search(words, said)), None)
