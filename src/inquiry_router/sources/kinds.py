"""Every kind of source there is: the vendors' and the phone platforms'."""

from typing import Final

from inquiry_router.configuration import source_kinds

SOURCES: Final = source_kinds.SOURCES
