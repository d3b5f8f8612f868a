"""Signing in by the provider of the house (OpenID Connect): out to it, and back."""

from typing import Annotated

from fastapi import HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from triage.adapters.oidc import OidcProvider
from triage.core.oidc import Attempt
from triage.errors import OidcError, OidcRefusedError, ThrottledError
from triage.service import oidc as service
from triage.web.access import DeskRouter
from triage.web.cookies import (
    arrival_of,
    attempt_token_of,
    give_attempt_token,
    give_token,
    language_of,
    new_token,
    take_attempt_token,
)
from triage.web.desk import AnyDesk, Desk, network_of
from triage.web.outside import following, local
from triage.web.signin import sign_in_page
from triage.web.templating import Words, words_of

router = DeskRouter()

Told = Annotated[str, Query(max_length=2000)]


@router.get("/sign-in/oidc")
def begin(
    request: Request,
    desk: AnyDesk,
    next: Annotated[str, Query(max_length=1000)] = "/",  # noqa: A002 - the name in the address
    again: bool = False,  # noqa: FBT001, FBT002 - a word in the address
) -> Response:
    """Send the browser to the provider; ``again`` has its person prove himself there anew."""
    provider, network, now = _provider(desk), network_of(request), desk.now()
    token = new_token()
    try:
        service.count_attempt(desk.database, network, now)
        attempt = desk.attempts.begin(token, local(next), now, again=again)
        answer = RedirectResponse(provider.address_of(attempt), status_code=303)
    except ThrottledError as error:
        return sign_in_page(request, desk, next, 429, late=error.minutes)
    except OidcError as error:
        service.refuse(desk.database, desk.app.means.clock, str(error), network)
        return sign_in_page(request, desk, next, 503, failed=_unreachable(_words(request)))
    give_attempt_token(answer, desk, token)
    return answer


@router.get("/sign-in/oidc/back")
def back(
    request: Request, desk: AnyDesk, state: Told = "", code: Told = "", error: Told = "", iss: Told = ""
) -> Response:
    """Take whom the provider sends back; an unknown person and a disabled one are told in the same words."""
    provider, network, clock = _provider(desk), network_of(request), desk.app.means.clock
    attempt = desk.attempts.take(attempt_token_of(request, desk), state, clock.now())
    there = attempt.there if attempt else "/"
    try:
        begun = _demand_whole(attempt, whole=bool(code and not error and iss in {"", provider.issuer}))
        identity = provider.identity(begun, code)
    except OidcRefusedError as refusal:
        service.refuse(desk.database, clock, str(refusal), network)
        return _over(sign_in_page(request, desk, there, 400, failed=_unproved(_words(request))), desk)
    except OidcError as failure:
        service.refuse(desk.database, clock, str(failure), network)
        return _over(sign_in_page(request, desk, there, 503, failed=_unreachable(_words(request))), desk)
    token = new_token()
    demanded = frozenset() if desk.app.config.oidc.second_factor else desk.demanded
    arrival = arrival_of(request, desk, token)
    factor = service.sign_in(desk.database, clock, identity, begun, arrival, demanded)
    if factor is None:
        return _over(sign_in_page(request, desk, there, 403, failed=_unknown(_words(request))), desk)
    answer = RedirectResponse(following(factor, there), status_code=303)
    give_token(answer, desk, token)
    return _over(answer, desk)


def _provider(desk: Desk) -> OidcProvider:
    provider = desk.app.provider()
    if provider is None:
        raise HTTPException(404)
    return provider


def _demand_whole(attempt: Attempt | None, *, whole: bool) -> Attempt:
    if attempt is None:
        raise OidcRefusedError("No attempt of this browser is under way with such a state.")
    if not whole:
        raise OidcRefusedError("The provider came back without a code.")
    return attempt


def _over(answer: Response, desk: Desk) -> Response:
    take_attempt_token(answer, desk)
    return answer


def _words(request: Request) -> Words:
    return words_of(language_of(request))


def _unreachable(words: Words) -> str:
    return words.say(
        "Không liên lạc được với hệ thống đăng nhập của cơ quan. "
        "Hãy thử lại sau ít phút hoặc đăng nhập bằng mật khẩu."
    )


def _unproved(words: Words) -> str:
    return words.say("Lần đăng nhập này chưa hoàn tất hoặc đã hết hạn. Hãy đăng nhập lại từ đầu.")


def _unknown(words: Words) -> str:
    return words.say(
        "Tài khoản này chưa được gắn với người dùng nào ở đây. Hãy báo quản trị viên gắn tài khoản cho bạn."
    )
