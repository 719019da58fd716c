"""Check that a file is a text with a table, before it is read as one. Pure."""

from typing import Final

# The first bytes of what Excel and LibreOffice save by themselves: xlsx and ods, and xls.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAMPLE_BYTES: Final = 4096
SAVE_AS_CSV: Final = "in Excel choose File » Save As » CSV UTF-8, and send that"


def refuse_workbook(content: bytes) -> None:
    """Raise `ValueError` with the cure if a file is empty or a workbook."""
    if not content[:_SAMPLE_BYTES].strip():
        raise ValueError(
            "the file is empty: send the file itself, with --data-binary @FILE in curl"
        )
    if content.startswith(_WORKBOOKS):
        raise ValueError(f"the file is a workbook of Excel or LibreOffice: {SAVE_AS_CSV}")
