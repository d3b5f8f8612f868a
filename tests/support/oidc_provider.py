"""A provider of sign-ins (OpenID Connect), served on this machine, that can be told to misbehave."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from support.viewing import serving

CLIENT, CLIENT_SECRET = "triage", "a secret: with/signs"

_RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
_EC = ECKey.generate_key("P-256", {"kid": "ec"})
_STRANGE = RSAKey.generate_key(2048, {"kid": "rsa"})


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(claims: dict[str, Any]) -> str:
    """Sign as it should be."""
    return jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, _RSA)


def sign_ec(claims: dict[str, Any]) -> str:
    """Sign with the other algorithm that is allowed."""
    return jwt.encode({"alg": "ES256", "kid": "ec"}, claims, _EC)


def sign_rs512(claims: dict[str, Any]) -> str:
    """Sign with the right key and an algorithm that is not allowed."""
    return jwt.encode({"alg": "RS512", "kid": "rsa"}, claims, _RSA, algorithms=["RS512"])


def sign_strangely(claims: dict[str, Any]) -> str:
    """Sign with a key of somebody else under the name of ours."""
    return jwt.encode({"alg": "RS256", "kid": "rsa"}, claims, _STRANGE)


def sign_not(claims: dict[str, Any]) -> str:
    """Leave the signature out and say so."""
    head, body = b'{"alg":"none"}', json.dumps(claims).encode()
    return f"{_b64(head)}.{_b64(body)}."


def sign_with_public_key(claims: dict[str, Any]) -> str:
    """Take the public key for a shared secret, which everybody knows."""
    head = _b64(b'{"alg":"HS256","kid":"rsa"}') + "." + _b64(json.dumps(claims).encode())
    return f"{head}.{_b64(hmac.new(_RSA.as_pem(private=False), head.encode(), hashlib.sha256).digest())}"


@dataclass
class OidcProvider:
    """What the provider does: who is signed in there, and how it goes wrong."""

    now: Callable[[], datetime]
    url: str = ""
    subject: str = "sub-lan"
    claims: dict[str, Any] = field(default_factory=dict)
    """Stand above the right ones; None leaves a claim out."""
    sign: Callable[[dict[str, Any]], str] = sign
    document: dict[str, Any] = field(default_factory=dict)
    """Stands above the right document."""
    down: bool = False
    moved: bool = False
    """Whether the document is a redirect to where it really lies."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """What browsers brought, oldest first."""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def token_of(self, asked: dict[str, str]) -> str:
        """Make the ID token of an attempt."""
        now = int(self.now().timestamp())
        claims = {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": asked["nonce"],
            "email": "lan@kbnn.example",
            **self.claims,
        }
        return self.sign({name: value for name, value in claims.items() if value is not None})

    def app(self) -> FastAPI:
        """Make what is served."""
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        def document() -> Response:
            if self.down:
                return Response(status_code=502)
            if self.moved:
                return RedirectResponse(f"{self.url}/elsewhere")
            return JSONResponse(self._document())

        @app.get("/elsewhere")
        def elsewhere() -> Response:
            return JSONResponse(self._document())

        @app.get("/keys")
        def keys() -> Response:
            return JSONResponse({"keys": [key.as_dict(private=False) for key in (_RSA, _EC)]})

        @app.get("/authorize")
        def authorize(request: Request) -> Response:
            asked = dict(request.query_params)
            self.asked.append(asked)
            code = uuid4().hex
            self._codes[code] = asked
            told = urlencode({"code": code, "state": asked["state"]})
            return RedirectResponse(f"{asked['redirect_uri']}?{told}", 303)

        @app.post("/token")
        def token(
            request: Request,
            code: Annotated[str, Form()],
            code_verifier: Annotated[str, Form()],
            redirect_uri: Annotated[str, Form()],
            grant_type: Annotated[str, Form()],
        ) -> Response:
            asked = self._codes.pop(code, None)
            challenge = _b64(hashlib.sha256(code_verifier.encode()).digest())
            known = base64.b64encode(b"triage:a%20secret%3A%20with%2Fsigns").decode()
            right = (
                asked is not None
                and asked.get("code_challenge_method") == "S256"
                and asked.get("code_challenge") == challenge
                and asked["redirect_uri"] == redirect_uri
                and asked["client_id"] == CLIENT
                and grant_type == "authorization_code"
                and request.headers.get("authorization") == f"Basic {known}"
            )
            if asked is None or not right:
                return JSONResponse({"error": "invalid_grant"}, 400)
            return JSONResponse(
                {"access_token": "x", "token_type": "Bearer", "id_token": self.token_of(asked)}
            )

        return app

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            **self.document,
        }


@contextmanager
def provider_of(now: Callable[[], datetime]) -> Iterator[OidcProvider]:
    """Serve a provider whose clock is this one."""
    provider = OidcProvider(now)
    with serving(provider.app()) as port:
        provider.url = f"http://127.0.0.1:{port}"
        yield provider
