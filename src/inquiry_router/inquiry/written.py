"""JSON that is written already, as bytes in UTF-8: written once for all who send or store it."""

from dataclasses import dataclass


class WrittenJson(bytes):
    """Goes into an answer or a column as it is, where other values are written out."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class WrittenReceipt:
    """A receipt as the members of a JSON object, without braces.

    `known_by` are id, reference, status and time; `outcome` is what was understood, decided and said.
    """

    known_by: bytes
    outcome: bytes

    def answer(self) -> WrittenJson:
        """The answer to the sender of the inquiry."""
        return WrittenJson(b"{%b,%b}" % (self.known_by, self.outcome))

    def details(self) -> WrittenJson:
        """What the timeline keeps of it."""
        return WrittenJson(b"{%b}" % self.outcome)
