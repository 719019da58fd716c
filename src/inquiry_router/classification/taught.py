"""The taught heads of a company, as they are stored and passed on."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TaughtModel:
    """A head in use and one of intents, serialised by `Head.as_bytes`.

    They fit only the model whose fingerprint is `encoder`. Without `intents` the shipped
    head of intents is used.
    """

    number: int
    encoder: str
    labels: tuple[str, ...]
    head: bytes = field(repr=False)
    intents: bytes | None = field(default=None, repr=False)
