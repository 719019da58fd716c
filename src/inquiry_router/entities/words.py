"""Lists of words, written as one string."""


def word_set(written: str) -> frozenset[str]:
    """Return the words of a string that are separated by spaces."""
    return frozenset(written.split())


def phrase_list(written: str) -> tuple[str, ...]:
    """Return the phrases of a string that are separated by "|"."""
    return tuple(written.split("|"))
