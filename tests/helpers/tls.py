"""Keys and certificates for servers in tests, and a client that accepts any."""

from __future__ import annotations

import secrets
import ssl
from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

LOCALHOST_PEM = Path(__file__).parent.parent / "data" / "tls" / "localhost.pem"
LOCALHOST_PIN = "qKQ_xuBcIQnlac86tr1zoCTfhTHFfJJutYQ2GYuqroo"


def der_of(pem: bytes) -> bytes:
    """A certificate as it is sent over the network."""
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def server_context() -> ssl.SSLContext:
    """The TLS context of a server on this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(LOCALHOST_PEM)
    return context


def credulous() -> ssl.SSLContext:
    """The TLS context of a client that accepts any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def server_context_of(folder: Path, key: bytes, *certificates: bytes) -> ssl.SSLContext:
    """The TLS context of a server with these, in PEM; the server's own certificate comes first."""
    file = folder / f"{secrets.token_hex(4)}.pem"
    file.write_bytes(key + b"".join(certificates))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Authority:
    """Signs certificates for servers on this machine.

    Attributes:
        certificate: the authority's own certificate, in PEM.
    """

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An authority of tests")])
        self.certificate = self._sign(self._name, self._key, ca=True).public_bytes(Encoding.PEM)

    def sign(self, key: bytes) -> bytes:
        """Sign a certificate for a key; returns both in PEM."""
        read = load_pem_private_key(key, None)
        assert isinstance(read, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey))
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A server of tests")])
        return self._sign(name, read, ca=False).public_bytes(Encoding.PEM)

    def _sign(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, ca: bool
    ) -> x509.Certificate:
        now, day = datetime.now(timezone.utc), timedelta(days=1)
        names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        builder = x509.CertificateBuilder(self._name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - day).not_valid_after(now + 30 * day)
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        # From Python 3.13 on, certificates are checked strictly against RFC 5280.
        own, issuer = x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier
        builder = builder.add_extension(own.from_public_key(key.public_key()), critical=False)
        public = self._key.public_key()
        builder = builder.add_extension(issuer.from_issuer_public_key(public), critical=False)
        usage = x509.KeyUsage(not ca, False, False, False, False, ca, False, False, False)
        builder = builder.add_extension(usage, critical=True)
        return builder.sign(self._key, hashes.SHA256())
