"""Real PDF and DOCX files, made here byte by byte."""

import io
import zipfile
from typing import Final

WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*lines: str, padding: int = 0) -> bytes:
    """A PDF of one page with these lines, in ASCII."""
    written = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 14 TL 40 800 Td {written} ET".encode() + b"\n" + b" " * padding
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made
        + b"xref\n0 6\n0000000000 65535 f \n%b" % table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    )


def docx(*paragraphs: str, body: str = "", name: str = "word/document.xml") -> bytes:
    """A DOCX with these paragraphs; `body` is XML behind them."""
    runs = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    return zipped(name, f'<w:document xmlns:w="{WORD}"><w:body>{runs}{body}</w:body></w:document>')


def zipped(name: str, content: str | bytes) -> bytes:
    """A ZIP file with one file in it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, content)
    return made.getvalue()
