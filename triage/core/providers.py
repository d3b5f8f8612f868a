"""Public mail providers: two people who share one share a provider, not an organisation."""

_DOMAINS = """
    gmail.com googlemail.com yahoo.com yahoo.com.vn ymail.com outlook.com outlook.com.vn hotmail.com live.com
    msn.com icloud.com me.com mac.com aol.com zoho.com zohomail.com proton.me protonmail.com pm.me gmx.com
    gmx.net mail.com mail.ru yandex.com yandex.ru tutanota.com fastmail.com qq.com 163.com 126.com
    fpt.vn vnn.vn hn.vnn.vn hcm.vnn.vn dng.vnn.vn viettel.vn
"""
FREE_MAIL = frozenset(_DOMAINS.split())
