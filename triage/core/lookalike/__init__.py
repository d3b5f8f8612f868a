"""Lookalikes of protected names among hosts, addresses and headers: what is imitated, and how surely."""

from triage.core.lookalike.addresses import check_address, check_text
from triage.core.lookalike.checks import CHECKS
from triage.core.lookalike.domains import check_domain
from triage.core.lookalike.headers import judge_names

__all__ = ["CHECKS", "check_address", "check_domain", "check_text", "judge_names"]
