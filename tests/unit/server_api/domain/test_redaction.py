from __future__ import annotations

import time

import pytest

from server_api.domain.redaction import redact

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzaWQiOiJhYiJ9.c2lnbmF0dXJl"
REFRESH = "lsr_2UdHr9WiE03ezd5DXnIHJuQRobh-ZQEOsF-lwEQ9Lr8"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"token {JWT} end", JWT),
        (f"Authorization: Bearer {JWT}", JWT),
        ("authorization: bearer abc123def", "abc123def"),
        ("Authorization: Basic YWRhOnBhc3M=", "YWRhOnBhc3M="),
        (f'{{"refresh_token":"{REFRESH}"}}', REFRESH),
        ("POST /sign-in/AbC-123_x 303", "AbC-123_x"),
        ("http://host:8700/sign-in/AbC-123_x", "AbC-123_x"),
        ("/share/abcdef123", "abcdef123"),
        ("GET /v1/store/packs/aa?expires=1&signature=s3cr3t HTTP/1.1", "s3cr3t"),
        ("https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIA&X-Amz-Signature=abc", "abc"),
        ("postgresql+psycopg://ada:hunter2@db.example/lockstep", "hunter2"),
        ("hash $argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA stored", "aGFzaA"),
    ],
)
def test_a_secret_does_not_stay_in_the_text(text: str, secret: str) -> None:
    cleaned = redact(text)
    assert secret not in cleaned
    assert "[redacted]" in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "GET /v1/server 200",
        "what? yes",
        "the file a?b.txt",
        "listening on http://127.0.0.1:8700",
        "ada@example.org",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text


def test_long_hostile_texts_take_no_longer_than_their_length() -> None:
    started = time.process_time()
    for piece in ("eyJ", "lsr_", "://", "?a", "Bearer ", "/sign-in/", "?", "eyJa."):
        redact(piece * 20_000)
    assert time.process_time() - started < 10, "a pattern is not linear"
