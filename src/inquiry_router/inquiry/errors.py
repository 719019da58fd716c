"""The errors of the API, each with a stable code.

Only the API turns them into answers, as problem+json.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar


class RouterError(Exception):
    """An error for a client: a stable `code`, an HTTP `status`, and a `hint` on what to do."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request cannot be understood"
    hint: ClassVar[str] = "Compare the request with the example in /docs."

    def __init__(
        self,
        detail: str | None = None,
        *,
        hint: str | None = None,
        retry_after: int | None = None,
        **extra: object,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.advice = hint or self.hint
        self.retry_after = retry_after
        self.extra = extra


class BadJson(RouterError):
    code = "bad_json"
    title = "The body is not JSON that can be trusted"
    hint = (
        "Send one UTF-8 JSON object without repeated keys, NaN or Infinity, nested no deeper than "
        "32 levels."
    )


class UnreadableEvent(RouterError):
    code = "unreadable_event"
    title = "The webhook's body is not what this source takes"
    hint = "Compare it with the template in GET /v1/sources/{id}/setup. Nothing was stored."


class BadHeader(RouterError):
    code = "bad_header"
    title = "A header cannot be used"
    hint = "An Idempotency-Key has 1 to 255 printable ASCII characters."


class Unauthorised(RouterError):
    status = 401
    code = "unauthorised"
    title = "No valid API key was sent"
    hint = (
        "Send 'Authorization: Bearer irk_...'; an admin makes keys at POST /v1/api-keys or with "
        "'inquiry-router keys'."
    )


class NotProven(RouterError):
    status = 401
    code = "not_proven"
    title = "The request does not prove where it comes from"
    hint = (
        "Compare the secret set at the vendor with the source's: GET /v1/sources/{id}/setup has "
        "the steps. Nothing was stored."
    )


class CallNotProven(NotProven):
    status = 403
    code = "call_not_proven"
    title = "The call does not prove that it comes from the phone platform"
    hint = (
        "Compare the secret and the public address with the platform's: "
        "GET /v1/sources/{id}/setup. Nothing was stored."
    )


class Forbidden(RouterError):
    status = 403
    code = "forbidden"
    title = "This key may not do that"
    hint = "Use a key that has the scope named in 'required_scope'."


class NotFound(RouterError):
    status = 404
    code = "not_found"
    title = "There is nothing at this address"
    hint = "Check the id; lists such as GET /v1/inquiries show what exists."


class MethodNotAllowed(RouterError):
    status = 405
    code = "method_not_allowed"
    title = "This address does not take that method"
    hint = "The Allow header names the methods it takes."


class TooSlow(RouterError):
    status = 408
    code = "too_slow"
    title = "The request did not arrive in time"
    hint = "Send the whole request within 10 seconds; nothing was stored."


class Conflict(RouterError):
    status = 409
    code = "conflict"
    title = "The present state does not allow this"
    hint = "Read the resource again and decide anew."


class PreconditionFailed(RouterError):
    status = 412
    code = "precondition_failed"
    title = "Somebody changed it since you read it"
    hint = "Read it again, look at the change, then send yours with the new ETag in If-Match."


class BodyTooLarge(RouterError):
    status = 413
    code = "body_too_large"
    title = "The body is too large"
    hint = (
        "Send the text and leave attachments out: 256 kB are read, of webhooks 25 MB, of "
        "mails 50 MB."
    )


class UnsupportedMediaType(RouterError):
    status = 415
    code = "unsupported_media_type"
    title = "The body is of a kind that is not read"
    hint = "Send 'Content-Type: application/json' and no Content-Encoding."


class Invalid(RouterError):
    status = 422
    code = "invalid"
    title = "Some fields are wrong"
    hint = "Mend what 'detail' names, and send the request again."
    hint_for_errors: ClassVar[str] = "Each entry of 'errors' names a field and what it wants."

    def __init__(
        self,
        detail: str | None = None,
        *,
        hint: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
    ) -> None:
        if errors:
            super().__init__(detail, hint=hint or self.hint_for_errors, errors=errors)
        else:
            super().__init__(detail, hint=hint)


class KeyReused(RouterError):
    status = 422
    code = "key_reused"
    title = "This key came before with another body"
    hint = (
        "Use a new Idempotency-Key, or a new source.id, for a new inquiry; a later message of this "
        "one goes to POST /v1/inquiries/{id}/messages."
    )


class PreconditionRequired(RouterError):
    status = 428
    code = "precondition_required"
    title = "This change needs an If-Match header"
    hint = "Read the resource first and send its ETag back in If-Match."


class TooManyRequests(RouterError):
    status = 429
    code = "too_many_requests"
    title = "Too many wrong keys from this address"
    hint = "Wait as long as Retry-After says and use a valid key."


class HeaderTooLarge(RouterError):
    status = 431
    code = "header_too_large"
    title = "The header of the request is too large"
    hint = "Send at most 64 kB of address and header fields."


class RequestLimitReached(TooManyRequests):
    code = "request_limit"
    title = "This key sends too many requests"
    hint = (
        "Wait as long as Retry-After says; the RateLimit headers tell in advance. An admin raises "
        "the limit: 'requests_a_minute' of PUT /v1/api-keys/{id}, or "
        "INQUIRY_ROUTER_REQUESTS_A_MINUTE for all."
    )


class EventLimitReached(TooManyRequests):
    code = "event_limit"
    title = "This source sends too many requests"
    hint = (
        "Wait as long as Retry-After says. An admin raises the limit: "
        "INQUIRY_ROUTER_SOURCE_REQUESTS_A_MINUTE. Nothing was stored."
    )


class ReadingLimitReached(TooManyRequests):
    code = "reading_limit"
    title = "This key reads for too long"
    hint = (
        "Wait as long as Retry-After says, ask for less, or one thing after the other. An admin "
        "raises the limit: INQUIRY_ROUTER_READING_SECONDS_A_MINUTE."
    )


class Unavailable(RouterError):
    status = 503
    code = "unavailable"
    title = "It could not be stored now"
    hint = "Nothing was lost or half done: send the same request again after Retry-After seconds."

    def __init__(
        self, detail: str | None = None, *, hint: str | None = None, retry_after: int = 5
    ) -> None:
        super().__init__(detail, hint=hint, retry_after=retry_after)


class ReadUnavailable(Unavailable):
    code = "read_unavailable"
    title = "It could not be read now"
    hint = "Nothing was changed: send the same request again after Retry-After seconds."


class OutOfTime(Unavailable):
    code = "out_of_time"
    title = "The answer took too long"
    hint = (
        "Send it again after Retry-After seconds. It may have been stored: with the same "
        "Idempotency-Key or source.id nothing is stored twice."
    )


class ReadOutOfTime(Unavailable):
    code = "read_out_of_time"
    title = "Reading took too long, and was stopped"
    hint = "Nothing was changed. Ask for less: a smaller limit, a shorter period."


class Overloaded(Unavailable):
    code = "overloaded"
    title = "More inquiries wait than can be taken now"


class NotClassified(Unavailable):
    code = "not_classified"
    title = "The classifier did not answer in time"
    hint = "Nothing was stored or changed: try again after Retry-After seconds."


class Internal(RouterError):
    status = 500
    code = "internal"
    title = "The router made a mistake"
    hint = "Report the request_id; the log has the cause under it."


CATALOGUE: tuple[type[RouterError], ...] = (
    BadJson,
    BadHeader,
    UnreadableEvent,
    RouterError,
    Unauthorised,
    NotProven,
    Forbidden,
    CallNotProven,
    NotFound,
    MethodNotAllowed,
    TooSlow,
    Conflict,
    PreconditionFailed,
    BodyTooLarge,
    UnsupportedMediaType,
    Invalid,
    KeyReused,
    PreconditionRequired,
    TooManyRequests,
    HeaderTooLarge,
    RequestLimitReached,
    EventLimitReached,
    ReadingLimitReached,
    Unavailable,
    ReadUnavailable,
    OutOfTime,
    ReadOutOfTime,
    Overloaded,
    NotClassified,
    Internal,
)
