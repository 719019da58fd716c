"""Mail hygiene: what the customer asks now, without quotes, signatures, footers and the header_block of a forwarded mail. Pure."""
