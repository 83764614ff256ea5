"""Does a final notice say that it is the last step, and that a solution is welcome? Phrases, no verdict.

The lists hold usual phrases of English, German, French, Spanish, Dutch and Malay letters. A notice that says
it in other words is not wrong: a person ticks then that it does. They are folded, as is the text, and each
begins with a plain letter: then only places where one can begin are tried, else every phrase at every place.
"""

import re

_LAST = re.compile(
    r"last (resort|step|chance|reminder|letter|opportunity|attempt)"
    r"|final (notice|reminder|step|letter|opportunity)|letter before action"
    r"|before we (ask|instruct|hand|pass|refer|involve|engage|appoint)|if we do not hear"
    r"|letzte[rsn]? (schritt|mahnung|mittel|aufforderung|erinnerung|schreiben)|letztmalig|bevor wir"
    r"|derni(er|ère) (recours|rappel|relance|avis|étape|courrier)|en dernier ressort"
    r"|avant de (confier|transmettre)"
    r"|últim[oa] (recurso|aviso|paso|recordatorio|oportunidad)"
    r"|ultim[oa] (recurso|aviso|paso|recordatorio|oportunidad)"
    r"|antes de (encargar|remitir|trasladar|ceder)"
    r"|laatste (herinnering|aanmaning|stap|middel|kans)|voordat wij"
    r"|notis (terakhir|akhir)|peringatan (terakhir|akhir)|langkah (terakhir|akhir)|sebelum kami"
)
_WELCOME = re.compile(
    r"solution is (still )?(welcome|possible|open)|still (welcome|open|happy|glad|possible|like to|find)"
    r"|payment plan|instal?lments?|in parts|part payments?"
    r"|call us|talk to us|speak (to|with) us|write to us|contact us|tell us|reach us"
    r"|let us know|get in touch|work (something|it) out|find a (way|solution)|rather not"
    r"|happy to (talk|help|listen)"
    r"|lösung|ratenzahlung|in raten|sprechen sie|melden sie sich|rufen sie uns"
    r"|une solution|échelonn|échéancier|contactez|appelez|parlons"
    r"|solución|plazos|cont[áa]ct[ea]|ll[áa]menos|hablemos"
    r"|oplossing|termijnen|neem contact|bel ons|betalingsregeling"
    r"|penyelesaian|ansuran|hubungi"
)


def says_last_resort(text: str) -> bool:
    """Whether a usual phrase for the last step stands in the text."""
    return _LAST.search(text.casefold()) is not None


def says_still_welcome(text: str) -> bool:
    """Whether a usual phrase for an open door stands in the text."""
    return _WELCOME.search(text.casefold()) is not None


def reads_kindly(text: str) -> bool | None:
    """Whether the text says both; None where there is no text to read."""
    if not text.strip():
        return None
    return says_last_resort(text) and says_still_welcome(text)
