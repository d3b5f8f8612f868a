"""What may stand between the word for a secret and the secret: “mật khẩu đăng nhập của em là: …”.

Pieces of patterns over folded text.
"""

FILLER = (
    r"(?:[ \t]++(?:-[ \t]++)?(?:cua|em|toi|minh|don|vi|ben|truong|moi|cu|hien|tai|nay|dang|nhap|dvc"
    r"|dvctt|vao|he|thong|mail|email"
    r"|hop|thu|dat|token|usb|chu|ky|so|cks|cts|chung|tk|khoan|ktt|ktv|ctk|va|mac|dinh|tam|thoi|ban|dau"
    r"|nhu|sau|thanh|may"
    r"|tinh|wifi|file|tep|nen|giai|zip|duoc|cap|user|account|login|for|the|my|ke|toan|vien|cho|se|a"
    r"|nhe|nha|mo|vua|nhan|gui|ve|dung|van|de|muon|doi|sang|thiet|bi|thi|dien|thoai|sms|tin|qua))"
)
"""A word that tells whose or what for: “của em”, “đăng nhập”."""

# blanks are never given back: of two runs of them side by side the time would be the product
SIGN = r"(?P<sign>[\"'”’]?[ \t]*+(?:[-=]>|[:=→])+[ \t]*+|[ \t]++(?:la|is)(?=[\s:])[ \t]*+:?[ \t]*+)"
"""What says that the secret comes now: “:”, “=>”, “là”; it is the group ``sign``."""

ASIDE = r"(?:[ \t]*+\([^()\n:=]{0,40}\))?"
"""A remark in brackets."""

BREAK = r"(?:[ \t|]{0,60}\n[ \t|>*-]{0,60}){0,2}"
"""The secret begins a line or two below."""
