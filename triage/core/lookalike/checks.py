"""The checks of a host, each of one kind, tried in this order."""

from collections.abc import Callable

from triage.core.decision import Finding
from triage.core.lookalike.combos import name_in_core, name_in_front, short_name, split_name
from triage.core.lookalike.embedding import disguised_official, embedded_official
from triage.core.lookalike.others import other_body
from triage.core.lookalike.reading import Reading
from triage.core.lookalike.slips import misspelt_name, misspelt_short_name, near_gov_vn
from triage.core.lookalike.suffix import fake_suffix, swapped_suffix
from triage.core.protected import Protected

Check = Callable[[Reading, Protected], Finding | None]

CHECKS: tuple[Check, ...] = (
    disguised_official,
    embedded_official,
    swapped_suffix,
    fake_suffix,
    name_in_core,
    name_in_front,
    short_name,
    split_name,
    misspelt_name,
    misspelt_short_name,
    near_gov_vn,
    other_body,
)
