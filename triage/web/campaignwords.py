"""What campaigns of impostors are told in: sorts of signs, why a mail belongs to one, what happened to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from triage.core.campaigns import Sign, SignSort, Weight
from triage.core.defanging import defanged
from triage.db.campaigns import Event, Member
from triage.service.campaignacts import label
from triage.web.shown import visible
from triage.web.templating import Words

_BARE = frozenset({SignSort.WORDS, SignSort.HAND})
"""Signs that have no value to be shown."""


def sort_words(words: Words, sort: SignSort) -> str:
    """Say what sort of sign it is."""
    return {
        SignSort.ADDRESS: words.say("Địa chỉ thư"),
        SignSort.DOMAIN: words.say("Tên miền"),
        SignSort.PHONE: words.say("Số điện thoại"),
        SignSort.ZALO: words.say("Nhóm Zalo"),
        SignSort.ACCOUNT: words.say("Số tài khoản"),
        SignSort.PERSONA: words.say("Tên hiển thị và địa chỉ gần giống"),
        SignSort.SHAPE: words.say("Tên miền gần giống"),
        SignSort.WORDS: words.say("Lời văn giống nhau"),
        SignSort.PROVIDER: words.say("Nhà cung cấp hộp thư"),
        SignSort.HAND: words.say("Do người gộp"),
    }[sort]


def weight_words(words: Words, weight: Weight) -> str:
    """Say how much a sign tells."""
    return {
        Weight.STRONG: words.say("đủ để gộp"),
        Weight.OWN: words.say("cần thêm dấu hiệu khác"),
        Weight.SHARED: words.say("nhiều người dùng chung"),
    }[weight]


def value_of(sign: Sign) -> str:
    """Give what a sign is, written so that nothing makes a link of it."""
    return visible(defanged(sign.value))


def role_words(words: Words, one: Member) -> str:
    """Say what a mail has to do with the impostor."""
    if one.role == "reported":
        return words.say("Đơn vị báo")
    return words.say("Đang tạm giữ") if one.status == "held" else words.say("Đã xác nhận mạo danh")


def reasons_of(words: Words, one: Member, codes: Mapping[int, str]) -> list[str]:
    """Say by what a mail belongs to which other, one sentence each; ``codes`` are tickets by mail."""
    return [
        words.say(
            "%(signs)s, với thư của phiếu %(code)s",
            signs=", ".join(_named(words, sort, value) for sort, value in reason["signs"]),
            code=codes.get(reason["with"], f"#{reason['with']}"),
        )
        for reason in one.reasons
    ]


def _named(words: Words, sort: str, value: str) -> str:
    kind = SignSort(sort)
    told = sort_words(words, kind)
    return told if kind in _BARE else f"{told} {visible(defanged(value))}"


def event_words(words: Words, event: Event) -> str:
    """Say what happened to a campaign."""
    data: Mapping[str, Any] = event.data
    number = data.get("other", data.get("into"))
    values = {
        "other": label(number) if isinstance(number, int) else "",
        "name": visible(str(data.get("text", ""))),
        "num": data.get("put", data.get("letters", 0)),
    }
    say = words.say
    told = {
        "joined": say("một thư nối chiến dịch này vào %(other)s"),
        "took_over": say("nhận các thư của %(other)s"),
        "parted": say("tách ra lại vì thư nối đã rời đi"),
        "campaign_named": say("đặt tên “%(name)s”"),
        "campaign_merged": say("gộp với %(other)s"),
        "campaign_unmerged": say("bỏ gộp với %(other)s"),
        "campaign_split": say("tách một thư ra khỏi chiến dịch"),
        "campaign_put_back": say("đưa một thư trở lại"),
        "campaign_watched": say("đưa %(num)s dấu hiệu vào danh sách theo dõi"),
        "campaign_notified": say("gửi thông báo cho cán bộ đầu mối (%(num)s thư)"),
    }
    return told[event.verb] % values if event.verb in told else event.verb


def some_of(names: Iterable[str], most: int = 3) -> str:
    """Name a few, and say by a mark that there are more."""
    each = list(dict.fromkeys(name for name in names if name))
    return ", ".join(each[:most]) + (", …" if len(each) > most else "")
