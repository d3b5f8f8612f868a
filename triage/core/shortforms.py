"""Short forms that people type (ko, đc, hs, cks), spelled out so that one phrase finds them all."""

from collections.abc import Iterator

from triage.core.words import Word

SHORT_FORMS = {
    # small words
    **dict.fromkeys(("ko", "k", "kg", "kh", "khg", "hok", "hem", "hong", "khong", "khum"), "khong"),
    **dict.fromkeys(("dc", "duoc", "dk", "dkk", "ddc"), "duoc"),
    "hd": "huong dan",
    "hdsd": "huong dan su dung",
    # accounts and signatures
    **dict.fromkeys(("mk", "pass", "password", "pw", "pwd", "mkhau", "matkhau"), "mat khau"),
    **dict.fromkeys(("tk", "tkhoan", "acc", "account"), "tai khoan"),
    **dict.fromkeys(("login", "log"), "dang nhap"),
    **dict.fromkeys(("user", "username"), "ten dang nhap"),
    **dict.fromkeys(("cks", "ckyso", "chuky"), "chu ky so"),
    **dict.fromkeys(("cts", "ctso"), "chung thu so"),
    "ktt": "ke toan truong",
    "ktv": "ke toan vien",
    "ctk": "chu tai khoan",
    "tdn": "ten dang nhap",
    # papers of the treasury
    "hs": "ho so",
    "unc": "uy nhiem chi",
    "ksc": "kiem soat chi",
    "ckc": "cam ket chi",
    "grdt": "giay rut du toan",
    "gtgc": "ghi thu ghi chi",
    "yctt": "yeu cau thanh toan",
    "dntt": "de nghi thanh toan",
    "bctc": "bao cao tai chinh",
    "bcqt": "bao cao quyet toan",
    "dvctt": "dich vu cong truc tuyen",
    "attt": "an toan thong tin",
    "sdtk": "so du tai khoan",
}
"""Folded short forms and the folded words they stand for."""

_TWO_MEANINGS = frozenset({"dk", "dc", "user"})
_NOT = frozenset({"khong", "ko", "k", "kg", "kh", "khg", "chua", "hok", "hem", "hong"})
_BALANCES = frozenset({"so", "tk", "tai", "cong", "sdtk"})
_REACH = 4
"""Words before “đk” among which a denial makes it “được”."""


def spell_out(found: tuple[Word, ...]) -> tuple[Word, ...]:
    """Replace short forms by the words they stand for; one with two meanings as its neighbours say."""
    folded = [word.folded for word in found]
    if SHORT_FORMS.keys().isdisjoint(folded):
        return found
    full = list(found)
    others = [at for at, word in enumerate(folded) if word in SHORT_FORMS or not word.isalnum()]
    for at in reversed(others):
        full[at : at + 1] = _full_words(found, at, found[at])
    return tuple(full)


def _full_words(found: tuple[Word, ...], at: int, word: Word) -> Iterator[Word]:
    told = SHORT_FORMS.get(word.folded, word.folded)
    if word.folded in _TWO_MEANINGS:
        told = _by_neighbours(found, at, word.folded)
    for full in told.split():
        yield word if full == word.folded else Word(full, full, word.start, word.end)


def _by_neighbours(found: tuple[Word, ...], at: int, short: str) -> str:
    """Tell đk (đăng ký) from đk (được), đc (đối chiếu) from đc (được), user (người dùng) from its name."""
    before = {word.folded for word in found[max(0, at - _REACH) : at]}
    after = found[at + 1].folded if at + 1 < len(found) else ""
    match short:
        case "dk":
            denied = bool(before & _NOT) and after not in {"dc", "duoc", "dvc", "dvctt", "su", "tham", "moi"}
            return "duoc" if denied or not after else "dang ky"
        case "dc":
            return "doi chieu" if after in _BALANCES and not before & _NOT else "duoc"
        case _:
            return "user" if before & {"them", "xoa", "tao", "cap", "bot"} else "ten dang nhap"
