import pytest

from triage.core.parse import read_mail
from triage.core.upstream import find_upstream_spam


def told(*headers: str) -> bool:
    raw = "".join(f"{header}\r\n" for header in headers) + "\r\nText"
    reason = find_upstream_spam(read_mail(raw.encode()))
    return reason is not None and reason.code == "upstream_spam"


@pytest.mark.parametrize(
    "header",
    [
        "X-Spam-Flag: YES",
        "X-Spam-Flag: yes",
        "X-Spam-Status: Yes, score=9.1 required=5.0 tests=BAYES_99",
        "X-Spamd-Result: default: True [16.20 / 15.00]; BAYES_SPAM(5.10)[100.00%]",
        "X-Rspamd-Action: add header",
        "X-Rspamd-Action: reject",
        "X-Spam-Score: 14.2",
        "X-Spam-Score: 10.0 (++++++++++)",
    ],
)
def test_a_filter_that_says_spam_is_heard(header: str) -> None:
    assert told(header)


@pytest.mark.parametrize(
    "header",
    [
        "X-Other: YES",
        "X-Spam-Flag: NO",
        "X-Spam-Flag:",
        "X-Spam-Status: No, score=-1.9 required=5.0",
        "X-Spamd-Result: default: False [1.20 / 15.00]; TRUE_FRIEND(1.00)[]",
        "X-Rspamd-Action: no action",
        "X-Rspamd-Action: greylist",
        "X-Spam-Score: 4.9",
        "X-Spam-Score: -12",
        "X-Spam-Score: 99999999999999",
        "X-Spam-Score: many",
    ],
)
def test_a_filter_that_does_not_say_so_is_not(header: str) -> None:
    assert not told(header)


def test_a_clear_no_outweighs_a_score() -> None:
    assert not told("X-Spam-Status: No, score=11 required=12", "X-Spam-Score: 11")
