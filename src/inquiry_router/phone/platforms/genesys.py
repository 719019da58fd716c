"""Genesys Cloud: a web services data action, flat JSON in and out.

Source: help.mypurecloud.com, about custom data actions.
"""

from typing import Any, Final

from inquiry_router.phone.model import Abilities, DialReport, Heard, Move
from inquiry_router.phone.platforms.flat import flat_texts
from inquiry_router.phone.platforms.platform import (
    PhoneDocument,
    PhoneRequest,
    confidence_of,
    dial_status_of,
    digits_of,
    json_document,
    language_of,
    seconds_of,
    text_of,
)

# The inputs that Architect sends, with a description for the admin who connects them.
_INPUTS: Final = {
    "conversationId": "The conversation: Call.ConversationId.",
    "ani": "The caller: Call.Ani.",
    "dnis": "The called number: Call.CalledAddress.",
    "language": "The flow's language, for example pl-PL; may be empty.",
    "utterance": "The recognised words; may be empty.",
    "confidence": "Their confidence, 0 to 1; may be empty.",
    "digits": "The keys that were pressed; may be empty.",
    "step": "The step of the last answer; empty at first.",
    "dialStatus": "The result of a transfer, for example no-answer; may be empty.",
}
# The outputs for Architect, and our names for them.
_OUTPUTS: Final = {
    "action": "action",
    "sayText": "say",
    "language": "language",
    "team": "team",
    "queueName": "queue",
    "number": "number",
    "sip": "sip",
    "timeoutSeconds": "timeout_s",
    "step": "step",
    "category": "category",
    "confidence": "confidence",
    "reference": "reference",
    "callbackAt": "callback_at",
    "linkText": "link",
    "sendTo": "send_to",
}
_TIMEOUT_S: Final = 3


class Genesys:
    """Genesys Cloud with Architect."""

    kind = "genesys"
    title = "Genesys Cloud (data action)"
    abilities = Abilities(queues=True, dial_report=DialReport.UNKNOWN)

    def read(self, request: PhoneRequest) -> Heard:
        """Read the request of our contract."""
        fields = request.fields
        return Heard(
            call_id=text_of(fields.get("conversationId")) or "",
            caller=text_of(fields.get("ani")),
            called=text_of(fields.get("dnis")),
            step=text_of(fields.get("step")),
            digits=digits_of(fields.get("digits")),
            speech=text_of(fields.get("utterance")),
            speech_confidence=confidence_of(fields.get("confidence")),
            language=language_of(fields.get("language")),
            dial_status=dial_status_of(fields.get("dialStatus")),
            dial_seconds=seconds_of(fields.get("dialSeconds")),
            recording_url=text_of(fields.get("recordingUrl")),
            recording_seconds=seconds_of(fields.get("recordingSeconds")),
            ended=fields.get("ended") in (True, "true"),
        )

    def answer(self, move: Move, heard: Heard, address: str) -> PhoneDocument:
        """Write a flat object: texts, and the confidence as a number.

        None of the values is null, because Architect cannot read null reliably.
        """
        texts = flat_texts(move)
        answer: dict[str, Any] = {name: texts[ours] for name, ours in _OUTPUTS.items()}
        return json_document({**answer, "confidence": round(move.confidence or 0.0, 4)})


def data_action(address: str, header: str, secret_name: str) -> dict[str, Any]:
    """Build the data action for import: contract, request and translation map.

    `header` carries the credential that Genesys Cloud keeps under `secret_name`. Every output has a
    default, so that the flow continues if a value is missing.
    """
    return {
        "name": "inquiry-router decide",
        "integrationType": "custom-rest-actions",
        "actionType": "custom",
        "secure": False,
        "config": {
            "timeoutSeconds": _TIMEOUT_S,
            "request": _action_request(address, header, secret_name),
            "response": _action_response(),
        },
        "contract": {
            "input": {"inputSchema": _input_schema()},
            "output": {"successSchema": _success_schema()},
        },
    }


def _action_request(address: str, header: str, secret_name: str) -> dict[str, Any]:
    inputs = ", ".join(f'"{name}": "$esc.jsonString(${{input.{name}}})"' for name in _INPUTS)
    return {
        "requestUrlTemplate": address,
        "requestType": "POST",
        "headers": {
            "Content-Type": "application/json",
            header: f"${{credentials.{secret_name}}}",
        },
        "requestTemplate": f"{{{inputs}}}",
    }


def _action_response() -> dict[str, Any]:
    outputs = ", ".join(f'"{name}": ${{{name}}}' for name in _OUTPUTS)
    return {
        "translationMap": {name: f"$.{name}" for name in _OUTPUTS},
        "translationMapDefaults": {
            name: "0" if name == "confidence" else '""' for name in _OUTPUTS
        },
        "successTemplate": f"{{{outputs}}}",
    }


def _input_schema() -> dict[str, Any]:
    properties = {name: {"type": "string", "description": text} for name, text in _INPUTS.items()}
    return {"type": "object", "required": ["conversationId"], "properties": properties}


def _success_schema() -> dict[str, Any]:
    shapes = {name: {"type": "number" if name == "confidence" else "string"} for name in _OUTPUTS}
    return {"type": "object", "properties": shapes}
