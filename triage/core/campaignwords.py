"""The notice about a campaign as it begins: in the manner of letter 2225/TB-KBNN, for a person to finish."""

from collections.abc import Sequence
from datetime import date

from triage.core.campaigns import Sign, SignSort, Weight
from triage.core.letters import holds_link, spelled_out

MOST_NAMED = 3
"""Names that impostors go by, and treasuries, that the draft tells."""

_LONGEST_NAME = 60
_TOLD = {
    SignSort.ADDRESS: "",
    SignSort.DOMAIN: "",
    SignSort.PHONE: "số điện thoại ",
    SignSort.ZALO: "Zalo ",
    SignSort.ACCOUNT: "số tài khoản ",
}

_STEPS = """
Thông báo cho toàn thể công chức, người lao động trong cơ quan và các đơn vị sử dụng ngân sách đang giao dịch
biết thủ đoạn và dấu hiệu nêu trong thư này.

Khi có người lạ tự xưng là cán bộ, lãnh đạo Kho bạc liên hệ qua điện thoại, tin nhắn, Zalo, Viber hay thư điện
tử, phải tự kiểm tra lại qua số điện thoại đã biết trước khi thực hiện bất cứ yêu cầu nào.

Tuyệt đối không cung cấp mật khẩu, mã PIN chứng thư số, mã OTP cho bất kỳ ai; không làm theo hướng dẫn của
người lạ.

Tiếp tục công khai đầu mối tiếp nhận yêu cầu hỗ trợ ghi ở cuối thư này; đơn vị chỉ gửi yêu cầu tới đầu mối đó.

Đơn vị nào đã làm theo kẻ mạo danh thì đổi ngay mật khẩu, báo cho ngân hàng và Kho bạc nơi giao dịch, giữ
nguyên thư, tin nhắn và số điện thoại để làm bằng chứng.
"""
STEPS = tuple(" ".join(step.split()) for step in _STEPS.strip().split("\n\n"))
"""What coordinators are asked to do; whoever sends the notice makes it fit the case."""


def opening_words(
    wrote: int, reported: int, first: date, last: date, names: Sequence[str], places: Sequence[str]
) -> str:
    """Say what the impostors did between two local dates: how many mails and reports, as whom, where."""
    when = f"Ngày {first:%d/%m/%Y}"
    if first != last:
        when = f"Từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y}"
    counted = [f"{wrote} thư mạo danh"] if wrote else []
    counted += [f"{reported} phản ánh của các đơn vị"] if reported else []
    known = [name for name in names if len(name) <= _LONGEST_NAME and not holds_link(name)][:MOST_NAMED]
    posing = f", tự xưng là {', '.join(f'“{name}”' for name in known)}" if known else ""
    told = (
        f"{when}, Kho bạc Nhà nước ghi nhận {' và '.join(counted)} về cùng một nhóm đối tượng. "
        f"Các đối tượng này mạo danh cán bộ Kho bạc Nhà nước{posing}, liên hệ với đơn vị sử dụng ngân sách "
        "để lừa lấy thông tin đăng nhập, thông tin chứng thư số hoặc tiền của đơn vị."
    )
    if not places:
        return told
    some = ", ".join(spelled_out(one) or one for one in places[:MOST_NAMED])
    more = " và nơi khác" if len(places) > MOST_NAMED else ""
    return f"{told}\n\nCác đơn vị bị nhắm tới hoặc đã phản ánh giao dịch tại: {some}{more}."


def told_signs(signs: Sequence[tuple[Sign, int]]) -> tuple[str, ...]:
    """Give what coordinators can know the impostors by, in the order given; what many share is left out."""
    return tuple(
        f"{_TOLD[sign.sort]}{sign.value}"
        for sign, _ in signs
        if sign.weight is Weight.STRONG and sign.sort in _TOLD
    )
