import pytest

from inquiry_router.text.table_files import refuse_workbook


@pytest.mark.parametrize("content", [b"Kod;Nazwa\n", b"\xff\xfeK\x00", b"PKS;Nazwa"])
def test_text_is_read(content: bytes) -> None:
    refuse_workbook(content)


@pytest.mark.parametrize(
    ("content", "cure"),
    [
        (b" \r\n", "is empty"),
        (b"PK\x03\x04\x14\x00", "Save As » CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Save As » CSV"),
    ],
)
def test_empty_file_and_workbook_are_refused_with_the_cure(content: bytes, cure: str) -> None:
    with pytest.raises(ValueError, match=cure):
        refuse_workbook(content)
