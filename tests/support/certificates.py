"""Certificates for servers on loopback, made by the openssl program for one test run."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.programs import unavailable

MISSING = "openssl is not installed; on Debian: apt-get install openssl"

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = {names}
"""


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority that nobody else knows, and a server certificate signed by it."""

    authority: Path
    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_certificates(
    folder: Path, names: str = "DNS:localhost,IP:127.0.0.1", *, days: int = 2
) -> Certificates:
    """Make an authority and a certificate for these names (in openssl's form) in a folder.

    With negative ``days`` the certificate has expired.
    """
    if shutil.which("openssl") is None:
        unavailable(MISSING)
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "openssl.cnf"
    config.write_text(_CONFIG.format(name="triage test", names=names))
    made = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", str(config))
    authority_key = folder / "authority.key"
    _openssl(
        "req", "-x509", *new_key, "-extensions", "authority", "-days", "2",
        "-keyout", str(authority_key), "-out", str(made.authority), "-subj", "/CN=triage test authority",
    )  # fmt: skip
    request = folder / "server.csr"
    _openssl(
        "req", *new_key, "-keyout", str(made.key), "-out", str(request), "-subj", "/CN=triage test server"
    )
    _openssl(
        "x509", "-req", "-in", str(request), "-CA", str(made.authority), "-CAkey", str(authority_key),
        "-CAcreateserial", "-days", str(days), "-extfile", str(config), "-extensions", "server",
        "-out", str(made.certificate),
    )  # fmt: skip
    return made


def _openssl(*arguments: str) -> None:
    subprocess.run(("openssl", *arguments), check=True, capture_output=True)
