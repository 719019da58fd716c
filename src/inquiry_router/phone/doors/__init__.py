"""The doors of the telephone: one small file a platform, which reads its requests and writes its answers."""

from typing import Final

from inquiry_router.phone.doors.amazon_connect import AmazonConnect
from inquiry_router.phone.doors.asterisk import Asterisk
from inquiry_router.phone.doors.door import Door
from inquiry_router.phone.doors.freeswitch import FreeSwitch
from inquiry_router.phone.doors.generic import Generic
from inquiry_router.phone.doors.genesys import Genesys
from inquiry_router.phone.doors.jambonz import Jambonz
from inquiry_router.phone.doors.kamailio import Kamailio
from inquiry_router.phone.doors.plivo import Plivo
from inquiry_router.phone.doors.telnyx import Telnyx
from inquiry_router.phone.doors.twilio import Twilio
from inquiry_router.phone.doors.vonage import Vonage

_ALL: Final[tuple[Door, ...]] = (
    Twilio(),
    Telnyx(),
    Plivo(),
    Vonage(),
    Jambonz(),
    FreeSwitch(),
    Asterisk(),
    Genesys(),
    AmazonConnect(),
    Kamailio(),
    Generic(),
)
DOORS: Final[dict[str, Door]] = {door.kind: door for door in _ALL}
