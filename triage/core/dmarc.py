"""DMARC (RFC 7489): the record of a domain, alignment, and what follows from SPF and DKIM. Pure and total."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage.core.authresults import MethodResult, Result

LONGEST_RECORD = 4_096
"""Characters of a record that are read."""

MOST_TAGS = 50
_POLICIES = frozenset({"none", "quarantine", "reject"})
_VERSION = "DMARC1"
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """What a domain publishes (section 6.3).

    ``policy`` is for the domain, ``below`` for the domains below it; ``percent`` says for how much of the
    mail either is asked for. The strict flags demand the very domain instead of one of the same owner.
    """

    policy: str
    below: str
    percent: int = 100
    strict_dkim: bool = False
    strict_spf: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """The record that holds for a domain; ``inherited`` where it stands at the domain of the owner."""

    record: DmarcRecord
    inherited: bool = False

    @property
    def asked(self) -> str:
        """What the owner asks receivers to do with failing mail; told to people, never carried out."""
        policy = self.record.below if self.inherited else self.record.policy
        part = f" ({self.record.percent}%)" if self.record.percent != _WHOLE and policy != "none" else ""
        return policy + part


Policy = Published | None | OSError
"""What DNS says: a record, that there is none, or nothing for the moment."""


def choose_record(texts: Sequence[str]) -> DmarcRecord | None:
    """Choose among the TXT records of a name; several DMARC records are as good as none (section 6.6.3)."""
    found = [text for text in texts if _first_tag(text) == ("v", _VERSION)]
    return parse_record(found[0]) if len(found) == 1 else None


def parse_record(text: str) -> DmarcRecord | None:
    """Read one record; None where it is none. Unknown tags and bad values of the minor ones are passed over.

    A bad policy counts as "none" where reports are asked for, and makes the record void elsewhere.
    """
    if _first_tag(text) != ("v", _VERSION):
        return None
    tags: dict[str, str] = {}
    for part in text[:LONGEST_RECORD].split(";")[:MOST_TAGS]:
        key, value = _tag(part)
        tags.setdefault(key, value)
    policy = tags.get("p", "").lower()
    below = tags.get("sp", policy).lower()
    if policy not in _POLICIES or below not in _POLICIES:
        if not tags.get("rua", "").lower().startswith("mailto:"):
            return None
        policy = below = "none"
    return DmarcRecord(
        policy=policy,
        below=below,
        percent=_percent(tags.get("pct", "")),
        strict_dkim=tags.get("adkim", "").lower() == "s",
        strict_spf=tags.get("aspf", "").lower() == "s",
    )


def is_aligned(identity: str, author: str, registrable: Callable[[str], str], *, strict: bool) -> bool:
    """Whether a proven domain speaks for the domain of From (section 3.1): the same, or the same owner's."""
    if not identity or not author:
        return False
    return identity == author or (not strict and registrable(identity) == registrable(author))


def evaluate(
    author: str,
    policy: Policy,
    proofs: Sequence[MethodResult],
    registrable: Callable[[str], str],
    *,
    complete: bool = True,
) -> MethodResult:
    """Judge SPF and DKIM results for the domain of From.

    Without ``complete`` something could not be looked at, so that the lack of a pass proves nothing: the
    answer is then "none". A temporary error counts only where its domain could have spoken for the author: a
    stranger must not gain anything by letting his own DNS be silent.
    """
    strict = {"dkim": False, "spf": False}
    if isinstance(policy, Published):
        strict = {"dkim": policy.record.strict_dkim, "spf": policy.record.strict_spf}
    speaking = [
        proof.result
        for proof in proofs
        if is_aligned(proof.domain, author, registrable, strict=strict.get(proof.method, True))
    ]
    return MethodResult("dmarc", _verdict(policy, speaking, complete=complete), author)


def _verdict(policy: Policy, speaking: Sequence[Result], *, complete: bool) -> Result:
    if isinstance(policy, Published) and Result.PASS in speaking:
        return Result.PASS
    if isinstance(policy, OSError) or (Result.TEMPERROR in speaking and Result.PASS not in speaking):
        return Result.TEMPERROR
    return Result.FAIL if policy is not None and complete else Result.NONE


def _first_tag(text: str) -> tuple[str, str]:
    return _tag(text[:LONGEST_RECORD].partition(";")[0])


def _tag(part: str) -> tuple[str, str]:
    key, _, value = part.partition("=")
    return key.strip().lower(), value.strip()


def _percent(value: str) -> int:
    return min(int(value), _WHOLE) if value.isascii() and value.isdigit() and len(value) <= 3 else _WHOLE  # noqa: PLR2004 - 100 has three digits
