"""A failure the user can do something about."""


class Problem(Exception):
    """Ends the program in one line: what is wrong, and what mends it."""

    def __init__(self, cause: str, mend: str) -> None:
        self.cause = cause
        self.mend = mend
        super().__init__(f"{cause}: {mend}")
