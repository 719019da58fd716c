"""A real Dovecot with mailboxes of its own, on one port with TLS."""

import datetime
import grp
import imaplib
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests_real.running import free_port, until

SERVER = Path("/usr/sbin/dovecot")
USER, PASSWORD = "serwis@acme.example", 'pa"ss & słowo'
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """A server that can be killed and started again. `ca` is the file of its certificate."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        self.ca = folder / "cert.pem"
        _write_certificate(folder)
        owner = pwd.getpwnam("nobody")
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
        (folder / "mail").mkdir()
        os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
        values = {
            "folder": folder,
            "port": self.port,
            "owner": owner.pw_name,
            "group": grp.getgrgid(owner.pw_gid).gr_name,
        }
        self._config = folder / "dovecot.conf"
        self._config.write_text(_CONFIG.format(**values), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen([SERVER, "-F", "-c", self._config], start_new_session=True)

        until("Dovecot did not start", self._answers)

    def stop(self) -> None:
        """Stop it with all its processes, which breaks every connection."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()
            self._process = None

    def number_anew(self) -> None:
        """Forget the numbers of all mails, as after a restored backup. It must be stopped."""
        box = self.folder / "mail" / USER
        for name in ("dovecot-uidlist", "dovecot-uidvalidity"):
            for file in box.rglob(f"{name}*"):
                file.unlink()
        for file in box.rglob("dovecot.index*"):
            file.unlink()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
            return True
        return False

    @contextmanager
    def mailbox(self) -> Iterator[imaplib.IMAP4_SSL]:
        """The mailbox, as another mail program sees it."""
        trusted = ssl.create_default_context(cafile=str(self.ca))
        with imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=trusted, timeout=20) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            yield client

    def deliver(self, mail: bytes) -> None:
        with self.mailbox() as client:
            status, said = client.append("INBOX", "", imaplib.Time2Internaldate(_now()), mail)
            assert status == "OK", said

    def count(self, folder: str, criteria: str = "ALL") -> int:
        with self.mailbox() as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return 0
            return len(client.search(None, criteria)[1][0].split())


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)  # its processes run as users of their own
    server = Dovecot(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.acme.example")])
    hosts = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - datetime.timedelta(days=1))
        .not_valid_after(_now() + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
