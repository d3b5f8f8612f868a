"""What no answer of the desk may hold: a wish for a secret, a link, remote access, a secret, a gap to fill.

The public has been told that we never send or ask for these (letter 7102/TB-KBNN), so whoever does it in our
name is an impostor; one honest letter that does would make the next impostor credible. Advice against them
("không cung cấp mật khẩu cho bất kỳ ai") passes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from triage.core.contentrules import VERB_GROUPS
from triage.core.demands import REACH, SentenceReading
from triage.core.latepattern import late_pattern
from triage.core.letters import holds_link
from triage.core.links import hosts_in, urls_in
from triage.core.neutral import GAPS
from triage.core.phrases import Hit, Sentence, sentences
from triage.core.privacy import HIDDEN, find_secrets
from triage.core.rules import TrustRules
from triage.core.secretkinds import SecretKind


class Stop(StrEnum):
    """Why an answer is stopped."""

    ASKS = "asks"
    LINK = "link"
    REMOTE = "remote"
    SECRET = "secret"  # noqa: S105 - the name of a reason
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason to stop an answer, with the words that give it; of a secret its kind alone."""

    stop: Stop
    words: str


Check = Callable[[str, TrustRules], Iterator[Objection]]

_SECRETS = frozenset({"password", "pin", "key", "otp", "card"})
"""Rows of ``asked`` (rules/content.toml) that nobody may be asked to tell."""

_LOGIN = frozenset({"tai khoan va mat khau", "tai khoan mat khau", "thong tin dang nhap"})
_TOLD = frozenset({"give", "tell", "beg"})
_ASIDE = frozenset({"about", "trouble", "again", "how"})
_DENIES = frozenset({"not", "forbid"})

_CERTIFICATE = late_pattern(
    r"\b(?<!nha )(?:gui|cung cap|chuyen|ban giao|giao|nop|dua|muon)\b((?: \w+){0,4}?)"
    r" (?:(?:usb )?token|usb ky so|chung thu so|chu ky so|(?:file|tep)(?: \w+)? chung thu(?: so)?)\b"
)
_PAPER_WORDS = """
    serial hieu thong tin loi anh hinh man han ten loai yeu cau cap ho so don de nghi mau phieu to khai gia
    van ban giay ngay nha nganh ve qua bang kem
"""
_PAPERS = frozenset(_PAPER_WORDS.split())
"""Words between verb and certificate that make something else the thing that is sent."""

_QUESTION = late_pattern(
    r"\b(?:mat khau|ma pin|otp|ma xac thuc)\b(?: \w+){0,4} (?:la gi|la bao nhieu|bao nhieu|the nao)\b"
)
_WHY_NOT = late_pattern(
    r"\b(?:khong|chua) (?:gui|cung cap|doc|cho biet)\b(?: \w+){0,3}"
    r" (?:mat khau|ma pin|otp|ma otp|ma xac thuc)\b.*\?"
)
_FRONTED = late_pattern(
    r"\b(?:de nghi|vui long|xin|hay|yeu cau)\b(?: \w+){0,4} (?:gui|cung cap|doc|cho biet|nhan|chuyen)\b"
)
_AGAINST = late_pattern(
    r"\b(?:không|chưa|đừng|chớ|tránh|cấm|từ chối|gỡ|gỡ bỏ|xóa|xoá|loại bỏ|ngắt|thoát|tắt|dừng|cảnh giác)\b"
)
_AGAINST_PLAIN = late_pattern(r"\b(?:khong|chua|cho co|tranh|cam|tu choi|go bo|xoa|loai bo|ngat|canh giac)\b")
_GIVES_NONE = late_pattern(r"\bkhong\b(?: \w+){0,3} (?:gui|cung cap|giao|dua|cho)")
_IS_DONE = late_pattern(r"\b(?:da|se|duoc)$")
_NO_WISH = late_pattern(r"\b(?:khong|loi|anh|man hinh|so dien thoai|thong bao|mo ta)\b")
_REACH_OF_WISH = 25
_IF_NOT = late_pattern(
    r"\b(?:nếu|neu|khi|do|vì|vi|đơn vị nào|don vi nao)\b(?: \w+){0,4} (?:không|khong|chưa|chua)\b"
)
_DONE = late_pattern(r"\b(?:da|se|duoc)$")
_NO_WISH = late_pattern(r"\b(?:khong|loi|anh|man hinh|so dien thoai|thong bao|mo ta)\b")
_REACH_OF_WISH = 25
_IF_NOT = late_pattern(
    r"\b(?:nếu|neu|khi|do|vì|vi|đơn vị nào|don vi nao)\b(?: \w+){0,4} (?:không|khong|chưa|chua)\b"
)
_DONE = late_pattern(r"\b(?:đã|lỡ|từng)\b")
_CLAUSES = late_pattern(r"[,;:()–—]|\bthì\b|\bthi\b|\bnhưng\b|\bmà\b")
_MAIL = late_pattern(r"[^\s@]{1,64}@[^\s@]{1,255}")
_LONGEST_WORD = 300
"""Characters of a run without blanks; nobody writes a longer one, but links are."""


def objections(text: str, trust: TrustRules) -> tuple[Objection, ...]:
    """Give every reason to stop an answer, each once, in the order of the checks."""
    return tuple(dict.fromkeys(one for check in _CHECKS for one in check(text, trust)))


def _asks(text: str, trust: TrustRules) -> Iterator[Objection]:
    for sentence in sentences(text):
        if _asks_for_secret(sentence, trust) or _asks_for_certificate(sentence):
            yield Objection(Stop.ASKS, sentence.written)


def _asks_for_secret(sentence: Sentence, trust: TrustRules) -> bool:
    read = SentenceReading(sentence, trust.content.lexicon.find(sentence))
    nouns = [hit for hit in read.hits if _is_secret(hit, sentence)]
    if not nouns or _denies(read, nouns[0]):
        return False
    folded = " ".join(sentence.folded)
    if _QUESTION.search(folded) or _WHY_NOT.search(folded + sentence.written[-1:]):
        return True
    return any(_is_wanted(read, noun) or _is_fronted(read, noun) for noun in nouns)


def _is_secret(hit: Hit, sentence: Sentence) -> bool:
    name = hit.group.removeprefix("asked:")
    if name == "login":
        return " ".join(sentence.folded[hit.start : hit.end]) in _LOGIN
    return hit.group.startswith("asked:") and name in _SECRETS


def _denies(read: SentenceReading, noun: Hit) -> bool:
    """Whether the sentence says not to: "không cung cấp", "không bao giờ yêu cầu", "tuyệt đối không"."""
    if read.sentence.written.rstrip().endswith("?"):
        return False
    verbs = [hit for hit in read.hits if hit.group in _TOLD]
    for no in (hit for hit in read.hits if hit.group in _DENIES and hit.start < noun.start):
        if no.group == "forbid":
            return True
        if any(no.end <= verb.start <= no.end + 5 for verb in verbs if _same_clause(read, no, verb)):
            return True
    return False


def _same_clause(read: SentenceReading, one: Hit, other: Hit) -> bool:
    return read.clause_start(one.start) == read.clause_start(other.start)


def _is_wanted(read: SentenceReading, noun: Hit) -> bool:
    """Whether the verb nearest before a secret is one of telling, and we are not the ones who tell."""
    before = [hit for hit in read.hits if hit.group in VERB_GROUPS and hit.end <= noun.start]
    if read.sentence.folded[max(0, noun.start - 1) : noun.start] == ("xin",):
        return True
    verb = max(before, key=lambda hit: (hit.end, -hit.start), default=None)
    if verb is None or verb.group not in _TOLD or noun.start - verb.end > REACH:
        return False
    between = [hit for hit in read.hits if verb.end <= hit.start and hit.end <= noun.start]
    again = [hit for hit in between if hit.group == "again" and hit.start == verb.end]
    aside = any(hit.group in _ASIDE for hit in between if hit not in again)
    return not aside and not _we_tell(read, verb)


def _we_tell(read: SentenceReading, verb: Hit) -> bool:
    """Whether it is told what we or a program did: "chúng tôi đã gửi", "hệ thống sẽ gửi", "được cấp"."""
    at = read.sentence.folded
    before = at[max(0, verb.start - 3) : verb.start]
    if {"da", "se", "vua", "duoc", "tu"} & set(before):
        return not read.within("order", 0, verb.start)
    return bool(read.within("system", max(0, verb.start - 4), verb.start))


def _is_fronted(read: SentenceReading, noun: Hit) -> bool:
    """Whether the wish follows the secret: "mật khẩu và mã PIN đề nghị đơn vị gửi về …"."""
    rest = " ".join(read.sentence.folded[noun.end :])
    found = _FRONTED.search(rest)
    return found is not None and not _NO_WISH.search(rest[: found.end() + _REACH_OF_WISH])


def _asks_for_certificate(sentence: Sentence) -> bool:
    folded = " ".join(sentence.folded)
    if not sentence.written.rstrip().endswith("?") and _GIVES_NONE.search(folded):
        return False
    return any(
        not _PAPERS & set(found[1].split()) and not _IS_DONE.search(folded[: found.start()].rstrip())
        for found in _CERTIFICATE.finditer(folded)
    )


def _links(text: str, trust: TrustRules) -> Iterator[Objection]:
    plain = _MAIL.sub(" ", text)
    for url in urls_in(plain):
        yield Objection(Stop.LINK, url)
    files = trust.content.endings
    known = files.runs | files.macro | files.page | files.archive | files.disk | files.document
    known -= {"com"}
    for host in hosts_in(plain, trust.names):
        if host.rpartition(".")[2] not in known:
            yield Objection(Stop.LINK, host)
    for word in plain.split():
        if len(word) > _LONGEST_WORD:
            yield Objection(Stop.LINK, word[:80] + "…")
        elif holds_link(word) and not urls_in(word) and not hosts_in(word, trust.names):
            yield Objection(Stop.LINK, word)


def _remote(text: str, trust: TrustRules) -> Iterator[Objection]:
    for sentence in sentences(text):
        hits = tuple(hit for hit in trust.content.lexicon.find(sentence) if hit.group == "asked:remote")
        if not all(_speaks_against(sentence, hits, hit) for hit in hits):
            yield Objection(Stop.REMOTE, sentence.written)


def _speaks_against(sentence: Sentence, hits: tuple[Hit, ...], hit: Hit) -> bool:
    """Whether the words before a name tell not to use it; a question or "nếu không … thì" tells nothing.

    In a list ("không dùng A, B hay C") the words before its first name count for all. What is told of as done
    ("nếu máy đã cài …, đề nghị gỡ bỏ") needs the words against it anywhere in the sentence.
    """
    if sentence.written.rstrip().endswith("?"):
        return False
    said = _before(sentence, hits, hit)
    if _DONE.search(said) and _is_against(sentence, " ".join(sentence.words)):
        return True
    return not _IF_NOT.search(said) and _is_against(sentence, said)


def _before(sentence: Sentence, hits: tuple[Hit, ...], hit: Hit) -> str:
    """Give the words of the clause before a name; of a list, those before its first name."""
    starts = sorted(at for at in sentence.starts if at <= hit.start) or [0]
    start = starts.pop()
    names = {one.start for one in hits}
    while start in names and starts and any(starts[-1] <= name < start for name in names):
        start = starts.pop()
    return _CLAUSES.split(" ".join(sentence.words[start : hit.start]))[-1]


def _is_against(sentence: Sentence, said: str) -> bool:
    return bool(_AGAINST.search(said)) or (not sentence.marked and bool(_AGAINST_PLAIN.search(said)))


def _secrets(text: str, trust: TrustRules) -> Iterator[Objection]:
    del trust
    for secret in find_secrets(text):
        yield Objection(Stop.SECRET, SecretKind(secret.kind).value)


def _gaps(text: str, trust: TrustRules) -> Iterator[Objection]:
    """Stop what an old answer left open, and the masks of its secrets."""
    del trust
    for gap in (*GAPS, HIDDEN * 4):
        if gap in text:
            yield Objection(Stop.GAP, gap)


_CHECKS: tuple[Check, ...] = (_asks, _links, _remote, _secrets, _gaps)
