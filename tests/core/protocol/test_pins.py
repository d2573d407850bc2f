"""LINK-1: the pin of a certificate's key."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.protocol.pins import pin_of
from optiverse_collab_server.certificate import new_certificate, new_key, pin_of_key
from tests.helpers.tls import LOCALHOST_PEM, LOCALHOST_PIN, der_of

NOW = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
LOCALHOST = der_of(LOCALHOST_PEM.read_bytes())


def test_a_pin_is_what_openssl_computes() -> None:
    """``openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary``."""
    assert pin_of(LOCALHOST) == LOCALHOST_PIN


def test_clients_and_servers_compute_one_pin() -> None:
    key = new_key()
    assert pin_of(der_of(new_certificate(key, ["lab-pc"] * 40, NOW))) == pin_of_key(key)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_keys_of_other_kinds_have_pins(kind: str) -> None:
    """An operator's certificate may have any kind of key; the hash covers the whole field."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lab")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW.replace(year=2028))
    certificate = builder.sign(key, hashes.SHA256() if kind == "rsa" else None)
    der = certificate.public_bytes(Encoding.DER)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.sha256(spki).digest()
    assert pin_of(der) == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_certificate_without_a_version_has_a_pin() -> None:
    """X.509 v1 leaves it out."""

    def element(tag: int, content: bytes) -> bytes:
        return bytes((tag, len(content))) + content

    key = element(0x30, b"key")
    signed = element(0x30, b"".join(element(0x02, b"\1") for _ in range(5)) + key)
    digest = hashlib.sha256(key).digest()
    assert pin_of(element(0x30, signed)) == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@given(st.integers(0, len(LOCALHOST) - 1))
def test_a_certificate_that_is_cut_off_has_none(length: int) -> None:
    with pytest.raises(ValueError, match="cut off"):
        pin_of(LOCALHOST[:length])


@given(
    st.binary(max_size=200) | st.integers(0, 80).map(lambda n: LOCALHOST[:n] + b"\xff" + LOCALHOST[n + 1 :])
)
def test_what_is_no_certificate_raises_nothing_else(data: bytes) -> None:
    try:
        pin = pin_of(data)
    except ValueError:
        return
    assert len(pin) == 43


@pytest.mark.parametrize("data", [b"\x02\x02\x30\x00", b"\x30\x02\x02\x00"])
def test_what_is_no_certificate_says_so(data: bytes) -> None:
    with pytest.raises(ValueError, match="it is not a certificate"):
        pin_of(data)
