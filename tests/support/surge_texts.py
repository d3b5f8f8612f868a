"""Complaints written for measuring likeness: the same error told by many, and ordinary ones beside them.

Each text is a subject and what stands below it. Everybody and everything in them is invented.
"""

from typing import NamedTuple


class Said(NamedTuple):
    """One complaint."""

    subject: str
    text: str


ERRORS: dict[str, tuple[Said, ...]] = {
    "sign_5032": (
        Said(
            "Lỗi ký số",
            "Kính gửi Đội hỗ trợ,\nTừ 8 giờ sáng nay đơn vị không ký được chứng từ, hệ thống báo lỗi "
            "“Không kết nối được máy chủ ký số (SIGN-5032)”. Đề nghị hỗ trợ.\nTrân trọng,\nNguyễn Thị Hoa\n"
            "Trường Tiểu học Sao Mai\nĐT: 0900 000 011",
        ),
        Said(
            "Không ký được hồ sơ",
            "Chào anh chị, bên em ký hồ sơ thì hiện thông báo: Không kết nối được máy chủ ký số "
            "(SIGN-5032). "
            "Em đã thử hai máy vẫn vậy, nhờ anh chị xem giúp.",
        ),
        Said(
            "Ký số báo SIGN-5032",
            "Đơn vị chúng tôi gặp lỗi SIGN-5032: không kết nối được máy chủ ký số khi ký giấy rút dự toán. "
            "USB ký số vẫn nhận bình thường, chứng thư còn hạn. Mong sớm được xử lý để kịp thanh "
            "toán lương.",
        ),
        Said(
            "loi ky so",
            "Kinh gui ho tro, sang nay ke toan ky chung tu tren dich vu cong bi bao loi khong ket "
            "noi duoc may chu "
            "ky so (SIGN-5032). De nghi kiem tra.",
        ),
        Said(
            "V/v lỗi khi ký chứng từ",
            "Kính gửi Kho bạc,\nKhi kế toán trưởng bấm Ký duyệt, màn hình hiện:\n"
            "Không kết nối được máy chủ ký số (SIGN-5032)\n"
            "Chúng tôi đã khởi động lại máy, cài lại phần mềm ký mà không được.\nNgười liên hệ: "
            "Trần Văn Bình, "
            "0900 000 012",
        ),
    ),
    "blank_page": (
        Said(
            "Không vào được dịch vụ công",
            "Từ sáng nay trang dịch vụ công không truy cập được, màn hình trắng, chờ mãi không tải xong.",
        ),
        Said(
            "Trang DVC trắng màn hình",
            "Kính gửi anh chị, đơn vị em truy cập trang dịch vụ công thì màn hình trắng, không tải "
            "được gì, "
            "đổi trình duyệt khác cũng không truy cập được.",
        ),
        Said(
            "DVC không truy cập được",
            "Đề nghị kiểm tra giúp: trang dịch vụ công từ 7h30 không truy cập được, chỉ hiện màn hình trắng.",
        ),
        Said(
            "Hỏi về truy cập trang",
            "Em chào anh chị. Hôm nay em vào trang dịch vụ công toàn màn hình trắng ạ, tải lại "
            "nhiều lần vẫn trắng, "
            "không truy cập được để gửi hồ sơ.",
        ),
        Said("man hinh trang", "Trang dich vu cong man hinh trang, khong truy cap duoc tu sang den gio."),
    ),
    "ora_12541": (
        Said(
            "Lỗi khi gửi hồ sơ chi",
            "Khi gửi hồ sơ kiểm soát chi hệ thống hiện lỗi ORA-12541: TNS:no listener, hồ sơ không đi được.",
        ),
        Said(
            "Báo lỗi TNS no listener",
            "Đơn vị chúng tôi lập ủy nhiệm chi xong bấm Gửi thì báo “ORA-12541: TNS:no listener”. "
            "Xin hướng dẫn.",
        ),
        Said(
            "Không gửi được hồ sơ",
            "Chào đội hỗ trợ,\nSáng nay gửi hồ sơ toàn báo\nORA-12541: TNS:no listener\nNhờ các "
            "anh xử lý gấp.\n"
            "--\nLê Thị Mận\nKế toán UBND xã Hoa Đào",
        ),
        Said(
            "Lỗi hệ thống",
            "Hệ thống trả về thông báo lỗi ORA-12541 TNS no listener khi nộp chứng từ. Chúng tôi "
            "có gửi kèm ảnh.",
        ),
    ),
    "statement_wrong_year": (
        Said(
            "Sổ phụ sai năm",
            "Sổ phụ tháng 10 tải về ghi niên độ 2025 thay vì 2026, đơn vị không đối chiếu được số dư.",
        ),
        Said(
            "Niên độ trên sổ phụ",
            "Kính gửi anh chị, sổ phụ em tải về từ hôm nay đều ghi sai niên độ 2025 trong khi đang "
            "là năm 2026, "
            "em không đối chiếu được.",
        ),
        Said(
            "Sai niên độ",
            "Đề nghị kiểm tra: bản sổ phụ tải từ dịch vụ công ghi niên độ 2025 thay vì 2026, không "
            "dùng để đối chiếu được.",
        ),
        Said(
            "Tải sổ phụ",
            "Các sổ phụ tải về đều ghi niên độ 2025 thay vì 2026. Nhờ kho bạc sửa giúp để đối chiếu.",
        ),
    ),
    "otp_not_sent": (
        Said(
            "Không nhận được mã OTP",
            "Sáng nay kế toán đăng nhập mà điện thoại không nhận được tin nhắn mã xác thực OTP, "
            "bấm gửi lại nhiều lần vẫn không có.",
        ),
        Said(
            "OTP không về",
            "Anh chị ơi bên em đăng nhập không nhận được tin nhắn mã OTP, bấm gửi lại cũng không "
            "thấy về điện thoại.",
        ),
        Said(
            "Lỗi mã xác thực",
            "Đơn vị đăng nhập dịch vụ công nhưng không nhận được mã xác thực OTP qua tin nhắn điện "
            "thoại từ 8 giờ. "
            "Đã bấm gửi lại nhiều lần.",
        ),
        Said(
            "khong co OTP",
            "Chung toi khong nhan duoc tin nhan ma OTP khi dang nhap, bam gui lai nhieu lan khong duoc.",
        ),
    ),
    "http_503": (
        Said(
            "Lỗi 503",
            "Truy cập cổng báo HTTP 503 Service Temporarily Unavailable từ đầu giờ sáng. Xin hỏi "
            "bao giờ khắc phục?",
        ),
        Said(
            "Cổng không hoạt động",
            "Trang hiện dòng chữ 503 Service Temporarily Unavailable, đơn vị không nộp được hồ sơ lương.",
        ),
        Said(
            "Không đăng nhập được",
            "Kính gửi hỗ trợ, khi bấm đăng nhập hệ thống hiện “503 Service Temporarily "
            "Unavailable”. Tôi đã thử Chrome và Edge.",
        ),
        Said(
            "bao loi 503", "Web bao 503 service temporarily unavailable khong vao duoc, nho kho bac xem giup."
        ),
    ),
    "plugin_version": (
        Said(
            "Yêu cầu cập nhật plugin",
            "Khi ký, trang bắt cập nhật plugin ký số phiên bản 3.2 nhưng tải về cài xong vẫn báo "
            "“Phiên bản plugin không hợp lệ”.",
        ),
        Said(
            "Phiên bản plugin không hợp lệ",
            "Đơn vị đã cài plugin ký số 3.2 mới nhất mà ký vẫn hiện Phiên bản plugin không hợp lệ. "
            "Nhờ hướng dẫn cách cài đúng.",
        ),
        Said(
            "Lỗi cài plugin",
            "Chào anh/chị, máy em cập nhật plugin theo thông báo rồi, khởi động lại máy, ký thì "
            "báo lỗi: phiên bản plugin "
            "không hợp lệ.",
        ),
        Said(
            "Plugin ký số", "Ký giấy rút dự toán báo “Phiên bản plugin không hợp lệ”, đã gỡ cài lại ba lần."
        ),
    ),
    "token_expired": (
        Said(
            "Bị văng ra khi đang lập hồ sơ",
            "Đang lập hồ sơ thì hệ thống tự thoát, báo “Phiên làm việc đã hết hạn” dù mới đăng "
            "nhập được hai phút.",
        ),
        Said(
            "Hết phiên liên tục",
            "Cứ đăng nhập vào một lúc là bị thoát với thông báo Phiên làm việc đã hết hạn, không "
            "lập được hồ sơ nào.",
        ),
        Said(
            "Lỗi phiên làm việc",
            "Kính gửi Kho bạc, từ sáng đơn vị liên tục bị báo phiên làm việc đã hết hạn ngay sau "
            "khi đăng nhập, phải vào lại nhiều lần.",
        ),
        Said(
            "tu thoat",
            "He thong tu thoat lien tuc, bao Phien lam viec da het han, khong lap duoc ho so.",
        ),
    ),
    "fund_code_missing": (
        Said(
            "Không thấy mã nguồn 13",
            "Khi lập giấy rút dự toán, danh mục mã nguồn không còn mã nguồn 13 để chọn nên không "
            "lập được chứng từ.",
        ),
        Said(
            "Mất mã nguồn",
            "Danh mục mã nguồn hôm nay mất mã nguồn 13, trước vẫn có. Đơn vị không lập được giấy "
            "rút dự toán.",
        ),
        Said(
            "Danh mục mã nguồn thiếu",
            "Nhờ anh chị kiểm tra danh mục: mã nguồn 13 không hiện trong danh mục khi lập chứng từ "
            "rút dự toán.",
        ),
        Said(
            "Lỗi danh mục",
            "Kế toán lập giấy rút dự toán không chọn được mã nguồn 13 vì danh mục mã nguồn không có.",
        ),
    ),
    "stuck_sending": (
        Said(
            "Hồ sơ kẹt ở đang gửi",
            "Hồ sơ gửi từ đầu giờ sáng đều nằm ở trạng thái “Đang gửi”, không chuyển sang “Đã tiếp "
            "nhận” như mọi hôm.",
        ),
        Said(
            "Trạng thái đang gửi",
            "Bên em gửi 5 hồ sơ, tất cả kẹt ở trạng thái Đang gửi mà không chuyển Đã tiếp nhận. "
            "Anh chị kiểm tra giúp.",
        ),
        Said(
            "Hồ sơ không được tiếp nhận",
            "Sáng nay mọi hồ sơ của đơn vị gửi lên cứ ở trạng thái đang gửi, không chuyển sang đã tiếp nhận.",
        ),
        Said(
            "ho so dang gui", "Ho so gui tu sang van o trang thai dang gui, khong chuyen sang da tiep nhan."
        ),
    ),
}
"""Paraphrased complaints by the error that they are all about."""

ORDINARY: dict[str, tuple[Said, ...]] = {
    "sign": (
        Said(
            "Chứng thư sắp hết hạn",
            "Chứng thư số của kế toán trưởng hết hạn ngày 30/11, xin hỏi thủ tục gia hạn.",
        ),
        Said(
            "Không nhận USB ký số",
            "Máy tính mới cài lại Windows, cắm USB ký số không thấy nhận, cần tải driver ở đâu?",
        ),
        Said(
            "Ký số sai người",
            "Kế toán ký nhầm chứng thư cũ vào chứng từ số 12, đơn vị muốn hủy chữ ký để ký lại.",
        ),
        Said("Lỗi ký số", "Khi ký báo “Mã PIN không đúng”, tôi nhập đúng mã mà thiết bị vẫn không cho ký."),
        Said(
            "Thay chủ tài khoản", "Đơn vị đổi chủ tài khoản, cần đăng ký chứng thư số mới cho người ký duyệt."
        ),
        Said(
            "Lỗi ký số",
            "Ký hồ sơ cam kết chi bị báo chứng thư bị thu hồi, đơn vị mới gia hạn tuần trước.",
        ),
        Said("Ký duyệt chậm", "Mỗi lần ký một chứng từ phải chờ gần năm phút mới xong, không báo lỗi gì."),
        Said(
            "Ký số trên máy Mac",
            "Xin hỏi phần mềm ký có dùng được trên macOS không, đơn vị em chỉ có máy Mac.",
        ),
    ),
    "login": (
        Said(
            "Quên mật khẩu", "Tôi quên mật khẩu đăng nhập, thư điện tử nhận mật khẩu mới cũng không còn dùng."
        ),
        Said(
            "Tài khoản bị khóa",
            "Nhập sai mật khẩu năm lần nên tài khoản kế toán bị khóa, đề nghị mở lại.",
        ),
        Said("Không đăng nhập được", "Đăng nhập báo tên đăng nhập không tồn tại dù tuần trước vẫn dùng."),
        Said(
            "Không đăng nhập được", "Từ hôm thay kế toán, người mới đăng nhập không thấy menu lập chứng từ."
        ),
        Said(
            "Cấp tài khoản",
            "Đơn vị mới thành lập, xin được cấp tài khoản dịch vụ công cho kế toán và thủ trưởng.",
        ),
        Said("Đổi số điện thoại", "Kế toán đổi số điện thoại, cần cập nhật số nhận mã xác thực."),
        Said(
            "Đổi thư điện tử",
            "Xin đổi địa chỉ thư điện tử đăng ký trong hệ thống sang địa chỉ mới của trường.",
        ),
        Said("Lỗi captcha", "Nhập đúng mã captcha mà trang đăng nhập cứ báo sai mã kiểm tra."),
    ),
    "papers": (
        Said(
            "Hồ sơ bị trả lại",
            "Hồ sơ tạm ứng bị trả lại với lý do thiếu hợp đồng, đơn vị đã đính kèm, xin hỏi sửa ở đâu.",
        ),
        Said(
            "Trạng thái hồ sơ", "Hồ sơ gửi hôm qua vẫn chờ kế toán trưởng duyệt dù đã ký, nhờ kiểm tra giúp."
        ),
        Said(
            "Sai mục lục ngân sách",
            "Đơn vị lập nhầm tiểu mục 6001 sang 6051, đã gửi, xin rút hồ sơ về để sửa.",
        ),
        Said(
            "Đối chiếu số dư",
            "Số dư tiền gửi tháng 10 lệch 2.500.000 đồng so với sổ đơn vị, đề nghị đối chiếu.",
        ),
        Said("Không in được", "Bấm in ủy nhiệm chi thì ra trang có chữ bị lỗi phông, không đóng dấu được."),
        Said(
            "Bảng lương",
            "Bảng thanh toán lương tải mẫu về thiếu cột phụ cấp thâm niên, làm thế nào thêm cột?",
        ),
        Said("Cam kết chi", "Xin hướng dẫn điều chỉnh giảm cam kết chi khi hợp đồng thanh lý trước hạn."),
        Said("Tải sổ phụ", "Sổ phụ tháng 9 tải về là tệp rỗng, mở ra không có dòng nào."),
        Said(
            "Mã nguồn", "Kinh phí bổ sung cải cách tiền lương thì chọn mã nguồn nào khi lập giấy rút dự toán?"
        ),
        Said("Hồ sơ trùng", "Lỡ gửi hai lần một đề nghị thanh toán điện nước, xin hủy bớt một bộ hồ sơ."),
    ),
    "network": (
        Said(
            "Trang chậm",
            "Hai hôm nay trang tải hồ sơ rất chậm, mỗi trang mất hai ba phút, có lúc phải bấm lại.",
        ),
        Said(
            "Lỗi kết nối",
            "Phần mềm kế toán của đơn vị báo không kết nối được cổng khi đồng bộ danh mục.",
        ),
        Said(
            "Trình duyệt", "Xin hỏi dùng trình duyệt nào phù hợp, Chrome bản mới cài thì nút nộp hồ sơ bị mờ."
        ),
        Said("Lỗi tải tệp", "Đính kèm tệp PDF 12 MB thì báo dung lượng vượt quá giới hạn cho phép."),
        Said(
            "Báo lỗi chứng chỉ trang",
            "Vào trang thì Chrome hiện cảnh báo kết nối không riêng tư, không cho đi tiếp.",
        ),
        Said("Mạng đơn vị", "Tường lửa của sở chặn cổng, xin danh sách địa chỉ máy chủ để mở."),
    ),
    "asking": (
        Said("Hỏi hướng dẫn", "Xin tài liệu hướng dẫn nộp hồ sơ mở tài khoản dự án trên dịch vụ công."),
        Said("Lịch tập huấn", "Bao giờ Kho bạc tổ chức tập huấn phần báo cáo tài chính cho đơn vị mới?"),
        Said(
            "Báo cáo quyết toán",
            "Đơn vị nộp báo cáo quyết toán bị báo sai công thức ở biểu B01, nhờ giải thích.",
        ),
        Said("Đăng ký tham gia", "Trạm y tế muốn đăng ký tham gia dịch vụ công, cần chuẩn bị giấy tờ gì?"),
        Said(
            "Thay mẫu dấu",
            "Trường đổi tên sau sáp nhập, thủ tục đổi mẫu dấu, chữ ký gửi qua mạng được không?",
        ),
        Said("Giờ làm việc", "Xin hỏi cuối năm Kho bạc nhận hồ sơ đến ngày nào và đến mấy giờ?"),
    ),
}
"""Ordinary complaints by what they are about, each one's own."""
