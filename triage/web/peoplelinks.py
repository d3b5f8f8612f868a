"""Tying accounts to the provider of the house, by which their people may sign in."""

from fastapi.responses import Response

from triage.core.accounts import AccountRefusal
from triage.core.people import Right
from triage.errors import AccountError
from triage.service import oidc
from triage.web.access import Asking, DeskRouter
from triage.web.peoplepages import Key, Text, keep_told

router = DeskRouter()


@router.act("/people/{name}/link", Right.PEOPLE, fresh="/people")
def link(ask: Asking, name: str, subject: Text = "", key: Key = "") -> Response:
    """Tie an account to a subject of the provider; its sessions end."""
    issuer = ask.desk.app.config.oidc.issuer
    if not issuer:
        raise AccountError(AccountRefusal.NO_PROVIDER, "No provider is set up in [oidc].")
    if not subject.strip():
        raise AccountError(AccountRefusal.NO_SUBJECT, "Which subject of the provider?")
    clock = ask.desk.app.means.clock
    oidc.link(ask.desk.database, clock, name, issuer, subject.strip(), actor=ask.person.name)
    sentence = ask.words.say("Đã gắn tài khoản cơ quan; người này phải đăng nhập lại.")
    return keep_told(ask, key, name, "identity_linked", sentence)


@router.act("/people/{name}/unlink", Right.PEOPLE, fresh="/people")
def unlink(ask: Asking, name: str, key: Key = "") -> Response:
    """Part an account from the provider; its sessions end, its password stays."""
    oidc.unlink(ask.desk.database, ask.desk.app.means.clock, name, actor=ask.person.name)
    sentence = ask.words.say("Đã bỏ gắn tài khoản cơ quan; người này đăng nhập bằng mật khẩu.")
    return keep_told(ask, key, name, "identity_unlinked", sentence)
