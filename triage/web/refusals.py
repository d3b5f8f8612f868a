"""Why an act was refused, in the words of a person: each code of RefusedActError has its sentence here."""

from triage.errors import RefusedActError
from triage.web.templating import Words


def worded(words: Words, error: RefusedActError) -> str:
    """Give the sentence for a refusal, with the line of a file that it is about.

    Empty for a code that has none, so that no strange words show.
    """
    told, line = sentence(words, error), error.values.get("line")
    return words.say("Dòng %(line)s: %(told)s", line=line, told=told) if line and told else told


def sentence(words: Words, error: RefusedActError) -> str:
    """Give the sentence alone."""
    told = {**_sentences(words), **_of_units(words)}.get(error.code, "")
    return told % error.values if error.values else told


def _of_units(words: Words) -> dict[str, str]:
    say = words.say
    return {
        "unit_column_missing": say("Tệp thiếu cột %(column)s. Các cột: %(columns)s."),
        "unit_column_unknown": say("Tệp có cột lạ “%(column)s”. Các cột: %(columns)s."),
        "unit_no_csv": say("Tệp không đúng dạng CSV. Hãy lưu lại dạng “CSV UTF-8” từ bảng tính."),
        "unit_rows": say(
            "Tệp có %(rows)s dòng, trang này nhận nhiều nhất %(most)s dòng. "
            "Hãy chia nhỏ, hoặc dùng lệnh triage units import trên máy chủ."
        ),
        "unit_long": say("Cột %(field)s dài quá %(most)s ký tự. Hãy rút gọn."),
        "unit_name": say("Chưa có tên đơn vị. Hãy ghi tên."),
        "unit_code": say("“%(written)s” không phải mã ĐVQHNS. Mã có bảy chữ số."),
        "unit_treasury": say(
            "Số hiệu kho bạc “%(written)s” không dẫn tới hàng đợi nào. "
            "Hãy ghi số hiệu có trong trang Kho bạc."
        ),
        "unit_class": say("Loại “%(written)s” không có. Hãy ghi budget hoặc connecting."),
        "unit_sender": say("“%(written)s” không phải địa chỉ thư hay tên miền."),
        "unit_free_mail": say(
            "%(written)s cấp hộp thư cho bất cứ ai. Hãy ghi từng địa chỉ thay vì cả tên miền."
        ),
        "unit_senders": say("Nhiều hơn %(most)s địa chỉ và tên miền. Hãy bớt lại."),
        "unit_code_taken": say("Mã %(written)s đã là của “%(owner)s”. Hãy kiểm tra lại mã."),
        "unit_owned": say("Địa chỉ %(written)s đã là của “%(owner)s”. Hãy gỡ ở đơn vị kia trước."),
        "unit_known": say("“%(name)s” đã có trong danh bạ. Hãy tìm và sửa đơn vị đó."),
        "unit_same": say("Không có gì thay đổi so với danh bạ."),
        "unit_changed": say("%(who)s vừa sửa đơn vị này. Hãy mở lại trang, xem lại rồi sửa."),
        "proposal_accepted": say("%(who)s đã nhận đăng ký này vào danh bạ."),
        "proposal_stale": say("Đăng ký hoặc danh bạ vừa thay đổi. Hãy mở lại trang, so lại rồi nhận."),
        "proposal_refused": say("%(who)s đã từ chối đăng ký này."),
    }


def _sentences(words: Words) -> dict[str, str]:
    say = words.say
    return {
        "campaign_gone": say("Chiến dịch này đã gộp vào chiến dịch khác. Hãy mở lại trang."),
        "campaign_merged": say("Hai chiến dịch này đã là một, hoặc chiến dịch kia đã gộp vào nơi khác."),
        "campaign_not_merged": say("Không ai đã gộp hai chiến dịch này. Hãy mở lại trang."),
        "campaign_no_member": say("Thư này không còn ở chiến dịch này. Hãy mở lại trang."),
        "campaign_empty": say("Không còn thư nào thuộc chiến dịch này nên không có gì để thông báo."),
        "campaign_told_before": say("Mọi nơi được chọn đều đã nhận thông báo về chiến dịch này."),
        "webhook_address": say("Địa chỉ nhận tin phải bắt đầu bằng https:// và không có ký tự lạ."),
        "webhook_host": say(
            "Máy %(host)s không có trong [api] webhook_hosts. Người vận hành cần ghi tên máy vào đó trước."
        ),
        "webhook_events": say("Hãy chọn ít nhất một sự kiện."),
        "webhook_many": say("%(who)s đã có %(most)s webhook. Hãy gỡ bớt một webhook trước."),
        "closed": say("Phiếu %(ticket)s đã đóng. Hãy mở lại phiếu trước."),
        "not_closed": say("Phiếu %(ticket)s chưa đóng nên không cần mở lại."),
        "held": say("Phiếu %(ticket)s đang tạm giữ. Cán bộ an toàn cần bỏ tạm giữ phiếu trước."),
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
        "at_province": say("Phiếu %(ticket)s đang ở kho bạc tỉnh. Hãy thu phiếu về trung ương trước."),
        "at_centre": say("Phiếu %(ticket)s không còn ở kho bạc. Hãy mở lại trang của phiếu."),
        "no_note": say("Hãy ghi việc cần kho bạc làm."),
        "no_coordinator": say("Hàng đợi “%(queue)s” chưa có cán bộ đầu mối nào. Hãy chọn nơi khác."),
        "may_not_answer": say("Bạn chưa được trả lời không qua duyệt. Hãy gửi thư để duyệt."),
        "take_first": say("Hãy nhận xử lý phiếu trước khi trả lời."),
        "not_a_colleague": say("Không giao được phiếu cho “%(name)s”. Hãy chọn trong danh sách."),
        "mention": say("“%(name)s” không được xem phiếu này nên không nhắc tên được."),
        "rest": say("Hãy chọn một giờ làm việc ở phía trước, trong vòng 90 ngày."),
        "no_mail": say("Phiếu này không bắt đầu từ một thư nên không xét người gửi được."),
        "report": say(
            "Đơn vị chỉ báo về kẻ mạo danh, không phải kẻ mạo danh. "
            "Hãy thêm dấu hiệu nêu trong thư vào danh sách theo dõi."
        ),
        "not_impostor": say(
            "Phiếu %(ticket)s chưa được xác nhận là mạo danh. Hãy xác nhận trước khi cảnh báo."
        ),
        "empty_warning": say("Nội dung vụ việc đang trống. Hãy ghi rõ vụ việc."),
        "nobody_to_warn": say("Hãy chọn ít nhất một kho bạc có địa chỉ nhận cảnh báo."),
        "warned_before": say("Mọi nơi đã chọn đều đã nhận cảnh báo về vụ này."),
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
        "no_suggestion": say("Câu trả lời này không còn trong danh sách gợi ý. Hãy mở lại trang gợi ý."),
        "own_proposal": say(
            "Bạn không tự duyệt bản nháp của mình được. Hãy rút lại rồi gửi như thư của bạn."
        ),
        "incident_over": say("Sự cố này đã kết thúc. Hãy mở lại trang của sự cố."),
        "no_part": say("Sự cố này không có phiếu nào của bạn nên không soạn thư trả lời được."),
        "in_incident": say("Phiếu %(ticket)s đã thuộc một sự cố. Hãy tách phiếu ra trước."),
        "not_in_incident": say("Phiếu %(ticket)s không thuộc sự cố này."),
        "no_incident_proposal": say("Bản nháp này không còn chờ duyệt. Hãy mở lại trang của sự cố."),
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
        "token_name": say("Hãy đặt tên cho mã API, chẳng hạn tên chương trình dùng mã."),
        "token_days": say("Mã API dùng được từ 1 đến %(most)s ngày."),
        "token_scope": say("Vai trò của bạn không dùng được quyền “%(scope)s”."),
        "token_scopes": say("Hãy chọn ít nhất một việc mà mã API dùng để làm."),
        "token_many": say("Bạn đã có %(most)s mã API. Hãy thu hồi bớt trước."),
        "none_free": say("Không còn phiếu nào chưa có người nhận."),
        "key": say("Biểu mẫu này đã được dùng. Hãy mở lại trang rồi thử lại."),
    }
