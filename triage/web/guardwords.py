"""Why an answer is stopped, in the words of a person, with the words that gave the reason."""

from collections.abc import Sequence

from triage.core.outboundguard import Objection, Stop
from triage.web.templating import Words


def worded(words: Words, found: Sequence[Objection]) -> tuple[str, ...]:
    """Give a sentence for each objection."""
    return tuple(_sentence(words, one) for one in found)


def _sentence(words: Words, one: Objection) -> str:
    match one.stop:
        case Stop.ASKS:
            return words.say(
                "Câu “%(words)s” hỏi mật khẩu, mã PIN, mã OTP hoặc chứng thư số. "
                "Kho bạc đã công bố không bao giờ hỏi những thông tin này.",
                words=one.words,
            )
        case Stop.LINK:
            return words.say(
                "Nội dung có đường dẫn “%(words)s”. Thư của chúng ta không có đường dẫn; "
                "hãy chỉ đường bằng lời (tên mục, tên nút).",
                words=one.words,
            )
        case Stop.REMOTE:
            return words.say(
                "Câu “%(words)s” nói tới phần mềm điều khiển máy tính từ xa. "
                "Chúng ta không dùng phần mềm này.",
                words=one.words,
            )
        case Stop.SECRET:
            return words.say(
                "Nội dung ghi %(kind)s. Hãy xóa đi; không nhắc lại thông tin bí mật trong thư.",
                kind=secret_name(words, one.words),
            )
        case Stop.GAP:
            return words.say(
                "Nội dung còn chỗ trống “%(words)s” của câu trả lời cũ. Hãy điền lại hoặc xóa đi.",
                words=one.words,
            )


def secret_name(words: Words, kind: str) -> str:
    """Give what a secret is called, by its kind."""
    told = {
        "password": words.say("mật khẩu"),
        "file_password": words.say("mật khẩu của tệp"),
        "pin": words.say("mã PIN"),
        "otp": words.say("mã OTP"),
        "remote": words.say("mã truy cập máy tính từ xa"),
        "token": words.say("khóa truy cập (token)"),
        "citizen_id": words.say("số căn cước"),
        "account": words.say("số tài khoản"),
        "card": words.say("số thẻ"),
    }
    return told.get(kind, kind)
