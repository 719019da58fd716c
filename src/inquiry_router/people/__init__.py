"""People who sign in at the company's identity provider (OpenID Connect)."""
