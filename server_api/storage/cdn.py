"""Addresses of a content network before the store: CloudFront's, signed with a canned policy.

What is signed is the whole address and until when, by RSA with SHA-1 and PKCS #1 v1.5: CloudFront takes nothing else
of RSA keys. ("Create a signed URL using a canned policy" in its developer guide.)
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from server_api.contract.messages import SignedRequest
from server_api.domain.clock import Clock
from server_api.domain.media import attachment
from server_api.storage.secret_texts import is_reference, read_secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_FOR_URLS: Final = str.maketrans("+=/", "-_~")


class Cdn:
    """Signs addresses of objects by which a content network gives them out."""

    def __init__(self, url: str, key_id: str, key: RSAPrivateKey, clock: Clock) -> None:
        """``url`` is what stands before an object's key, without a slash at its end."""
        self._url = url
        self._key_id = key_id
        self._key = key
        self._clock = clock

    def sign(self, key: str, *, expires_in_s: int, content_type: str, filename: str) -> SignedRequest:
        """The right to read this object, whole or in ranges; a browser saves it under that name."""
        # The network hands these on to the bucket, which then answers with such headers.
        wanted = {
            "response-content-type": content_type,
            "response-content-disposition": attachment(filename),
            "response-content-encoding": "identity",
        }
        url = f"{self._url}/{key}?{urlencode(wanted, quote_via=quote)}"
        expires_at_s = self._clock.now_ms() // 1_000 + expires_in_s
        signed = {
            "Expires": str(expires_at_s),
            "Signature": _sign(self._key, canned_policy(url, expires_at_s)),
            "Key-Pair-Id": self._key_id,
        }
        return SignedRequest(url=f"{url}&{urlencode(signed, safe='~')}", expires_in_s=expires_in_s)


def canned_policy(url: str, expires_at_s: int) -> bytes:
    """What CloudFront rebuilds from the request and checks the signature of: no space, this order."""
    condition = f'{{"DateLessThan":{{"AWS:EpochTime":{expires_at_s}}}}}'
    return f'{{"Statement":[{{"Resource":"{url}","Condition":{condition}}}]}}'.encode()


def load_key(place: str) -> RSAPrivateKey:
    """The private key of a PEM file, or of ``secretsmanager:NAME``. Raises: OSError, SecretError, ValueError."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 - only who signs needs it
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    text = read_secret(place).encode() if is_reference(place) else Path(place).read_bytes()
    try:
        key = load_pem_private_key(text, password=None)
    except (TypeError, ValueError) as error:
        raise ValueError("it is no private key in PEM without a password") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("it is no RSA key")  # noqa: TRY004 - whoever reads it knows no types
    return key


def _sign(key: RSAPrivateKey, text: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA1  # noqa: PLC0415

    signature = key.sign(text, PKCS1v15(), SHA1())  # noqa: S303 - see above
    return b64encode(signature).decode().translate(_FOR_URLS)
