"""Reading an ID token (OpenID Connect Core 1.0, 3.1.3.7): nothing in it counts before its signature does."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from triage.core.oidc import Attempt, Identity
from triage.errors import OidcRefusedError

ALGORITHMS = ("RS256", "ES256")
"""Pinned: what a token says of itself opens no other (CVE-2024-37568)."""

LEEWAY = timedelta(seconds=60)
"""How far the provider's clock may be from ours."""

OLDEST = timedelta(minutes=10)
"""How long ago a token may have been issued."""

_LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say: by whom, for whom, in which attempt, at which moment (UTC)."""

    issuer: str
    client_id: str
    attempt: Attempt
    now: datetime


def read_id_token(token: str, keys: Any, expected: Expected) -> Identity:  # noqa: ANN401 - JSON as it came
    """Give who signed in. Raises OidcRefusedError with the first thing that does not hold."""
    claims = _signed(token, keys)
    issued, ends = _moment(claims.get("iat")), _moment(claims.get("exp"))
    proved, now, attempt = _moment(claims.get("auth_time")), expected.now, expected.attempt
    subject = claims.get("sub")
    checks = (
        (claims.get("iss") == expected.issuer, "it is of another issuer"),
        (_is_for(claims, expected.client_id), "it is for somebody else"),
        (ends is not None and now < ends + LEEWAY, "it has ended"),
        (issued is not None and now - OLDEST - LEEWAY < issued < now + LEEWAY, "it was not issued just now"),
        (_same(claims.get("nonce"), attempt.nonce), "it belongs to another attempt"),
        (isinstance(subject, str) and 0 < len(subject) <= _LONGEST_SUBJECT, "it names no subject"),
        (
            not attempt.again or (proved is not None and proved > attempt.started_at - LEEWAY),
            "its person did not sign in anew",
        ),
    )
    for holds, why in checks:
        if not holds:
            raise OidcRefusedError(f"The ID token is refused: {why}.")
    return Identity(expected.issuer, str(subject), proved and min(proved, now))


def _signed(token: str, keys: Any) -> dict[str, Any]:  # noqa: ANN401 - same
    try:
        return dict(jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS).claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, json.JSONDecodeError):
        raise OidcRefusedError("The ID token is refused: its signature does not hold.") from None


def _is_for(claims: dict[str, Any], client_id: str) -> bool:
    """Whether a token is for us alone, or for several and we are the one that asked."""
    audience, party = claims.get("aud"), claims.get("azp")
    several = audience if isinstance(audience, list) else [audience]
    return client_id in several and (party == client_id or (party is None and len(several) == 1))


def _same(told: object, nonce: str) -> bool:
    return isinstance(told, str) and compare_digest(told.encode("utf-8", "surrogatepass"), nonce.encode())


def _moment(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
