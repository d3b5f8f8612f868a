"""What each finding says to a person, in Vietnamese and in English."""

from triage.core.decision import Finding, Severity

WORDING: dict[str, tuple[str, str]] = {
    "DOMAIN_HOMOGLYPH": (
        (
            "Tên miền dùng chữ hoặc số trông giống chữ khác để đọc thành {name}; "
            "tên miền này do người khác đăng ký."
        ),
        (
            "The domain uses letters or digits that look like others so that it reads as {name}; "
            "somebody else registered it."
        ),
    ),
    "DOMAIN_EMBED": (
        (
            "Tên miền chứa nguyên {name} bên trong một tên dài hơn; "
            "phần quyết định là {owner}, không thuộc cơ quan nhà nước."
        ),
        (
            "The domain carries all of {name} within a longer name; "
            "what decides is {owner}, which is not the state's."
        ),
    ),
    "DOMAIN_SUFFIX_FOLD": (
        "Tên miền giả đuôi gov.vn: phần quyết định là {owner}, ai cũng đăng ký được.",
        "The domain fakes the suffix gov.vn: what decides is {owner}, which anybody can register.",
    ),
    "DOMAIN_SUFFIX_SWAP": (
        "Tên miền viết như {name} nhưng đuôi khác gov.vn.",
        "The domain is written like {name} but ends otherwise than in gov.vn.",
    ),
    "DOMAIN_COMBO": (
        "Tên miền ghép tên {name} với từ khác; tên miền này do người khác đăng ký.",
        "The domain joins the name {name} with other words; somebody else registered it.",
    ),
    "DOMAIN_TLD_SWAP": (
        "Tên miền lấy đúng tên {name} nhưng ở đuôi khác.",
        "The domain takes exactly the name {name} but on another suffix.",
    ),
    "DOMAIN_BRAND_SUBDOMAIN": (
        "Tên {name} chỉ là phần đầu; tên miền thật là {owner}, không thuộc Kho bạc Nhà nước.",
        "The name {name} is only the front part; the real domain is {owner}, which is not the treasury's.",
    ),
    "DOMAIN_TYPO": (
        "Tên miền viết sai vài chữ so với {name}.",
        "The domain is {name} with a few letters wrong.",
    ),
    "DOMAIN_NEAR_GOVVN": (
        (
            "Tên miền dưới gov.vn gần giống {name}. "
            "Đuôi gov.vn không ai khác đăng ký được, nhưng địa chỉ người gửi có thể bị giả."
        ),
        (
            "The name below gov.vn is close to {name}. "
            "Nobody else can register below gov.vn, but a sender address can be forged."
        ),
    ),
    "DOMAIN_OTHER_BODY": (
        "Tên miền mượn tên cơ quan nhà nước khác ({name}) ngoài gov.vn.",
        "The domain borrows the name of another state body ({name}) outside gov.vn.",
    ),
    "DOMAIN_IP_LITERAL": (
        "Người gửi dùng địa chỉ IP thay cho tên miền.",
        "The sender uses an IP address in place of a domain.",
    ),
    "ADDRESS_UNREADABLE": (
        "Không đọc được địa chỉ người gửi.",
        "The sender's address cannot be read.",
    ),
    "ADDRESS_ENCODED": (
        (
            "Địa chỉ chứa từ mã hóa, điều mà chuẩn thư không cho phép (RFC 2047, mục 5); "
            "thường để che địa chỉ thật."
        ),
        (
            "The address holds encoded words, which the standard forbids (RFC 2047, section 5); "
            "it usually hides the real one."
        ),
    ),
    "LOCALPART_CLAIM": (
        "Tên hộp thư tự nhận là {name} nhưng nằm ở {owner}, không phải tên miền chính thức.",
        "The mailbox name claims to be {name} but lies on {owner}, which is not an official domain.",
    ),
    "LOCALPART_SLIP": (
        "Hộp thư trên tên miền chính thức nhưng viết sai tên {name}.",
        "The mailbox is on an official domain but misspells {name}.",
    ),
    "LOCALPART_UNIT": (
        "Hộp thư của một đơn vị giao dịch với Kho bạc, không phải giả danh.",
        "The mailbox of a unit that deals with the treasury, no impostor.",
    ),
    "DISPLAY_NAME_SPOOF": (
        "Tên hiển thị tự nhận là “{name}” nhưng địa chỉ gửi không thuộc cơ quan nhà nước.",
        "The display name claims to be “{name}” but the address is not the state's.",
    ),
    "DISPLAY_NAME_IS_ADDRESS": (
        "Tên hiển thị là địa chỉ {name}, khác địa chỉ gửi thật.",
        "The display name is the address {name}, other than the one that really sends.",
    ),
    "DISPLAY_NAME_UNIT": (
        "Tên hiển thị nhắc đến Kho bạc như nơi đơn vị giao dịch.",
        "The display name mentions the treasury as the place where a unit does business.",
    ),
    "REPLYTO_MISMATCH": (
        "Thư trả lời sẽ đi tới {owner}, không về {name}.",
        "Answers would go to {owner}, not to {name}.",
    ),
    "SENDER_MISMATCH": (
        "Thư mang tên {name} nhưng do {owner} gửi thay.",
        "The mail bears the name of {name} but {owner} sent it.",
    ),
    "SEVERAL_FROM": (
        "Thư có nhiều địa chỉ người gửi; chương trình thư chỉ hiện một.",
        "The mail has several From addresses; mail programs show only one.",
    ),
    "OFFICIAL_SENDER": (
        "Tên miền chính thức {name} và đã xác thực.",
        "The official domain {name}, authenticated.",
    ),
}
"""One row a code; ``{name}`` is what is imitated, ``{owner}`` who really stands behind."""

EMBEDDED_RESPELT = (
    (
        "Tên miền có đủ các chữ của {name} nhưng dấu chấm bị bỏ hoặc bị thay; "
        "phần quyết định là {owner}, không thuộc cơ quan nhà nước."
    ),
    (
        "The domain has all the letters of {name}, with its dots left out or replaced; "
        "what decides is {owner}, which is not the state's."
    ),
)
"""DOMAIN_EMBED of a name that does not stand there as it is: vst-gov.vn, vstgov.vn."""

NEITHER = (
    "Đây không phải là địa chỉ thư hay tên miền.",
    "This is neither a mail address nor a domain.",
)
"""ADDRESS_UNREADABLE of what has no at-sign and is no name of a host with a dot: a word, a phone."""


def finding(
    check: str,
    severity: Severity,
    name: str | None,
    evidence: str,
    owner: str = "",
    *,
    spoken: str = "",
    words: tuple[str, str] | None = None,
) -> Finding:
    """Make a finding with its sentences filled in; ``spoken`` is the name as people say it.

    ``words`` are other sentences than those of the table, where one code tells of two things.
    """
    vi, en = words or WORDING[check]
    values = {"name": spoken or name or "", "owner": owner}
    return Finding(check, severity, name, evidence, vi.format(**values), en.format(**values))
