"""A proxy in front of the router, with the files of `deploy/` and a certificate for a day."""

import os
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2 as httpx

from tests_real.running import MAX_START_S, ROOT, Router, free_port, until

NGINX, CADDY = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), shutil.which("caddy")
_NGINX_FILE: Final = """daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """A running proxy: its address, that without TLS, and a client that trusts its certificate."""

    url: str
    plain: str | None
    client: httpx.Client


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of localhost that is valid for a day."""
    made, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*command, "-keyout", key, "-out", made], check=True, capture_output=True)
    return made, key


def nginx_site(router: Router, path: str, port: int, plain: int, cert: Path, key: Path) -> str:
    """The example as it stands, with our ports, our certificate and the path."""
    site = (ROOT / "deploy/nginx/inquiry-router.conf").read_text("utf-8")
    site = re.sub(r"    listen \[::\].*\n", "", site)
    for written, here in (
        ("127.0.0.1:8000", f"127.0.0.1:{router.port}"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("listen 80", f"listen 127.0.0.1:{plain}"),
        ("router.example.com;", "localhost;"),
        ("/etc/letsencrypt/live/router.example.com/fullchain.pem", str(cert)),
        ("/etc/letsencrypt/live/router.example.com/privkey.pem", str(key)),
    ):
        assert written in site, written
        site = site.replace(written, here)
    if path:
        site = site.replace("location / {", f"location {path}/ {{")
        site = site.replace("location = /metrics", f"location = {path}/metrics")
    return site


def caddy_site(router: Router, path: str, port: int, cert: Path, key: Path) -> str:
    """The example as it stands, at a name of its own, or the one at a path from its comment."""
    site = (ROOT / "deploy/caddy/Caddyfile").read_text("utf-8")
    begin = site.index("router.example.com {")
    if path:
        lines = re.findall(r"^#   (.*)\n", site[begin:], re.MULTILINE)
        site = site[:begin] + "\n".join(lines) + "\n"
    for name in ("router.example.com {", "acme.example {"):
        site = site.replace(
            name, f"https://localhost:{port} {{\n\ttls {cert} {key}\n\tbind 127.0.0.1"
        )
    site = site.replace("127.0.0.1:8000", f"127.0.0.1:{router.port}")
    return site.replace("{\n\tservers", "{\n\tadmin off\n\tauto_https off\n\tservers", 1)


@contextmanager
def front(kind: str, router: Router, path: str, folder: Path, port: int) -> Iterator[Front]:
    """Run a proxy of this kind until the block is left."""
    cert, key = certificate(folder)
    plain = free_port() if kind.startswith("nginx") else None
    if plain is not None:
        site = nginx_site(router, path, port, plain, cert, key)
        if "cut off" in kind:
            site = site.replace("http://inquiry_router;", "http://inquiry_router/;")
        (folder / "site.conf").write_text(site, "utf-8")
        file = folder / "nginx.conf"
        file.write_text(_NGINX_FILE.format(folder=folder), "utf-8")
        command = [str(NGINX), "-p", str(folder), "-c", str(file), "-e", f"{folder}/error.log"]
        subprocess.run([*command, "-t"], check=True)
    else:
        file = folder / "Caddyfile"
        file.write_text(caddy_site(router, path, port, cert, key), "utf-8")
        given = ["--config", str(file), "--adapter", "caddyfile"]
        subprocess.run([str(CADDY), "validate", *given], check=True)
        command = [str(CADDY), "run", *given]
    running = subprocess.Popen(command, env=os.environ | {"HOME": str(folder)})
    trusted = ssl.create_default_context(cafile=str(cert))
    url = f"https://localhost:{port}{path}"
    with httpx.Client(base_url=url, verify=trusted, timeout=60, trust_env=False) as client:
        try:
            until(
                "the proxy did not answer",
                lambda: client.get(f"{url}/health/live").is_success,
                MAX_START_S,
            )
            yield Front(url, f"http://localhost:{plain}" if plain else None, client)
        finally:
            running.terminate()
            running.wait()
