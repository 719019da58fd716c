"""The reasons why a delivery tells a helpdesk nothing, for the admin."""

import json
from typing import Final

_MAX_SYSTEM_CHARS: Final = 64


def explain_nothing(source: str | None, create: bool, payload: str) -> str:
    """Explain why this payload is not for a helpdesk with these settings."""
    origin = json.loads(payload)["data"].get("source") or {}
    system = origin.get("system")
    if create or (system is not None and system == source):
        return "the ticket shows it already, or there is nothing in it for agents"
    if source is None:
        return "the destination has no 'source' whose tickets it moves, and 'create' is false"
    ours = f"the destination moves only tickets of '{source}', and 'create' is false"
    if system is None:
        return f"the inquiry is no ticket; {ours}"
    return f"the inquiry came from '{str(system)[:_MAX_SYSTEM_CHARS]}'; {ours}"
