"""The difference between two snapshots of settings or of an inquiry, without secrets and texts."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

MAX_CHARS: Final = 200
_HIDDEN: Final = "(hidden)"
# Examples of the company's own categories may be words of customers.
_NEVER_SHOWN: Final = frozenset({"examples"})


def find_changes(
    before: Mapping[str, Any], after: Mapping[str, Any], secrets: Iterable[str] = ()
) -> dict[str, list[Any]]:
    """Return what differs: by path, the value before and after.

    Values whose name is among the secrets are replaced by a mark; that they changed can be seen.
    """
    hidden = _NEVER_SHOWN | frozenset(secrets)
    found: dict[str, list[Any]] = {}
    _compare("", before, after, hidden, found)
    return found


def _compare(
    path: str, before: Any, after: Any, hidden: frozenset[str], found: dict[str, list[Any]]
) -> None:
    if before == after:
        return
    name = path.rpartition(".")[2]
    if name in hidden:
        found[path] = [_mark(before), _mark(after)]
        return
    is_ordered = isinstance(before, list)
    before, after = _by_id(before), _by_id(after)
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            inside = f"{path}.{key}" if path else str(key)
            _compare(inside, before.get(key), after.get(key), hidden, found)
        if is_ordered and list(before) != list(after) and before.keys() == after.keys():
            found[f"{path}.order"] = [list(before), list(after)]
        return
    found[path] = [_shown(before, hidden), _shown(after, hidden)]


def _by_id(value: Any) -> Any:
    """A list of things with ids as a mapping, so that each is compared with itself."""
    is_list = isinstance(value, list) and value
    if is_list and all(isinstance(one, Mapping) and "id" in one for one in value):
        return {str(one["id"]): one for one in value}
    return value


def _mark(value: Any) -> str | None:
    return _HIDDEN if value not in (None, "", [], {}) else None


def _shown(value: Any, hidden: frozenset[str]) -> Any:
    """A value without what is hidden in it, and with long texts cut."""
    if isinstance(value, Mapping):
        return {
            key: _mark(one) if key in hidden else _shown(one, hidden) for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_shown(one, hidden) for one in value]
    if isinstance(value, str) and len(value) > MAX_CHARS:
        return value[:MAX_CHARS] + "…"
    return value
