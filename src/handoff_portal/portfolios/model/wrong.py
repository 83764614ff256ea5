"""How a cell says that it cannot be read."""


class Wrong(Exception):
    """A cell is not what its column asks for.

    Attributes:
        what: What is wrong, as a sentence.
        mend: What to do, as a sentence.
    """

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.mend = what, mend
