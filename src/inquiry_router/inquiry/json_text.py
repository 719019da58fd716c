"""JSON that is written already."""


class JsonText(str):
    """Goes into an answer or a column as it is, where other values are written out."""

    __slots__ = ()
