"""Makes a server's key and self-signed certificate, and computes pins."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=365)
RENEWED_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)
"""How long before its creation a certificate becomes valid, for clients whose clocks are slow."""

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Optiverse Collaboration Server")])


def new_key() -> bytes:
    """A private key on the curve P-256, in PEM without a password."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def new_certificate(key_pem: bytes, names: Sequence[str], now: datetime) -> bytes:
    """A certificate that its own key has signed, in PEM.

    Args:
        key_pem: the private key.
        names: names and addresses of the machine; those that a certificate can't hold are left out.
        now: in UTC.

    Raises:
        ValueError: the key can't be read, or is of another kind.
    """
    key = _read_key(key_pem)
    builder = (
        x509.CertificateBuilder(_NAME, _NAME, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(_general_names(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def is_good(certificate_pem: bytes, key_pem: bytes, now: datetime) -> bool:
    """Whether a certificate belongs to this key, and does not expire soon.

    Raises:
        ValueError: the key can't be read, or is of another kind.
    """
    key = _read_key(key_pem)
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
    except ValueError:
        return False
    ends = certificate.not_valid_after_utc
    return certificate.public_key() == key.public_key() and now < ends - RENEWED_BEFORE


def end_of(certificates_pem: bytes) -> datetime:
    """When the first certificate ends, in UTC.

    Raises:
        ValueError: there is no certificate.
    """
    return x509.load_pem_x509_certificates(certificates_pem)[0].not_valid_after_utc


def pin_of_key(key_pem: bytes) -> str:
    """The pin of a private key's public key.

    Raises:
        ValueError: the key can't be read, or is of another kind.
    """
    return _pin(_read_key(key_pem).public_key())


def pin_of_own(certificates_pem: bytes) -> str | None:
    """The pin of the first certificate's key if it is self-signed; None otherwise.

    Raises:
        ValueError: there is no certificate.
    """
    first = x509.load_pem_x509_certificates(certificates_pem)[0]
    return _pin(first.public_key()) if first.issuer == first.subject else None


def _pin(key: CertificatePublicKeyTypes) -> str:
    """The hash of a public key for links: base64url without padding (LINK-1)."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def _read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("it is not a key on an elliptic curve")
    return key


def _general_names(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        with contextlib.suppress(ValueError):
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
            continue
        with contextlib.suppress(UnicodeError):
            found.append(x509.DNSName(name.encode("idna").decode()))
    return found
