"""Building requests to a vendor's API, and reading the replies."""

import base64
import json
from collections.abc import Generator, Iterable, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote

from inquiry_router import __version__
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.provider import Group, Refused

T = TypeVar("T")
# Yields requests, is sent the reply to each, and returns a T.
Exchange = Generator[OutgoingRequest, Reply, T]

# Retrying cannot help after these: wrong credentials, a ticket that is gone, a value that the
# helpdesk does not know.
FINAL: Final = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})


def json_request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: Any = None,
    *,
    expected: frozenset[int] = frozenset(),
) -> OutgoingRequest:
    """Build a request with a JSON body; None stands for no body."""
    standard = {"accept": "application/json", "user-agent": f"inquiry-router/{__version__}"}
    if body is None:
        return OutgoingRequest(url, {**standard, **headers}, b"", method, expected)
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    all_headers = {**standard, "content-type": "application/json", **headers}
    return OutgoingRequest(url, all_headers, content, method, expected)


def basic_credentials(user: str, password: str) -> Mapping[str, str]:
    """The header of HTTP Basic authentication."""
    pair = f"{user}:{password}".encode("utf-8", "replace")
    return {"authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}


def groups_in(rows: Iterable[object], name: str = "name") -> list[Group]:
    """Read the groups from a vendor's list; ids may be numbers or text."""
    found = [row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), int | str)]
    return [Group(str(row["id"]), str(row.get(name) or row["id"])) for row in found]


def path_part(written: object) -> str:
    """Escape a value as one segment of a URL's path, so that it cannot lead to another address.

    Raises `Refused` for a value that cannot be one.
    """
    part = quote(str(written), safe="", errors="replace")
    if part in ("", ".", ".."):  # servers read dots as a folder, even escaped ones
        raise Refused(
            f"'{part}' is no id of a ticket: look at the id that the inquiry's source names"
        )
    return part


def query_value(written: str) -> str:
    """Escape a value for the query of a URL."""
    return quote(written, safe="", errors="replace")


# Answers to an owner whom the helpdesk does not know, or does not let have the ticket.
ODD_OWNER: Final = frozenset({400, 403, 404, 409, 422})
# Answers to a due time in a field that this helpdesk, plan or user does not have.
ODD_DUE: Final = ODD_OWNER


def number(written: str) -> int:
    """Read an id that the vendor wants as a number. Raises `Refused` with advice for the admin."""
    if not (written.isascii() and written.isdigit() and len(written) < 20):
        raise Refused(
            f"'{written[:40]}' is no number: set the group's id, as the check of the destination "
            "lists it"
        )
    return int(written)


def require(reply: Reply, *path: str) -> Any:
    """The value at this place of a JSON answer. Raises `Refused` if there is none."""
    value = reply.json()
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        raise Refused(
            f"the answer has no '{'.'.join(path)}': is this the address of the helpdesk's API?"
        )
    return value
