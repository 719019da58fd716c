"""The columns of a file that somebody sends."""

import json

from inquiry_router.inquiry.errors import Invalid


def read_columns(written: str | None, example: str) -> dict[str, str]:
    """Read fields by the headings of a file, as JSON. Raises `Invalid`, with the example."""
    if written is None:
        return {}
    try:
        found = json.loads(written)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise Invalid(
            "'columns' is no JSON object of texts.",
            hint=f"Write fields by heading, such as {example}.",
        )
    return found
