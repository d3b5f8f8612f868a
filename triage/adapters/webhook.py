"""Posts JSON to an address of the settings: no redirect is followed, no proxy of the environment is asked."""

from collections.abc import Mapping

import httpx

from triage.core.webhooksign import signed_headers
from triage.errors import TriageError
from triage.ports import Clock, Pager

SECONDS = 10.0


def post(address: str, body: bytes, section: str, headers: Mapping[str, str] | None = None) -> None:
    """Post a body; what is answered with anything but 2xx raises TriageError, which names the section."""
    told = {"content-type": "application/json", **(headers or {})}
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            # what it answers is not read: it may have no end
            client.stream("POST", address, content=body, headers=told) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The address may hold a token, so neither it nor the library's own sentence is told.
        raise TriageError(f"The webhook of [{section}] failed: {type(error).__name__}.") from None
    if not httpx.codes.is_success(status):
        raise TriageError(f"The webhook of [{section}] answers {status}.")


def pager(address: str, key: bytes, clock: Clock) -> Pager:
    """Give a way to tell pages to an address, each signed as Standard Webhooks does."""

    def tell(page_id: str, body: bytes) -> None:
        post(address, body, "paging", signed_headers(key, page_id, clock.now(), body))

    return tell
