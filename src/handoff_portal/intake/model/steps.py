"""The five steps of a draft."""

from enum import StrEnum


class Step(StrEnum):
    """Steps in their order; a person may go to any of them at any time."""

    CUSTOMER = "customer"
    OWED = "owed"
    SAID = "said"
    DOCUMENTS = "documents"
    READY = "ready"


STEP_WORDS: dict[Step, str] = {
    Step.CUSTOMER: "Customer",
    Step.OWED: "What is owed",
    Step.SAID: "What was said",
    Step.DOCUMENTS: "Documents",
    Step.READY: "Ready?",
}


def after(step: Step) -> Step:
    """The step that follows; the last is followed by itself."""
    order = list(Step)
    return order[min(order.index(step) + 1, len(order) - 1)]
