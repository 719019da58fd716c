"""The address of a PostgreSQL, read as SQLAlchemy reads it, with a sentence for each mistake."""

import re
from typing import Final
from urllib.parse import parse_qsl

# The parameters that the driver knows. `sslmode` is the name that other programs have for `ssl`.
PARAMETERS: Final = ("host", "passfile", "port", "ssl", "sslmode", "target_session_attrs")
_ESCAPES: Final = "in a name or password write @ as %40, : as %3A, / as %2F, ? as %3F and % as %25"
_ADDRESS: Final = re.compile(
    r"(?P<scheme>[a-z+]+)://(?:(?P<user>[^:/?]*)(?::(?P<password>[^@]*))?@)?"
    r"(?P<host>\[[^\]/?]*\]|[^/:?]*)(?::(?P<port>[^/?]*))?(?:/(?P<name>[^?]*))?(?:\?(?P<query>.*))?"
)
MAX_PORT: Final = 65535


def find_problem(url: str) -> str | None:
    """Return a sentence that says what is wrong with the address and how to mend it, or None."""
    found = _ADDRESS.fullmatch(url)
    if found is None or "@" in found["host"] or "@" in (found["port"] or ""):
        return f"cannot be read: {_ESCAPES}"
    port = found["port"]
    if port and not (port.isascii() and port.isdigit() and 0 < int(port) <= MAX_PORT):
        return f"the port '{port}' is no number from 1 to {MAX_PORT}; {_ESCAPES}"
    if "#" in found["host"] or "#" in (found["name"] or ""):
        return f"cannot be read: write # as %23; {_ESCAPES}"
    query = parse_qsl(found["query"] or "", keep_blank_values=True)
    for name, _ in query:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            return f"the parameter '{name}' is unknown; these are known: {known}"
    return None
