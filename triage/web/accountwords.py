"""What is said about accounts: refusals, roles, ways of signing in."""

from collections.abc import Mapping

from triage.core.accounts import AccountRefusal
from triage.core.people import Factor, Role
from triage.web.templating import Words

_REFUSALS: Mapping[AccountRefusal, str] = {
    AccountRefusal.LOGIN: (
        "Tên đăng nhập gồm 2 đến 64 ký tự: chữ a–z không dấu, số, dấu chấm, gạch ngang, gạch dưới."
    ),
    AccountRefusal.TAKEN: "Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.",
    AccountRefusal.DISPLAY_NAME: "Hãy ghi họ tên để người khác nhận ra.",
    AccountRefusal.ADDRESS: "Địa chỉ thư này không dùng được. Hãy ghi dạng ten@donvi.vn.",
    AccountRefusal.OUR_ADDRESS: "Đây là địa chỉ của chính hộp thư hỗ trợ. Hãy ghi địa chỉ của người này.",
    AccountRefusal.HAS_ADDRESS: "Địa chỉ thư này là của một người dùng khác.",
    AccountRefusal.YOURSELF: (
        "Bạn không thể tự đổi vai trò hoặc tự khóa tài khoản của mình. Hãy nhờ quản trị viên khác."
    ),
    AccountRefusal.LAST_ADMIN: "Đây là quản trị viên cuối cùng. Hãy thêm một quản trị viên khác trước.",
    AccountRefusal.NO_QUEUES: "Vai trò này xem được mọi hàng đợi. Hãy bỏ trống ô hàng đợi.",
    AccountRefusal.NEEDS_QUEUE: "Cán bộ đầu mối cần ít nhất một hàng đợi.",
    AccountRefusal.DISABLED: "Tài khoản này đang bị khóa. Hãy mở khóa trước.",
    AccountRefusal.DEPUTY: "Người thay phải đang hoạt động và có cùng vai trò với bạn.",
    AccountRefusal.NO_COORDINATOR: "Chỉ cán bộ đầu mối mới cần quyền này; vai trò khác vẫn trả lời được.",
    AccountRefusal.DEPUTY_AWAY: "Người thay cũng vắng trong thời gian đó. Hãy chọn người khác.",
    AccountRefusal.LEAVE: "Ngày về phải sau ngày đi và chưa qua.",
    AccountRefusal.PASSWORD: "Mật khẩu hiện tại không đúng.",
    AccountRefusal.SHORT: "Mật khẩu cần ít nhất 12 ký tự. Một câu ngắn dễ nhớ là đủ.",
    AccountRefusal.LONG: "Mật khẩu dài nhất 128 ký tự.",
    AccountRefusal.HAS_LOGIN: "Mật khẩu không được chứa tên đăng nhập.",
    AccountRefusal.LINKED: "Tài khoản của cơ quan này đã gắn với một người dùng khác.",
    AccountRefusal.NO_PROVIDER: "Chưa cài đăng nhập bằng tài khoản cơ quan (mục [oidc] trong tệp cấu hình).",
    AccountRefusal.NO_SUBJECT: "Hãy ghi mã định danh (sub) của người này ở tài khoản cơ quan.",
    AccountRefusal.COMMON: "Mật khẩu này dễ đoán. Hãy thêm những từ mà chỉ bạn nghĩ tới.",
}

_ROLES: Mapping[Role, str] = {
    Role.COORDINATOR: "Cán bộ đầu mối",
    Role.AGENT: "Cán bộ hỗ trợ",
    Role.SECURITY: "Cán bộ an toàn thông tin",
    Role.AUDITOR: "Cán bộ kiểm tra",
    Role.ADMIN: "Quản trị viên",
}

_FACTORS: Mapping[Factor, str] = {
    Factor.PASSWORD: "mật khẩu",
    Factor.CODE: "mật khẩu và mã xác thực",
    Factor.RECOVERY: "mật khẩu và mã khôi phục",
    Factor.OIDC: "tài khoản cơ quan",
    Factor.HALF: "chưa nhập mã xác thực",
    Factor.ENROL: "chưa cài mã xác thực",
}


def account_refusal(words: Words, code: AccountRefusal) -> str:
    """Say why an account cannot be changed so."""
    return words.say(_REFUSALS[code])


def role(words: Words, one: Role) -> str:
    """Name a role."""
    return words.say(_ROLES[one])


def factor(words: Words, one: str) -> str:
    """Say by what a session was opened."""
    return words.say(_FACTORS[Factor(one)])


def throttled(words: Words, minutes: int) -> str:
    """Say that there were too many tries."""
    return words.count(
        "Đã thử sai quá nhiều lần. Hãy đợi %(num)s phút rồi thử lại.",
        "Đã thử sai quá nhiều lần. Hãy đợi %(num)s phút rồi thử lại.",
        minutes,
    )
