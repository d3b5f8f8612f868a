"""What stands in the audit, in words: what somebody did, and to what."""

from collections.abc import Mapping

from triage.web.historywords import verb_words
from triage.web.templating import Words

_ACTIONS: Mapping[str, str] = {
    # looking
    "view": "mở trang",
    "denied": "bị từ chối, không có quyền",
    # signing in and out
    "signed_in": "đăng nhập",
    "signed_out": "đăng xuất",
    "sign_in_refused": "đăng nhập không được",
    "password_given": "nhập đúng mật khẩu, chờ mã xác thực",
    "identity_given": "qua tài khoản cơ quan, chờ mã xác thực",
    "code_refused": "nhập sai mã xác thực",
    "confirmed": "xác nhận lại đúng",
    "confirm_refused": "xác nhận lại sai",
    "throttled": "bị chặn vì thử sai quá nhiều lần",
    "session_ended": "đăng xuất một phiên",
    "sessions_ended": "đăng xuất các phiên",
    # secrets
    "password_set": "đặt mật khẩu",
    "password_changed": "đổi mật khẩu",
    "password_refused": "đổi mật khẩu không được",
    "second_factor_set": "cài mã xác thực",
    "second_factor_reset": "xóa mã xác thực",
    "recovery_codes_renewed": "tạo mã khôi phục mới",
    # people
    "person_added": "thêm người dùng",
    "person_invited": "tạo lời mời",
    "person_disabled": "khóa tài khoản",
    "person_enabled": "mở khóa tài khoản",
    "role_changed": "đổi vai trò",
    "queues_changed": "đổi hàng đợi được xem",
    "address_changed": "đổi địa chỉ thư của người dùng",
    "identity_linked": "gắn tài khoản cơ quan",
    "identity_unlinked": "gỡ tài khoản cơ quan",
    "answers_allowed": "cho trả lời không qua duyệt",
    "answers_stopped": "thôi cho trả lời không qua duyệt",
    "duty_set": "ghi người trực thư chưa định tuyến",
    "leave_set": "ghi vắng mặt",
    "leave_ended": "ghi có mặt trở lại",
    # programs
    "api": "chương trình gọi API",
    "api_denied": "chương trình gọi API bị từ chối, không có quyền",
    "token_made": "tạo mã API",
    "token_revoked": "thu hồi mã API",
    "tokens_revoked": "thu hồi mọi mã API",
    "token_refused": "dùng mã API không đúng",
    "webhook_made": "thêm webhook",
    "webhook_ended": "dừng webhook",
    "webhook_paused": "tắt webhook",
    "webhook_resumed": "bật lại webhook",
    "webhook_tried": "gửi tin thử tới webhook",
    # operations
    "mails_retried": "xử lý lại thư kẹt",
    "letters_retried": "gửi lại thư đi",
    "sender_listed": "thêm vào danh sách người gửi",
    "sender_unlisted": "gỡ khỏi danh sách người gửi",
    # campaigns of impostors
    "campaign_named": "đặt tên chiến dịch mạo danh",
    "campaign_merged": "gộp hai chiến dịch mạo danh",
    "campaign_unmerged": "bỏ gộp hai chiến dịch mạo danh",
    "campaign_split": "tách thư khỏi chiến dịch mạo danh",
    "campaign_put_back": "đưa thư trở lại chiến dịch mạo danh",
    "campaign_watched": "theo dõi dấu hiệu của chiến dịch mạo danh",
    "campaign_notified": "gửi thông báo chiến dịch mạo danh",
    "mail_tried": "thử một thư theo quy tắc",
    "mail_refused": "không làm theo thư mang mã trả lời",
    # incidents
    "incident_proposed": "gửi duyệt thư trả lời sự cố",
    "incident_answered": "gửi thư trả lời sự cố",
    "incident_dropped": "bỏ thư trả lời sự cố chờ duyệt",
    "incident_closed": "kết thúc sự cố",
    "incident_dissolved": "bỏ sự cố báo nhầm",
    # the directory of units
    "unit_added": "thêm đơn vị vào danh bạ",
    "unit_changed": "sửa đơn vị trong danh bạ",
    "unit_removed": "xóa đơn vị khỏi danh bạ",
    "units_imported": "nhập đơn vị từ tệp CSV",
    "unit_accepted": "nhận đăng ký vào danh bạ",
    "unit_refused": "từ chối đăng ký",
}


def action_words(words: Words, action: str) -> str:
    """Say what somebody did; what is done to a ticket is said as in its history."""
    return words.say(_ACTIONS[action]) if action in _ACTIONS else verb_words(words, action)


def known_actions(words: Words) -> list[tuple[str, str]]:
    """Give what somebody can do beside a ticket, as it is written and in words."""
    return [(action, words.say(told)) for action, told in _ACTIONS.items()]
