"""What a company has taught the classifier, as it is kept and handed around."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TaughtModel:
    """A head in use. It fits only the encoder whose file has the SHA-256 `encoder`; `head` is what `Head.as_bytes` wrote."""

    number: int
    encoder: str
    labels: tuple[str, ...]
    head: bytes = field(repr=False)
