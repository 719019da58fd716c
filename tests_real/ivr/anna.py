"""Anna: `python -m ivr.anna LINE_PORT OWN_PORT FOLDER KEY ...` rings, listens, presses keys.

She tells where she was sent, and how loud it was.
"""

import json
import struct
import sys
from pathlib import Path

import pjsua2

from ivr.softphone import Softphone, sound_of

_HEAD = 44


class Ringing(pjsua2.Call):
    """Her call."""

    sent_to: str | None = None
    over = False

    def goes_on(self) -> bool:
        """Report if the call has a result."""
        return self.sent_to is not None or self.over

    def onCallTransferRequest(self, event: pjsua2.OnCallTransferRequestParam) -> None:
        self.sent_to = event.dstUri
        event.statusCode = 202

    def onCallState(self, _: pjsua2.OnCallStateParam) -> None:
        self.over = self.getInfo().state == pjsua2.PJSIP_INV_STATE_DISCONNECTED


def main(line: int, own: int, folder: Path, keys: list[str]) -> None:
    """One call."""
    phone = Softphone("+48601234567", own)
    phone.settings.idUri = f'"Anna Nowak" <sip:+48601234567@127.0.0.1:{own}>'
    account = pjsua2.Account()
    account.create(phone.settings)
    call = Ringing(account)
    call.makeCall(f"sip:+48220000001@127.0.0.1:{line}", pjsua2.CallOpParam(True))
    assert phone.until(lambda: sound_of(call), 8)
    voice = sound_of(call)
    phone.lift(voice)
    recorder = pjsua2.AudioMediaRecorder()
    recorder.createRecorder(str(folder / "heard.wav"))
    voice.startTransmit(recorder)
    for key in keys:
        phone.until(call.goes_on, 3)
        if call.isActive() and call.sent_to is None:
            call.dialDtmf(key)
    phone.until(call.goes_on, 12)
    if call.isActive():
        call.hangup(pjsua2.CallOpParam(True))
    phone.until(lambda: call.over, 3)
    print(
        json.dumps({"sent_to": call.sent_to, "loudest": _loudest(folder / "heard.wav")}), flush=True
    )
    phone.end()


def _loudest(path: Path) -> int:
    # Read by hand: the length in its head is written when the recorder is gone.
    sound = path.read_bytes()[_HEAD:]
    return max(
        (abs(one) for (one,) in struct.iter_unpack("<h", sound[: len(sound) // 2 * 2])), default=0
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
