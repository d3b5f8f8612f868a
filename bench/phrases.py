"""Words that the generated mails are made of; every unit and person is invented."""

EXACT = "[{code}#DVC]"
SLOPPY = (
    "[{code}#dvc]",
    "[{code}&DVC]",
    "[ {code} # DVC ]",
    "({code}#DVC)",
    "{code}#DVC",
    "[{code}-DVC]",
    "[{code}#DVC",
)

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
MIDDLE = ("Thị", "Văn", "Minh", "Thanh", "Ngọc", "Quốc", "Hồng", "Đức", "Thu", "Xuân")
GIVEN = (
    "Lan",
    "Hùng",
    "Hương",
    "Tuấn",
    "Yến",
    "Dũng",
    "Hạnh",
    "Phượng",
    "Sơn",
    "Thảo",
    "Vượng",
    "Ngân",
    "Khánh",
)

UNITS = (
    "Trường THPT Số {n}",
    "Trạm Y tế phường {n}",
    "Ủy ban nhân dân xã Thí Dụ {n}",
    "Trung tâm Văn hóa huyện Mẫu {n}",
    "Phòng Kinh tế Hạ tầng {n}",
    "Bệnh viện đa khoa Ví Dụ {n}",
)

TROUBLES = (
    (
        "Không đẩy được chứng từ lên hệ thống",
        (
            "Khi bấm nút gửi chứng từ, hệ thống báo lỗi 'Không kết nối được máy chủ', "
            "chứng từ vẫn nằm ở trạng thái chờ gửi."
        ),
    ),
    (
        "Lỗi ký số trên dịch vụ công",
        (
            "Sau khi cắm thiết bị ký số, trang web không nhận chứng thư "
            "và hiện thông báo 'Không tìm thấy chứng thư hợp lệ'."
        ),
    ),
    (
        "Báo cáo đối chiếu bị lệch số liệu",
        (
            "Số dư trên mẫu đối chiếu tháng trước lệch so với sổ của đơn vị, "
            "chúng tôi đã kiểm tra lại từng khoản mà chưa tìm ra nguyên nhân."
        ),
    ),
    (
        "Đề nghị thanh toán bị treo",
        (
            "Hồ sơ đề nghị thanh toán đã gửi từ ba ngày trước nhưng trạng thái vẫn là 'Đang xử lý', "
            "đơn vị chưa nhận được phản hồi."
        ),
    ),
    (
        "Không tải được mẫu biểu",
        (
            "Khi chọn in mẫu ủy nhiệm chi, trình duyệt quay mãi rồi báo trang không phản hồi, "
            "đã thử trên hai máy khác nhau."
        ),
    ),
    (
        "Thay đổi kế toán trưởng của đơn vị",
        (
            "Đơn vị có quyết định bổ nhiệm kế toán trưởng mới, "
            "xin hướng dẫn cách cập nhật người ký thứ hai trên hệ thống."
        ),
    ),
    (
        "Lỗi hiển thị danh sách chứng từ",
        (
            "Danh sách chứng từ trong kỳ chỉ hiện mười dòng đầu, "
            "khi chuyển trang thì màn hình trắng và phải đăng nhập lại."
        ),
    ),
    (
        "Vướng mắc khi đăng ký tài khoản",
        (
            "Đơn vị đã gửi hồ sơ đăng ký mở tài khoản nhưng hệ thống báo "
            "mã đơn vị quan hệ ngân sách đã được sử dụng."
        ),
    ),
)

DETAILS = (
    "Đơn vị đã thử khởi động lại máy tính, đổi trình duyệt và xóa bộ nhớ đệm nhưng lỗi vẫn lặp lại.",
    "Lỗi xuất hiện từ sáng nay, trước đó đơn vị vẫn làm việc bình thường trên cùng máy tính này.",
    "Chúng tôi dùng Windows 10, trình duyệt bản mới nhất, thiết bị ký số đã gia hạn đến cuối năm sau.",
    "Do sắp đến hạn chi lương cho cán bộ nên đơn vị rất mong được hỗ trợ sớm.",
    "Ảnh chụp màn hình thông báo lỗi được gửi kèm theo thư này để quý cơ quan tiện kiểm tra.",
    "Đồng nghiệp ở phòng bên cạnh cũng gặp tình trạng tương tự vào cuối giờ chiều hôm qua.",
    "Đơn vị đã liên hệ với bộ phận giao dịch và được hướng dẫn gửi thư về hộp thư hỗ trợ.",
    "Các chứng từ bị ảnh hưởng gồm giấy rút dự toán và ủy nhiệm chi lập trong tháng này.",
    "Chúng tôi xin cảm ơn và mong nhận được hướng dẫn cụ thể từng bước.",
)

GREETING = "Kính gửi bộ phận hỗ trợ,"
CONTACT = "Người liên hệ: {name}, điện thoại {phone}."
QUOTING = "Vào 09:15, Th 2, 2 thg 11, 2026 {name} <{sender}> đã viết:"
PICTURE_NAME = "Ảnh chụp lỗi {n}.png"
LETTER_NAME = "Công văn {n}.pdf"

OUTLOOK_STYLE = "".join(
    f"p.Mso{name}, li.Mso{name}, div.Mso{name} "
    f"{{margin:0in; font-size:{size}.0pt; font-family:'Times New Roman',serif;}}\n"
    for name, size in (
        ("Normal", 13),
        ("Header", 12),
        ("Footer", 12),
        ("ListParagraph", 13),
        ("PlainText", 11),
    )
)
