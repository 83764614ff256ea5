"""The mail readers of this process: confined children, started when first needed, ended with the process."""

import atexit
from functools import cache

from handoff_portal.adapters.parsing.mail import ParsedMail
from handoff_portal.adapters.parsing.mail_parser import MAIL
from handoff_portal.adapters.parsing.sandbox import Sandbox


@cache
def mail_reader() -> Sandbox[ParsedMail]:
    """The one sandbox for mails that all threads of this process share."""
    made = Sandbox(MAIL)
    atexit.register(made.close)
    return made
