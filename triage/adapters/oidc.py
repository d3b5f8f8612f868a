"""A provider of sign-ins by OpenID Connect: the code flow with PKCE, state and nonce.

Nobody is asked but the configured issuer and the places that its own document names; a redirect is followed
nowhere, and nothing goes without TLS but within this machine.
"""

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from triage.adapters.idtoken import ALGORITHMS, Expected, read_id_token
from triage.adapters.privateway import is_private_way
from triage.core.oidc import Attempt, Identity
from triage.errors import OidcError, OidcRefusedError
from triage.ports import Clock

_SECONDS = 5.0
_MOST_BYTES = 1024 * 1024
_NEEDED = {
    "code_challenge_methods_supported": frozenset({"S256"}),
    "id_token_signing_alg_values_supported": frozenset(ALGORITHMS),
    "response_types_supported": frozenset({"code"}),
}
"""What a document that tells of it must offer, of each at least one."""
_PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """One provider as the section [oidc] describes it; ``back`` is our address that it leads back to."""

    issuer: str
    client_id: str
    client_secret: str
    back: str
    ca_file: Path | None
    clock: Clock

    def address_of(self, attempt: Attempt) -> str:
        """Give the address at the provider where somebody signs in. Raises OidcError."""
        with self._client() as client:
            place = self._document(client)["authorization_endpoint"]
        address: str = prepare_grant_uri(
            place,
            client_id=self.client_id,
            response_type="code",
            redirect_uri=self.back,
            scope="openid",
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
            **({"prompt": "login", "max_age": "0"} if attempt.again else {}),
        )
        return address

    def identity(self, attempt: Attempt, code: str) -> Identity:
        """Give who signed in at the provider. Raises OidcError; OidcRefusedError for what does not hold."""
        with self._client() as client:
            document = self._document(client)
            token = self._token(client, document["token_endpoint"], attempt, code)
            keys = _asked(client, client.build_request("GET", document["jwks_uri"]))
        expected = Expected(self.issuer, self.client_id, attempt, self.clock.now())
        return read_id_token(token, keys, expected)

    def check(self) -> None:
        """Demand a provider whose document and keys would let somebody in. Raises OidcError."""
        with self._client() as client:
            document = self._document(client)
            keys = _asked(client, client.build_request("GET", document["jwks_uri"])).get("keys")
        for name, wanted in _NEEDED.items():
            offered = document.get(name, list(wanted))
            if not isinstance(offered, list) or wanted.isdisjoint(map(str, offered)):
                raise OidcError(f"{name} of {self.issuer} has none of {', '.join(sorted(wanted))}.")
        if not isinstance(keys, list) or not keys:
            raise OidcError(f"{self.issuer} publishes no key, so no sign-in can be proved.")

    def _client(self) -> httpx.Client:
        try:
            trust = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise OidcError(f"[oidc] ca_file cannot be read: {self.ca_file}: {error.strerror}.") from None
        return httpx.Client(verify=trust, timeout=_SECONDS, follow_redirects=False, trust_env=False)

    def _document(self, client: httpx.Client) -> dict[str, Any]:
        """Ask the issuer for where its parts are (OpenID Connect Discovery 1.0, 4)."""
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        document = _asked(client, client.build_request("GET", address))
        if document.get("issuer") != self.issuer:
            raise OidcError(f"The document of {self.issuer} is that of another issuer.")
        for place in _PLACES:
            if not isinstance(document.get(place), str) or not is_private_way(document[place]):
                raise OidcError(f"The document of {self.issuer} has no {place} with https.")
        return document

    def _token(self, client: httpx.Client, place: str, attempt: Attempt, code: str) -> str:
        request = client.build_request(
            "POST",
            place,
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": self.back,
                "code_verifier": attempt.verifier,
            },
        )
        # both halves are encoded as form fields before they are joined (RFC 6749, 2.3.1)
        auth = httpx.BasicAuth(quote(self.client_id, safe=""), quote(self.client_secret, safe=""))
        token = _asked(client, request, auth).get("id_token")
        if not isinstance(token, str):
            raise OidcRefusedError("The provider gave no ID token.")
        return token


def _asked(client: httpx.Client, request: httpx.Request, auth: httpx.Auth | None = None) -> dict[str, Any]:
    """Ask and give the JSON object of the answer; what is refused with 4xx raises OidcRefusedError."""
    host = request.url.host
    try:
        answer = client.send(request, auth=auth, stream=True)
        try:
            raw = bytearray()
            for piece in answer.iter_bytes():
                raw += piece
                if len(raw) > _MOST_BYTES:
                    raise OidcError(f"{host} answers with more than {_MOST_BYTES} bytes.")
        finally:
            answer.close()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OidcError(f"{host} cannot be reached: {type(error).__name__}.") from None
    if request.method == "POST" and answer.is_client_error:
        raise OidcRefusedError(f"{host} refuses the code with {answer.status_code}.")
    if answer.status_code != httpx.codes.OK:
        raise OidcError(f"{host} answers with {answer.status_code}.")
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OidcError(f"{host} answers with something else than a JSON object.")
    return found
