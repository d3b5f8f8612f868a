"""A sample of every route of the API: who adds a route adds a row here, else a test fails.

The words in braces stand for what the test's world holds; ``foreign`` is the same address for an object of a
treasury that the coordinator does not look after.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ApiSample:
    """One route with an address, that of a foreign object, and the body that is sent."""

    route: str
    address: str
    foreign: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


def of_ticket(route: str, **body: Any) -> ApiSample:
    """Give the sample of a route below /tickets/{code}."""
    path = route.split()[1]
    own, foreign = (path.replace("{code}", f"{{{one}_ticket}}") for one in ("own", "foreign"))
    return ApiSample(route, own, foreign, body)


def of_mail(route: str) -> ApiSample:
    """Give the sample of a route below /mails/{mail}."""
    path = route.split()[1]
    own, foreign = (path.replace("{mail}", f"{{{one}_mail}}") for one in ("own", "foreign"))
    return ApiSample(route, own, foreign)


API_SAMPLES: tuple[ApiSample, ...] = (
    ApiSample("GET /token", "/token"),
    ApiSample("GET /queues", "/queues"),
    ApiSample("POST /verify", "/verify", body={"code": "SD261116-000001", "address": "x@y.example"}),
    ApiSample("GET /tickets", "/tickets"),
    of_ticket("GET /tickets/{code}"),
    # a version that no ticket has: nothing is changed
    of_ticket("POST /tickets/{code}/take", version=999),
    of_ticket("POST /tickets/{code}/notes", version=999, text="Đã gọi."),
    of_mail("GET /mails/{mail}"),
    of_mail("GET /mails/{mail}/raw"),
    ApiSample("GET /webhooks", "/webhooks"),
    # no host is named in [api] webhook_hosts of the test
    ApiSample(
        "POST /webhooks", "/webhooks", body={"address": "https://x.example", "events": ["ticket.opened"]}
    ),
    ApiSample("GET /webhooks/{webhook}", "/webhooks/999"),
    ApiSample("DELETE /webhooks/{webhook}", "/webhooks/999"),
)
