"""The measure: FastAPI with a pydantic body and a response model, and nothing behind it."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


class Contact(BaseModel):
    """The sender."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None


class Inquiry(BaseModel):
    """The same body as the service takes."""

    channel: str
    subject: str | None = None
    text: str
    language: str | None = None
    contact: Contact | None = None


@app.post("/echo", status_code=201, response_model=Inquiry)
async def echo(inquiry: Inquiry) -> Inquiry:
    """Answers what it was sent."""
    return inquiry
