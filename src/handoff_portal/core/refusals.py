"""Refusals: what a person asked for and cannot have, said kindly, with the mend.

Each refusal rolls its unit of work back and becomes one page (see `web.refusals`).
"""

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """Base of all refusals.

    Attributes:
        say: One or two sentences for the person: what is wrong and how to mend it.
        status: The HTTP status of the page that says so (RFC 9110 section 15).
    """

    status: ClassVar[int] = 400
    title: ClassVar[str] = "This did not work"

    def __init__(self, say: str) -> None:
        super().__init__(say)
        self.say = say


class NotFound(Refusal):
    """There is no such thing, or this organisation may not know that there is."""

    status = 404
    title = "We could not find that"

    def __init__(self, say: str = "It may have moved, or your organisation has no access to it.") -> None:
        super().__init__(say)


class Forbidden(Refusal):
    """The thing is known to this person, but the right to do this with it is missing."""

    status = 403
    title = "Your role does not include this"


class WrongState(Refusal):
    """Somebody was faster, or the thing is not in a state that allows this."""

    status = 409
    title = "This has changed in the meantime"


class StepUpNeeded(Refusal):
    """A fresh second factor is needed for this action."""

    status = 403
    title = "Please confirm that it is you"


class Invalid(Refusal):
    """A form or file has mistakes.

    Attributes:
        errors: Field name to sentence; the empty name speaks for the whole form.
    """

    status = 422
    title = "Please correct the form"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class TooMany(Refusal):
    """A limit was reached.

    Attributes:
        retry_after: Seconds until another attempt can succeed.
    """

    status = 429
    title = "Please wait a moment"

    def __init__(self, say: str, retry_after: int) -> None:
        super().__init__(say)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """A part outside the portal (objects, keys, database) does not answer; `say` tells what became of it."""

    status = 503
    title = "A part of the portal is not answering"
