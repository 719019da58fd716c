"""Every kind of source there is: the vendors' and the phone platforms'."""

from typing import Any, Final

from inquiry_router.phone.sources import phone_kinds
from inquiry_router.providers import VENDOR_SOURCES
from inquiry_router.providers.kit.source import SourceKind

SOURCES: Final[dict[str, SourceKind[Any]]] = {
    **VENDOR_SOURCES,
    **{source.kind: source for source in phone_kinds()},
}
