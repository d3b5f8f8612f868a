"""Who a display name claims to be: the treasury itself, or somebody who mentions it."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from triage.core.decision import Finding, Severity
from triage.core.lookalike.canonical import canonical_host
from triage.core.lookalike.domains import check_domain
from triage.core.lookalike.reading import Label, read_label
from triage.core.lookalike.wording import finding
from triage.core.protected import Name, Protected
from triage.core.spelling.folds import plain_word, skeleton, without_format
from triage.core.spelling.typos import slips

_WORDS = re.compile(r"[a-z0-9]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONGEST_NAME = 200
_FLAG = frozenset({Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL})
_SERVICES = frozenset({"dvc", "mof", "btc"})
_OFFICE_WORK = frozenset({"ke", "giao"})
"""How "kế toán" and "giao dịch" open: work of a unit's clerk, and the name of a treasury's office."""
_NORTH, _SILVER = "bắc", "bạc"
_SCHOOL, _HEAD, _WARD = "trường", "trưởng", "phường"
_HEADED: tuple[list[str], ...] = ([], ["phong"], ["ban"], ["doi"], ["bo"], ["phan"])
"""What follows "trưởng" (head of) where marks are missing: no school is called so."""


def check_display_name(
    name: str, local: str, domain: str, protected: Protected, by_domain: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """Judge a decoded display name against its address and what was found about the domain of that."""
    name = without_format(name[:_LONGEST_NAME]).strip()
    host = canonical_host(domain)
    if not name or (host.plain and _is_state(host.seen, protected)):
        return ()
    spelt = _spelt_address(name, f"{local}@{domain}", host.seen, protected)
    claimed = _claim(name, host.seen, protected, by_domain)
    return tuple(each for each in (spelt, claimed) if each)


def _is_state(host: str, protected: Protected) -> bool:
    return (
        host.endswith(".gov.vn")
        or protected.belongs(host, protected.hosts.ours | protected.hosts.genuine) is not None
    )


@lru_cache(maxsize=4)
def _hosts(protected: Protected) -> re.Pattern[str]:
    hosts = sorted(protected.hosts.ours | protected.hosts.genuine, key=len, reverse=True)
    spelt = (r"\W*".join(map(re.escape, host.split("."))) for host in hosts)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spelt)})(?![a-z0-9])")


def _spelt_address(name: str, address: str, host: str, protected: Protected) -> Finding | None:
    """Mail programs show the name and hide the address: a name that is an address is read as the sender."""
    seen = skeleton(name)
    official = _hosts(protected).search(seen)
    if official:
        return finding("DISPLAY_NAME_IS_ADDRESS", Severity.HIGH, seen[:100], f"{name} ≠ {address}", host)
    written = _ADDRESS.search(seen)
    if not written or written.group() == skeleton(address):
        return None
    there = written.group().rpartition("@")[2]
    flagged = any(each.severity in _FLAG for each in check_domain(there, protected))
    severity = Severity.HIGH if flagged else Severity.LOW
    return finding("DISPLAY_NAME_IS_ADDRESS", severity, written.group(), f"{name} ≠ {address}", host)


def _claim(name: str, host: str, protected: Protected, by_domain: tuple[Finding, ...]) -> Finding | None:
    words = _words(skeleton(name))
    hinted = protected.name_hint.search("".join(words))
    if not hinted and not any(word[:1] == "k" for word in words):
        return None
    misspelt = _misspelt(words, protected)
    if not hinted and not misspelt:
        return None
    label = read_label("-".join(words), protected)
    claimed = _claimed(label, misspelt, protected)
    if not claimed or _is_silver(words, claimed, protected) or _is_north(name, claimed):
        return None
    evidence = f"{name} → {claimed.key}"
    if _is_unit(name, words, protected) or protected.belongs(host, protected.hosts.vendors):
        return finding("DISPLAY_NAME_UNIT", Severity.INFO, claimed.key, evidence)
    if by_domain:
        severity = Severity.HIGH if any(each.severity in _FLAG for each in by_domain) else Severity.LOW
    else:
        severity = _weight(claimed, words, host, protected)
    return finding("DISPLAY_NAME_SPOOF", severity, claimed.key, evidence, host, spoken=claimed.phrase)


def _words(seen: str) -> list[str]:
    """Give words: spelt-out letters joined, digits inside words as the letters that they look like."""
    words: list[str] = []
    single = False
    for word in _WORDS.findall(seen):
        if len(word) == 1 and single:
            words[-1] += word
        else:
            words.append(word)
        single = len(word) == 1
    return [plain_word(word) for word in words]


def _claimed(label: Label, misspelt: list[Name], protected: Protected) -> Name | None:
    """Give the name that counts most: the treasury before its services, long before short."""
    found = [protected.by_key[token.key] for token in label.names("strong", "short")]
    sure = [
        name
        for name in found
        if name.strong or name.key in {"statetreasury", *_SERVICES} or _has_company(name, label)
    ]
    sure += misspelt
    return max(sure, key=lambda name: (name.treasury, name.strong, len(name.key)), default=None)


def _has_company(name: Name, label: Label) -> bool:
    others = {token.kind for token in label.tokens if token.key != name.key}
    names = {"name"} if others & {"strong", "short"} else set()
    return label.explained and bool((others | names) & name.partners)


def _misspelt(words: list[str], protected: Protected) -> list[Name]:
    whole = protected.by_key.get("khobacnhanuoc")
    windows = ("".join(words[at : at + 4]) for at in range(len(words)))
    return [whole] if whole and any(slips(window, whole.key, 2) for window in windows) else []


def _is_silver(words: list[str], claimed: Name, protected: Protected) -> bool:
    return claimed.key == "khobac" and bool(_phrases(words) & protected.display.silver)


def _is_north(name: str, claimed: Name) -> bool:
    """Tell whether "kho bắc" (northern store) was written, which folds like "kho bạc"."""
    lower = unicodedata.normalize("NFC", name).lower()
    return claimed.key == "khobac" and _NORTH in lower and _SILVER not in lower


def _phrases(words: list[str]) -> frozenset[str]:
    """Give every run of up to four words."""
    return frozenset(" ".join(words[at : at + length]) for at in range(len(words)) for length in range(1, 5))


def _is_unit(name: str, words: list[str], protected: Protected) -> bool:
    lower = unicodedata.normalize("NFC", name).lower()
    if _SCHOOL in lower or _WARD in lower:
        return True
    if words[0] == "truong" and _HEAD not in lower and words[1:2] not in _HEADED:
        return True
    found = _phrases(words) & protected.display.units
    office = any(
        before in protected.display.offices and after in _OFFICE_WORK for before, after in pairwise(words)
    )
    state = office or "ke toan nha nuoc" in _phrases(words)
    return any(not state or phrase.split()[0] not in _OFFICE_WORK for phrase in found)


def _weight(claimed: Name, words: list[str], host: str, protected: Protected) -> Severity:
    """Weigh a claim made from a host that is not itself like an official one."""
    free = not host or protected.belongs(host, protected.hosts.freemail) is not None
    strangers = _strangers(words, protected)
    if claimed.treasury:
        if not strangers:
            return Severity.HIGH
        return Severity.MEDIUM if free or not host.endswith(".vn") else Severity.LOW
    if claimed.key == protected.mailbox and not free:
        return Severity.LOW
    return Severity.LOW if strangers else Severity.MEDIUM


def _strangers(words: list[str], protected: Protected) -> bool:
    """Whether words are left that neither name a body nor stand around one: a person, a firm."""
    known = protected.display.leads | protected.words.provinces
    explained = [False] * len(words)
    for at in range(len(words)):
        for length in range(1, 5):
            run = words[at : at + length]
            if len(run) == length and (
                " ".join(run) in known or "".join(run) in protected.lexicon.words or "".join(run).isdigit()
            ):
                explained[at : at + length] = [True] * length
    return not all(explained)
