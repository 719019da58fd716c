"""The SQL of inquiries."""
