"""Decode the bytes of mails, whose declared charset is often missing or wrong.

The names are those that browsers know (encoding.spec.whatwg.org), and some that senders make up.
"""

import codecs
import re
from typing import Final

# Browsers read these names as the charset of Windows that extends them.
_ALIASES: Final = {
    "iso88591": "windows-1252",
    "latin1": "windows-1252",
    "l1": "windows-1252",
    "iso885915": "iso-8859-15",
    "iso88592": "iso-8859-2",
    "latin2": "iso-8859-2",
    "l2": "iso-8859-2",
    "iso88599": "windows-1254",
    "latin5": "windows-1254",
    "utf8": "utf-8",
    "unicode11utf8": "utf-8",
    "xunicode20utf8": "utf-8",
    "ksc56011987": "cp949",
    "euckr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "xsjis": "shift_jis",
    "xmaccyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "xmacroman": "mac_roman",
    "iso88598i": "iso-8859-8",
}
_WINDOWS: Final = re.compile(r"(?:x?(?:cp|win|windows|ms|microsoft)?(?:cp)?)(125[0-8]|874)")
# A declaration that says nothing.
_UNSAID: Final = frozenset(
    {"", "usascii", "ascii", "ansix341968", "unknown", "unknown8bit", "8bit", "binary", "default"}
)
# A byte from 0x80 to 0x9F is a control in ISO 8859, which no mail has, and a letter in Windows.
_CONTROLS: Final = re.compile(rb"[\x80-\x9f]")
# Python's own encodings, used by no mail. Decoding punycode takes quadratic time.
_NO_CHARSETS: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape"})
# In a charset of one byte a letter, valid UTF-8 comes about by chance hardly ever.
_ONE_BYTE: Final = ("cp125", "iso8859", "koi8", "mac", "latin")
# The language of a text whose charset is unknown, by words in ASCII.
_CENTRAL: Final = re.compile(
    rb"(?<![\w\x80-\xff])(?:nie|jest|do|na|z|ze|je|pro|dobry)(?![\w\x80-\xff])", re.IGNORECASE
)
_WESTERN: Final = re.compile(
    rb"(?<![\w\x80-\xff])(?:le|la|les|est|vous|une|pour|bonjour|merci|el|los|una|por|che|sono"
    rb"|grazie|buongiorno|hola|the|and|gracias|obrigado|bom|dia|para|ich|und|der|die|das)"
    rb"(?![\w\x80-\xff])",
    re.IGNORECASE,
)
# Polish letters of windows-1250 between or before small ones (ł, ą, ż, Ł, Ż): in Western charsets
# they are ³, ¹, ¿, £ and ¯, which no word holds.
_MISREAD: Final = re.compile(
    rb"[a-z][\xb3\xb9\xbf][a-z]|[a-z]\xb9(?![\w\x80-\xff])"
    rb"|(?<![\w\x80-\xff])[\xa3\xaf](?:[a-z]|[\xb3\xb9\xbf\xea\xf3][a-z])"
)
# `<meta charset=...>` and `<meta http-equiv=... content="text/html; charset=...">`.
_META: Final = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MAX_META_BYTES: Final = 4_000
_MAX_LANGUAGE_BYTES: Final = 4_000
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def decoded(data: bytes, charset: str | None) -> str:
    """Decode bytes as UTF-8 or their charset, whichever they are; else by that of Windows."""
    if data.isascii() and not _is_shifted(charset):
        return _storable(data.decode("ascii"))
    name = python_name(charset)
    names = [name] if name is not None else []
    names.insert(0 if name is None or name.startswith(_ONE_BYTE) else 1, "utf-8")
    if name is not None and _is_polish_misread(data, name):
        names = ["utf-8", "cp1250"]
    if _CONTROLS.search(data):
        names = ["cp1250" if one == "iso8859-2" else one for one in names]
    for one in names:
        try:
            return _storable(data.decode(one))
        except (LookupError, ValueError):
            continue
    return _storable(_by_windows(data))


def charset_in_html(data: bytes) -> str | None:
    """Return the charset that HTML itself declares, for a part whose headers name none."""
    found = _META.search(data[:_MAX_META_BYTES])
    return found[1].decode("ascii", "replace") if found is not None else None


def _is_polish_misread(data: bytes, charset: str) -> bool:
    """True for Polish in windows-1250 that was declared as a charset of Western Europe."""
    if charset not in ("cp1252", "iso8859-1", "iso8859-15", "latin-1"):
        return False
    return _MISREAD.search(data) is not None and not _is_western(data)


def _storable(text: str) -> str:
    """Remove what no database keeps: NUL, and halves of surrogate pairs, which UTF-7 may hold."""
    return _UNSTORABLE.sub("", text)


def _is_shifted(charset: str | None) -> bool:
    """True for charsets that write letters of other alphabets in ASCII."""
    return (
        (charset or "").lower().strip().startswith(("iso-2022", "hz", "utf-7", "utf-16", "utf-32"))
    )


def python_name(charset: str | None) -> str | None:
    """Return Python's name of a charset; None for one that is unknown or that texts do not use."""
    bare = re.sub(r"[^a-z0-9]", "", (charset or "")[:80].lower())
    if bare in _UNSAID:
        return None
    windows = _WINDOWS.fullmatch(bare)
    name = f"cp{windows[1]}" if windows else _ALIASES.get(bare, (charset or "")[:80].strip())
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in _NO_CHARSETS else None


def _by_windows(data: bytes) -> str:
    """Decode as broken UTF-8 if most of it is valid, else as windows-1250, or 1252 by language."""
    broken = data.decode("utf-8", "replace")
    beyond_ascii = sum(not character.isascii() for character in broken)
    if beyond_ascii > 2 * broken.count("\ufffd"):
        return broken
    return data.decode("cp1252" if _is_western(data) else "cp1250", "replace")


def _is_western(data: bytes) -> bool:
    beginning = data[:_MAX_LANGUAGE_BYTES]
    return len(_WESTERN.findall(beginning)) > len(_CENTRAL.findall(beginning))
