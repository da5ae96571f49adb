"""What the embedded platform tells a person when it cannot go on: one sentence, French first, never a stack trace."""


class PlatformError(Exception):
    """The platform cannot start or go on; `str()` is the sentence to show, French then English."""

    def __init__(self, french: str, english: str) -> None:
        super().__init__(f"{french} / {english}")
