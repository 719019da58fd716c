"""Find the customer's own words in a mail. Pure.

Quotes, signatures, footers and the headers of a forwarded mail are cut.
"""
