"""Mail hygiene: what the customer asks now, without quotes, signatures, footers and the envelope of a forwarded mail. Pure."""
