"""Why an act was refused, in the words of a person: each code of RefusedActError has its sentence here."""

from triage.errors import RefusedActError
from triage.web.templating import Words


def worded(words: Words, error: RefusedActError) -> str:
    """Give the sentence for a refusal; empty for a code that has none, so that no strange words show."""
    sentence = _sentences(words).get(error.code, "")
    return sentence % error.values if error.values else sentence


def _sentences(words: Words) -> dict[str, str]:
    say = words.say
    return {
        "closed": say("Phiếu %(ticket)s đã đóng. Hãy mở lại phiếu trước."),
        "not_closed": say("Phiếu %(ticket)s chưa đóng nên không cần mở lại."),
        "held": say("Phiếu %(ticket)s đang tạm giữ. Cán bộ an toàn cần thả phiếu trước."),
        "not_held": say("Phiếu %(ticket)s không bị tạm giữ."),
        "merged": say("Phiếu %(ticket)s đã gộp vào phiếu khác. Hãy tách phiếu đã gộp trước."),
        "outcome": say("Hãy chọn kết quả khi đóng phiếu."),
        "empty_note": say("Ghi chú đang trống. Hãy nhập nội dung."),
        "empty_call": say("Hãy ghi lại nội dung cuộc gọi."),
        "empty_answer": say("Thư trả lời đang trống. Hãy nhập nội dung."),
        "no_reason": say("Hãy ghi lý do."),
        "no_queue": say("Không có hàng đợi “%(queue)s”. Hãy chọn trong danh sách."),
        "same_queue": say("Phiếu %(ticket)s đã ở hàng đợi này."),
        "no_category": say("Không có loại yêu cầu “%(category)s”. Hãy chọn trong danh sách."),
        "no_priority": say("Mức ưu tiên phải từ 1 đến 5."),
        "unchanged": say("Phiếu đã có giá trị này nên không có gì thay đổi."),
        "changed_meanwhile": say("Người khác vừa đổi mục này. Hãy xem lại phiếu rồi chọn lại nếu cần."),
        "taken": say("Phiếu này vừa đổi người xử lý. Hãy xem lại phiếu trước khi nhận hoặc giao."),
        "not_a_colleague": say("Không giao được phiếu cho “%(name)s”. Hãy chọn trong danh sách."),
        "mention": say("“%(name)s” không được xem phiếu này nên không nhắc tên được."),
        "rest": say("Hãy chọn một giờ làm việc ở phía trước, trong vòng 90 ngày."),
        "no_mail": say("Phiếu này không bắt đầu từ một thư nên không xét người gửi được."),
        "report": say(
            "Đơn vị chỉ báo về kẻ mạo danh, không phải kẻ mạo danh. "
            "Hãy thêm dấu hiệu nêu trong thư vào danh sách theo dõi."
        ),
        "not_doubted": say(
            "Người gửi này chưa có dấu hiệu đáng ngờ. Nếu vẫn chắc chắn, hãy đánh dấu “Tôi chắc chắn”."
        ),
        "no_ticket": say("Không có phiếu “%(ticket)s”, hoặc bạn không được xem phiếu đó."),
        "same_ticket": say("Đó chính là phiếu này. Hãy nhập mã của phiếu khác."),
        "linked": say("Phiếu này đã liên quan tới %(ticket)s."),
        "not_linked": say("Phiếu này không liên quan tới %(ticket)s."),
        "legal_hold": say("Phiếu %(ticket)s đang lưu giữ theo yêu cầu pháp lý nên không gộp được."),
        "not_merged": say("Phiếu %(ticket)s chưa gộp vào phiếu nào bạn được xem."),
        "no_mails": say("Hãy chọn thư của phiếu này để tách."),
        "first_mail": say("Thư đầu tiên phải ở lại phiếu này. Hãy chọn thư khác."),
        "erased": say("Một thư đã chọn không còn nội dung nên không tách được."),
        "nobody_to_answer": say(
            "Phiếu này không có người nhận thư trả lời hợp lệ (thư tạm giữ, nghi mạo danh hoặc do máy gửi)."
        ),
        "recall_late": say("Không thu hồi được: thư đã gửi đi, đã thu hồi, hoặc do người khác gửi."),
        "no_proposal": say("Bản nháp này không còn chờ duyệt. Hãy mở lại trang của phiếu."),
        "own_proposal": say(
            "Bạn không tự duyệt bản nháp của mình được. Hãy rút lại rồi gửi như thư của bạn."
        ),
        "no_entry": say("“%(entry)s” không phải địa chỉ thư, tên miền hay số điện thoại Việt Nam."),
        "entry_ours": say("%(entry)s là của chính cơ quan mình."),
        "entry_free_mail": say(
            "%(entry)s cấp hộp thư cho bất cứ ai. Hãy ghi từng địa chỉ thay vì cả tên miền."
        ),
        "entry_ending": say("%(entry)s chỉ là đuôi tên miền, ai cũng đăng ký bên dưới được."),
        "entry_state": say(
            "%(entry)s là tên miền của cơ quan nhà nước. Hãy ghi từng địa chỉ thay vì cả tên miền."
        ),
        "entry_phone": say(
            "Chỉ địa chỉ và tên miền mới vào danh sách cho phép được, số điện thoại thì không."
        ),
        "entry_alike": say(
            "%(entry)s trông giống tên được bảo vệ nên không cho phép được. "
            "Nếu %(host)s là thật, hãy thêm vào rules/protected.toml."
        ),
        "entry_over": say("Ngày %(day)s đã qua. Hãy chọn ngày hết hạn ở phía trước."),
        "on_allow": say("%(entry)s đang ở danh sách cho phép (%(author)s ghi). Hãy gỡ ra trước."),
        "on_block": say("%(entry)s đang ở danh sách chặn (%(author)s ghi). Hãy gỡ ra trước."),
        "on_watch": say("%(entry)s đang ở danh sách theo dõi (%(author)s ghi). Hãy gỡ ra trước."),
        "not_listed": say("%(entry)s không còn ở danh sách này."),
        "none_free": say("Không còn phiếu nào chưa có người nhận."),
        "key": say("Biểu mẫu này đã được dùng. Hãy mở lại trang rồi thử lại."),
    }
