"""Signatures of bodies, computed while the bytes come in, because large bodies are not kept."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

from inquiry_router.providers.kit.signatures import same


class Digest(Protocol):
    """A hash or HMAC of `hashlib` and `hmac`, or anything that is used like one."""

    def update(self, data: bytes, /) -> None:
        """Go on with these bytes."""

    def copy(self) -> Self:
        """Return a digest that goes on alone."""

    def digest(self) -> bytes:
        """Return the digest of all bytes so far."""


class WholeBytes:
    """All bytes, for signatures that can only be verified over a whole message."""

    def __init__(self, data: bytes = b"") -> None:
        self._data = bytearray(data)

    def update(self, data: bytes, /) -> None:
        """Go on with these bytes."""
        self._data += data

    def copy(self) -> "WholeBytes":
        """Return a copy that goes on alone."""
        return WholeBytes(bytes(self._data))

    def digest(self) -> bytes:
        """Return all bytes so far."""
        return bytes(self._data)


@dataclass(frozen=True, slots=True)
class Seal:
    """One signature that would prove a request.

    `digest` has read what is signed before the body; `after` is signed after it. `is_right`
    compares the result with the signature that came.
    """

    digest: Digest
    is_right: Callable[[bytes], bool]
    after: bytes = b""

    def feed(self, data: bytes) -> None:
        """Read the next bytes of the body."""
        self.digest.update(data)

    def fits(self) -> bool:
        """True if the bytes read so far are the ones that were signed."""
        whole = self.digest.copy()
        whole.update(self.after)
        return self.is_right(whole.digest())


def hex_of(digest: bytes) -> str:
    """Write a digest as lower-case hexadecimal digits."""
    return digest.hex()


def base64_of(digest: bytes) -> str:
    """Write a digest in base64."""
    return base64.b64encode(digest).decode("ascii")


Write = Callable[[bytes], str]
_ALGORITHMS: Final[dict[str, Callable[..., Any]]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}


def hmac_seal(
    secret: str | bytes,
    given: str | None,
    write: Write,
    *,
    algorithm: str = "sha256",
    prefix: str = "",
    before: bytes = b"",
    after: bytes = b"",
) -> Seal:
    """Begin an HMAC. `given` is the signature that came: `prefix`, then the digest as written."""
    key = secret.encode("utf-8") if isinstance(secret, str) else secret
    begun = hmac.new(key, before, _ALGORITHMS[algorithm])
    return Seal(begun, lambda digest: same(prefix + write(digest), given), after)


def digest_seal(given: str | None, *, before: bytes) -> Seal:
    """Begin a plain SHA-256, of which `given` is the hexadecimal form."""
    return Seal(hashlib.sha256(before), lambda digest: same(hex_of(digest), given))
