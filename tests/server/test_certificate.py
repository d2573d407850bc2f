"""The key and the certificate that a server makes for itself."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from optiverse_collab.core.protocol.invite import Fragment, format_fragment
from optiverse_collab_server.certificate import (
    VALID,
    is_good,
    new_certificate,
    new_key,
    pin_of_key,
    pin_of_own,
)
from tests.helpers.tls import LOCALHOST_PEM, Authority

NOW = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
KEY = new_key()
DAY = timedelta(days=1)


def test_a_certificate_names_the_machine() -> None:
    names = ["lab-pc", "192.0.2.7", "::1", "münchen.example", "..", "lab pc"]
    certificate = x509.load_pem_x509_certificate(new_certificate(KEY, names, NOW))
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert found.get_values_for_type(x509.DNSName)[:2] == ["lab-pc", "xn--mnchen-3ya.example"]
    assert [str(address) for address in found.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "::1"]
    certificate.verify_directly_issued_by(certificate)


def test_a_certificate_is_renewed_in_its_last_month() -> None:
    certificate = new_certificate(KEY, ["lab"], NOW)
    assert is_good(certificate, KEY, NOW - DAY / 2)
    assert is_good(certificate, KEY, NOW + VALID - 31 * DAY)
    assert not is_good(certificate, KEY, NOW + VALID - 29 * DAY)
    assert not is_good(certificate, KEY, NOW + VALID + DAY)


def test_a_certificate_of_another_key_is_not_good() -> None:
    assert not is_good(new_certificate(new_key(), ["lab"], NOW), KEY, NOW)
    assert not is_good(b"damaged", KEY, NOW)


def test_a_pin_is_that_of_the_key() -> None:
    """LINK-1: two certificates of one key have one pin, and another key has another pin."""
    pin = pin_of_key(KEY)
    assert format_fragment(Fragment(None, pin)) == f"#pin={pin}"
    assert pin_of_own(new_certificate(KEY, ["lab"], NOW)) == pin
    assert pin_of_own(new_certificate(KEY, ["moved"], NOW + 300 * DAY)) == pin
    assert pin_of_key(new_key()) != pin


def test_a_pin_is_what_openssl_computes() -> None:
    """``openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary``."""
    assert pin_of_own(LOCALHOST_PEM.read_bytes()) == "qKQ_xuBcIQnlac86tr1zoCTfhTHFfJJutYQ2GYuqroo"


def test_a_certificate_that_an_authority_signed_has_no_pin() -> None:
    """The key may change with each renewal."""
    authority = Authority()
    signed = authority.sign(KEY)
    assert pin_of_own(signed + authority.certificate) is None
    assert pin_of_own(authority.certificate) is not None


@pytest.mark.parametrize("key", [b"damaged", b""])
def test_a_damaged_key_is_an_error(key: bytes) -> None:
    for use in (pin_of_key, lambda pem: new_certificate(pem, [], NOW)):
        with pytest.raises(ValueError, match=r"."):
            use(key)


def test_a_key_of_another_kind_is_an_error() -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="elliptic curve"):
        pin_of_key(pem)
