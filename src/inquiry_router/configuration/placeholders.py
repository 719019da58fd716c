"""Secrets in the configuration file: only their names stand there, as `${sources.desk.secret}`."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_PLACEHOLDER: Final = re.compile(r"\$\{([a-z0-9_.-]+)\}")
# A value that `ProviderSettings.completed` replaces by the stored one.
_STORED: Final = "**********"


def placeholder(*path: str) -> str:
    """Write the name of a secret in place of its value."""
    return f"${{{'.'.join(path)}}}"


def hide(settings: Mapping[str, Any], names: Collection[str], *path: str) -> dict[str, Any]:
    """Return settings with the names of their secrets in place of the values."""
    return {
        name: placeholder(*path, name) if name in names else value
        for name, value in settings.items()
    }


@dataclass
class GivenSecrets:
    """Values of secrets by their names, and what came of those that a file names."""

    values: Mapping[str, str]
    # Names in the file for which there is neither a given nor a stored value.
    missing: list[str] = field(default_factory=list)
    _named: set[str] = field(default_factory=set)

    def fill(self, written: str | None, stored: str | None) -> str | None:
        """Return the value for what is written in a file: the stored one if nothing is."""
        name = _name_in(written)
        if name is None:
            return stored if written is None else written
        self._named.add(name)
        if name in self.values:
            return self.values[name]
        if stored is None:
            self.missing.append(name)
        return stored

    def fill_settings(
        self, written: Mapping[str, Any], names: Collection[str], stored: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return settings with values for names. A stored value is only marked, not filled in."""
        filled = dict(written)
        for setting in names & written.keys():
            if _name_in(written[setting]) is not None:
                marked = _STORED if setting in stored else None
                filled[setting] = self.fill(written[setting], marked)
        return {name: value for name, value in filled.items() if value is not None}

    def problems(self) -> list[str]:
        """Return a sentence for each name without a value, and for each value without a name."""
        return [
            *(
                f"{name}: the file has only the name of this secret, and none is stored here: "
                "give its value, or take the line out"
                for name in self.missing
            ),
            *(
                f"secrets: the file has no ${{{name}}}"
                for name in self.values
                if name not in self._named
            ),
        ]


def _name_in(written: object) -> str | None:
    found = _PLACEHOLDER.fullmatch(written) if isinstance(written, str) else None
    return found[1] if found else None
