"""Lists of words, written as words."""


def words(written: str) -> frozenset[str]:
    """The words of a text that parts them by spaces."""
    return frozenset(written.split())


def phrases_of(written: str) -> tuple[str, ...]:
    """The phrases of a text that parts them by "|"."""
    return tuple(written.split("|"))
