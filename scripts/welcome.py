"""Print a welcome for `make run`: the address of the docs, and a curl that works."""

from inquiry_router.process.settings import load_settings

settings = load_settings()
host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host
base = f"http://{host}:{settings.port}"
key_file = settings.admin_key_file
key = f'"$(cat {key_file})"' if key_file and key_file.exists() else "YOUR_KEY"
print(f"""
  inquiry-router: pages for people at {base}/, docs and admin console at {base}/docs

  Paste this into another terminal:

    curl -s {base}/v1/inquiries \\
      -H "Authorization: Bearer {key.strip('"')}" \\
      -H 'Content-Type: application/json' \\
      -d '{{"channel": "email",
           "text": "Dzień dobry, pompa kupiona w marcu od wczoraj cieknie, proszę o serwis."}}'

  The key is in {key_file}; sign in with it, or use it behind "Authorize" in the docs.
  Stop with Ctrl-C.
""")
