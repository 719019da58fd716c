"""Multipart forms, which FreeSWITCH sends after it has recorded a message. Pure."""

from typing import TYPE_CHECKING, Final

from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError

if TYPE_CHECKING:
    from python_multipart.multipart import Field, File

MULTIPART: Final = "multipart/form-data"


def is_multipart(content_type: str) -> bool:
    """True for the type of such a form."""
    return content_type.partition(";")[0].strip().lower() == MULTIPART


def read_multipart(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """Read the fields and the first file that is not empty; leave out what cannot be read."""
    fields: dict[str, str] = {}
    files: list[bytes] = []

    def on_field(field: "Field") -> None:
        name, value = field.field_name or b"", field.value or b""
        fields.setdefault(name.decode("utf-8", "replace"), value.decode("utf-8", "replace"))

    def on_file(file: "File") -> None:
        file.file_object.seek(0)
        files.append(file.file_object.read())

    headers = {"Content-Type": content_type.encode("latin-1", "replace")}
    in_memory = {"MAX_MEMORY_FILE_SIZE": len(body) + 1}
    try:
        parser = create_form_parser(headers, on_field, on_file, config=in_memory)
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError):
        return fields, b""
    return fields, next(filter(None, files), b"")
