"""The taught head of a company, as it is stored and passed on."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TaughtModel:
    """A head in use, serialised by `Head.as_bytes`.

    It fits only the encoder whose file has the SHA-256 `encoder`.
    """

    number: int
    encoder: str
    labels: tuple[str, ...]
    head: bytes = field(repr=False)
