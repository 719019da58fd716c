"""The IVR: `python -m ivr.line PORT ROUTER_URL FALLBACK FOLDER`. It serves one call and ends.

It speaks with espeak-ng, listens to keys, and hands the caller over by REFER. If the router does
not answer within three seconds, it hands them to the fallback.
"""

import json
import subprocess
import sys
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pjsua2

from ivr.softphone import Softphone, sound_of


class Ringing(pjsua2.Call):
    """The call that is being served."""

    def __init__(self, account: pjsua2.Account, number: int) -> None:
        super().__init__(account, number)
        self.keys = ""
        self.over = False

    def onCallState(self, _: pjsua2.OnCallStateParam) -> None:
        self.over = self.getInfo().state == pjsua2.PJSIP_INV_STATE_DISCONNECTED

    def onDtmfDigit(self, event: pjsua2.OnDtmfDigitParam) -> None:
        self.keys += event.digit


class Line(pjsua2.Account):
    """The company's number."""

    call: Ringing | None = None

    def onIncomingCall(self, event: pjsua2.OnIncomingCallParam) -> None:
        self.call = Ringing(self, event.callId)
        accepted = pjsua2.CallOpParam()
        accepted.statusCode = 200
        self.call.answer(accepted)


class Ivr:
    """Serves one call."""

    def __init__(self, port: int, router: str, fallback: str, folder: Path) -> None:
        self.phone = Softphone("line", port)
        self.line = Line()
        self.line.create(self.phone.settings)
        self.router, self.fallback, self.folder = router, fallback, folder
        self.thread = ThreadPoolExecutor(1)
        self.player: pjsua2.AudioMediaPlayer | None = None

    def serve(self) -> None:
        print("ready", flush=True)
        assert self.phone.until(lambda: self.line.call, 30)
        call = self.line.call
        assert call is not None
        assert self.phone.until(lambda: sound_of(call), 5)
        self.phone.lift(sound_of(call))
        heard: dict[str, Any] = {}
        while not call.over:
            move = self.ask(call, heard)
            self.say(call, move["say"])
            if move["action"] == "transfer":
                self.hand_over(call, move["sip"] or f"sip:{move['number']}@127.0.0.1")
                return
            if move["action"] != "ask":
                call.hangup(pjsua2.CallOpParam(True))
                return
            self.phone.until(lambda: call.keys or call.over, move["timeout_s"] + 20)
            heard = {"step": move["step"], "digits": call.keys}
            call.keys = ""

    def ask(self, call: Ringing, heard: dict[str, Any]) -> dict[str, Any]:
        """Ask for the next step in a thread, so that the telephone goes on."""
        info = call.getInfo()
        question = {
            "call_id": info.callIdString,
            "from": info.remoteUri,
            "to": info.localUri,
            **heard,
        }
        answer: Future[dict[str, Any]] = self.thread.submit(_posted, self.router, question)
        self.phone.until(answer.done, 4)
        try:
            return answer.result(0)
        except Exception:  # a caller is on the line, whatever failed
            return {"action": "transfer", "say": "", "sip": self.fallback, "number": None}

    def say(self, call: Ringing, text: str) -> None:
        """Begin to speak; a key may be pressed at any time."""
        voice = sound_of(call)
        if not text or voice is None:
            return
        spoken = self.folder / "said.wav"
        subprocess.run(["espeak-ng", "-v", "pl", "-s", "220", "-w", str(spoken), text], check=True)
        self.player = pjsua2.AudioMediaPlayer()
        self.player.createPlayer(str(spoken), pjsua2.PJMEDIA_FILE_NO_LOOP)
        self.player.startTransmit(voice)
        self.phone.until(lambda: False, 1)

    def hand_over(self, call: Ringing, to: str) -> None:
        """REFER."""
        call.xfer(f"<{to}>", pjsua2.CallOpParam(True))
        self.phone.until(lambda: call.over, 5)


def _posted(url: str, question: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        url, json.dumps(question).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=3) as answer:
        return dict(json.load(answer))


if __name__ == "__main__":
    ivr = Ivr(int(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    ivr.serve()
    Softphone.end()
