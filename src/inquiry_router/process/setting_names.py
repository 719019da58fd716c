"""Variables that look like settings and are none, each with the name that was perhaps meant."""

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final

# Kubernetes sets such ones in every container, for a service that is called inquiry-router.
_OF_KUBERNETES: Final = re.compile(
    r"SERVICE_(HOST|PORT)(_\w+)?|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?"
)


def find_unknown(names: Iterable[str], settings: Collection[str], prefix: str) -> list[str]:
    """Return a sentence for each variable with the prefix that is no setting."""
    known = [setting.upper() for setting in settings]
    sentences = []
    for name in sorted(names):
        given = name.upper().removeprefix(prefix)
        if given in known or not name.upper().startswith(prefix):
            continue
        if _OF_KUBERNETES.fullmatch(given):
            continue
        meant = get_close_matches(given, known, n=1, cutoff=0.75)
        cure = "'config show --settings' lists them"
        if meant:
            cure = f"did you mean {prefix}{meant[0]}?"
        sentences.append(f"{name} is no setting and is ignored; {cure}")
    return sentences
