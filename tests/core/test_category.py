from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from support.rulebook import a_file, a_mail, shipped

from triage.core.category import Category, CategoryReading, categorise


def read(subject: str, text: str) -> CategoryReading:
    return categorise(a_mail(subject, text), shipped().categories)


@pytest.mark.parametrize(
    ("category", "subject", "text"),
    [
        ("login", "Tài khoản bị khóa", "Em nhập sai quá 5 lần nên tài khoản bị khóa, nhờ anh chị mở giúp"),
        ("login", "[0010#DVC] loi dang nhap", "dang nhap vao dvc bao sai ten dang nhap hoac mat khau"),
        ("login", "Không vào được tài khoản DVC", "Sau khi nhập mã captcha hệ thống báo hết phiên làm việc"),
        ("login", "ko nhận dc otp", "Hệ thống không gửi otp về email của ktt"),
        (
            "password",
            "Xin cấp lại mật khẩu",
            "Kế toán trưởng quên mật khẩu đăng nhập dịch vụ công, nhờ cấp lại",
        ),
        (
            "password",
            "Thay đổi email nhận thông báo",
            "Đơn vị xin đổi địa chỉ email nhận thông báo của chủ tài khoản",
        ),
        ("password", "Quên mk", "Em quên mk đăng nhập, bấm khôi phục mà không nhận được email"),
        ("vneid", "Đăng nhập VNeID", "Đơn vị đăng nhập bằng VNeID báo chưa có định danh tổ chức"),
        ("vneid", "Tài khoản định danh tổ chức", "Chưa liên kết được với Cổng dịch vụ công quốc gia"),
        ("signature", "Không ký số được", "Cắm USB token vào máy nhưng phần mềm VGCA không nhận"),
        ("signature", "Lỗi ký số", "Khi ký hồ sơ báo lỗi plugin, đã cài lại java"),
        ("signature", "Token bị khóa do nhập sai mã PIN", "Nhờ hướng dẫn mở khóa"),
        (
            "signature",
            "[0010#DVC] Không kết nối được máy chủ ký số (SIGN-7711)",
            "Từ sáng nay đơn vị em không kết nối được máy chủ ký số khi ký hồ sơ, nhờ anh chị xem giúp.",
        ),
        ("signature", "Lỗi kết nối phần mềm ký số", "Em ký hồ sơ thì báo không kết nối được với máy chủ"),
        ("signature", "Không kết nối được token", "Nhờ anh chị xem giúp em"),
        ("gateway", "Không kết nối được", "Phần mềm kế toán không kết nối được với kho bạc"),
        ("signature", "hỗ trợ", "máy tính không nhận chứng thư số khi ký giấy rút dự toán"),
        ("signature", "lỗi ký", "Em bấm ký thì không hiện bảng chọn chứng thư số, không ký được hồ sơ"),
        (
            "certificate",
            "Gia hạn chứng thư số",
            "Chứng thư số của chủ tài khoản hết hạn ngày 15/3, đã gia hạn, xin cập nhật",
        ),
        (
            "certificate",
            "Thay đổi chủ tài khoản",
            "Đơn vị có hiệu trưởng mới, đề nghị thay đổi chủ tài khoản trên DVC",
        ),
        ("certificate", "Chứng thư số sắp hết hạn", "Nhờ hướng dẫn thủ tục gia hạn"),
        ("certificate", "Đăng ký chứng thư số mới", "Số serial chứng thư thay đổi sau khi gia hạn"),
        ("registration", "Đăng ký sử dụng DVC", "Đơn vị mới thành lập, xin đăng ký tham gia dịch vụ công"),
        ("registration", "Thêm thành viên", "Xin thêm thành viên là kế toán viên và phân quyền lập hồ sơ"),
        (
            "registration",
            "Thay đổi tên đơn vị",
            "Trường đổi tên theo quyết định của UBND, xin cập nhật thông tin đơn vị",
        ),
        ("dossier", "Hồ sơ chưa được tiếp nhận", "Gửi hồ sơ từ hôm qua mà trạng thái vẫn chờ"),
        ("dossier", "Hồ sơ bị từ chối", "Ủy nhiệm chi lương tháng 3 bị trả lại không rõ lý do"),
        ("dossier", "Lỗi lập giấy rút dự toán 16c1", "Không nhập được bảng kê chứng từ"),
        ("dossier", "Không in được phiếu giao nhận", ""),
        ("dossier", "Hủy hồ sơ tạm ứng", "Đơn vị gửi nhầm hồ sơ tạm ứng, xin trả lại"),
        ("reconcile", "Đối chiếu số dư", "Bảng đối chiếu tài khoản tiền gửi bị lệch số dư so với sổ"),
        ("reconcile", "Mẫu 01a-SDKP", "Xin xác nhận số dư kinh phí cuối năm"),
        ("reconcile", "In báo cáo", "Không in được báo cáo quyết toán trên DVC"),
        ("reconcile", "Mở tài khoản tiền gửi", "Đơn vị xin mở tài khoản và thay đổi mẫu dấu"),
        ("autopay", "Thanh toán tự động tiền nước", "Tháng này kho bạc chưa trích tiền nước theo ủy quyền"),
        ("autopay", "Hóa đơn điện", "Hóa đơn điện tháng 3 chưa được thanh toán tự động"),
        ("mobile_app", "App cảnh báo", "Cài ứng dụng cảnh báo rủi ro trên điện thoại Android không được"),
        ("mobile_app", "Không nhận được thông báo biến động", "Ứng dụng trên iphone không báo"),
        ("guidance", "Xin tài liệu hướng dẫn", "Nhờ gửi tài liệu hướng dẫn sử dụng"),
        ("guidance", "Hỏi cách làm", "Cho em hỏi làm thế nào để xem lại các bước ạ, xin video hướng dẫn"),
        ("gateway", "Lỗi kết nối phần mềm kế toán MISA", "Đẩy hồ sơ từ MISA sang DVC báo lỗi API"),
        ("gateway", "Thông báo sự cố", "Webservice trả về timeout, không truyền nhận được dữ liệu"),
        ("gateway", "KBNN-Gateway", "Chứng thư SSL hết hạn, toàn bộ kết nối bị ngắt"),
        ("outage", "DVC quá chậm", "Hệ thống treo, không gửi được hồ sơ"),
        ("outage", "Không truy cập được trang dịch vụ công", "Báo lỗi 503"),
        ("outage", "trang web", "trang trắng, không mở được trang dịch vụ công từ sáng"),
        ("sec_incident", "Máy tính bị nhiễm mã độc", "Máy kế toán bị mã hóa dữ liệu, nghi ransomware"),
        ("sec_incident", "Khẩn", "Có người đăng nhập lạ vào tài khoản DVC lúc nửa đêm"),
        ("sec_incident", "Cài Ultraviewer", "Có người yêu cầu em cài UltraViewer để sửa lỗi"),
        (
            "impersonation",
            "Hỏi",
            "Có người gọi điện tự xưng cán bộ Kho bạc yêu cầu cung cấp mật khẩu và mã OTP",
        ),
        ("impersonation", "Báo cáo", "Nhận được tin nhắn Zalo giả mạo KBNN kèm đường dẫn lạ"),
        ("impersonation", "Nghi lừa đảo", "Có số lạ gọi bảo kết bạn zalo để cập nhật chứng thư số"),
        ("leaked_credentials", "Mất USB token", "Kế toán trưởng làm mất USB token chiều qua"),
        ("leaked_credentials", "Báo mất", "Đơn vị bị thất lạc chữ ký số của chủ tài khoản"),
        ("leaked_credentials", "nhờ kiểm tra", "user: kt01 pass: Abc@12345"),
        ("leaked_credentials", "nhờ", "Tài khoản 0900111 mật khẩu Kbnn2022@ anh vào xem giúp"),
        ("leaked_credentials", "Lộ mật khẩu", "Nhân viên cũ vẫn biết mật khẩu của đơn vị"),
        (
            "suspicious_payment",
            "Khẩn: khoản chi bất thường",
            "Ứng dụng cảnh báo rủi ro báo khoản chi đơn vị không thực hiện giao dịch này",
        ),
        (
            "suspicious_payment",
            "Chuyển tiền nhầm",
            "Ủy nhiệm chi ghi sai tài khoản thụ hưởng, đề nghị dừng thanh toán",
        ),
        ("suspicious_payment", "Hồ sơ lạ", "Trên DVC có hồ sơ lạ không phải đơn vị lập"),
        ("other", "Hỏi", "Nhờ anh chị gọi lại cho em"),
        ("other", "xin chào", ""),
        ("password", "Đổi mật khẩu", "Hệ thống báo mật khẩu hết hạn 42 ngày, đổi mật khẩu không được"),
        ("login", "Không đăng nhập được", "Liên hệ zalo 0900 000 001. Máy đã cài phần mềm diệt virus"),
        (
            "dossier",
            "Hồ sơ lương",
            "Hồ sơ chuyển lương tháng 5 chưa xử lý, zalo em 0900 000 002, viber cùng số",
        ),
        ("signature", "Ký số", "mã PIN đúng nhưng báo sai mã PIN, điện thoại 0912345678"),
        ("login", "OTP", "mã OTP: không nhận được"),
        ("login", "Mật khẩu: sai", "mật khẩu không đúng dù nhập đúng"),
        ("password", "cap lai mat khau SD211208-123456", "quen mat khau, ma dvqhns 1000001"),
        ("registration", "Xin phân quyền", "Kế toán viên chưa có quyền lập hồ sơ"),
        ("certificate", "Cập nhật CTS", "Đã gia hạn cts, nhờ cập nhật số serial mới cho ktt"),
        ("mobile_app", "Ứng dụng KBNN trên điện thoại", "không cài được app"),
        ("dossier", "Ho so 16a1", "ho so cho duyet 3 ngay chua thay tra loi"),
        ("outage", "He thong DVC bi loi", "vao trang bao loi 502 bad gateway"),
        ("signature", "Vấn đề ký", "Sau khi cài lại Windows, token Bit4ID không hiện chứng thư"),
        ("guidance", "Xin mẫu giấy ủy quyền", "xin hướng dẫn"),
        ("login", "Hết hạn mật khẩu", "hết hạn mật khẩu 42 ngày nên không đăng nhập được"),
        (
            "login",
            "[0010#DVC] Lỗi vào hệ thống",
            'Kế toán trưởng không vào được hệ thống DVC, báo "Tài khoản hoặc mật khẩu không chính xác"',
        ),
        ("login", "Tài khoản bị tạm khóa", "Do nhập sai nhiều lần, nhờ anh chị mở giúp tài khoản cho đơn vị"),
        (
            "login",
            "Không nhận được mã xác thực",
            "Khi đăng nhập hệ thống yêu cầu mã xác thực nhưng email không có",
        ),
        ("login", "Đăng nhập bị văng ra", "Cứ đăng nhập xong hệ thống lại báo hết phiên"),
        ("password", "Xin reset mật khẩu", "Chủ tài khoản đơn vị quên mật khẩu, mong được cấp lại"),
        (
            "password",
            "Đề nghị đổi email",
            "Email đăng ký cũ không còn dùng, đề nghị đổi sang email mới để nhận mật khẩu",
        ),
        (
            "signature",
            "[0160#DVC] Lỗi khi ký hồ sơ",
            'Kế toán trưởng ký hồ sơ rút dự toán thì báo "Không tìm thấy chứng thư số"',
        ),
        ("signature", "USB Token", "Máy tính không nhận USB Token sau khi cài lại Win 10"),
        ("signature", "Ký số báo lỗi", "Phần mềm VGCA Sign Service không khởi động được"),
        ("signature", "Chữ ký số bị khóa", "Nhập sai mã PIN 10 lần, token bị khóa"),
        ("signature", "Lỗi plugin", "Đã cài plugin ký số nhưng trình duyệt vẫn báo chưa cài đặt"),
        (
            "certificate",
            "Cập nhật chứng thư số mới",
            "Chủ tài khoản được cấp chứng thư số mới, đơn vị chưa cập nhật được lên DVC",
        ),
        (
            "certificate",
            "Thay đổi kế toán trưởng",
            "Đơn vị có quyết định bổ nhiệm kế toán trưởng mới từ 01/3, đề nghị hướng dẫn",
        ),
        ("certificate", "Chữ ký số sắp hết hạn", "Xin hướng dẫn gia hạn chữ ký số chuyên dùng"),
        ("certificate", "Chứng thư số chưa được duyệt", "Đơn vị đã gửi hồ sơ thay đổi chứng thư số hôm 5/4"),
        (
            "registration",
            "Đăng ký dịch vụ công",
            "Trường mầm non mới thành lập cần đăng ký sử dụng dịch vụ công trực tuyến",
        ),
        ("registration", "Hồ sơ đăng ký chưa duyệt", "Mã hồ sơ đăng ký 12345, gửi từ tuần trước"),
        (
            "registration",
            "Bổ sung người dùng",
            "Đề nghị thêm kế toán viên vào danh sách thành viên của đơn vị",
        ),
        (
            "registration",
            "Sáp nhập xã",
            "Hai xã sáp nhập, đề nghị hướng dẫn thay đổi thông tin đơn vị trên DVC",
        ),
        (
            "dossier",
            "Hồ sơ chuyển lương chưa xử lý",
            "Hồ sơ lương tháng 01 gửi từ 03/01 đến nay vẫn ở trạng thái chờ tiếp nhận",
        ),
        (
            "dossier",
            "Lỗi nhập bảng kê",
            "Khi nhập bảng kê chứng từ thanh toán mẫu 07 hệ thống báo sai định dạng",
        ),
        ("dossier", "Không gửi được hồ sơ", "Bấm gửi hồ sơ thì báo thiếu file đính kèm"),
        ("dossier", "Hồ sơ bị trả", "KBNN trả hồ sơ với lý do sai mục lục ngân sách, đề nghị giải thích"),
        ("dossier", "Lập ủy nhiệm chi", "Không chọn được tài khoản thụ hưởng khi lập ủy nhiệm chi"),
        ("dossier", "Cam kết chi", "Hồ sơ cam kết chi gửi lên không thấy"),
        ("reconcile", "Đối chiếu tài khoản quý 4", "Số liệu đối chiếu trên DVC không khớp với sổ của đơn vị"),
        ("reconcile", "Mẫu dấu chữ ký", "Đơn vị muốn thay đổi mẫu dấu mẫu chữ ký"),
        ("reconcile", "Xin sao kê", "Đề nghị cung cấp số liệu chi năm 2021"),
        ("reconcile", "Bảng xác nhận số dư", "Không xuất được bảng đối chiếu số dư tài khoản tiền gửi"),
        ("autopay", "Tiền điện tháng 5", "Điện lực báo nợ trong khi đơn vị đã ủy quyền thanh toán tự động"),
        (
            "autopay",
            "Ủy quyền trích tiền điện thoại",
            "Xin hướng dẫn ủy quyền cho kho bạc trả cước viễn thông",
        ),
        ("mobile_app", "Ứng dụng cảnh báo rủi ro", "Điện thoại iPhone không cài được ứng dụng cảnh báo"),
        ("mobile_app", "Không có thông báo trên điện thoại", "App không gửi thông báo khi có chứng từ"),
        ("guidance", "Xin tài liệu tập huấn", "Đơn vị xin tài liệu hướng dẫn sử dụng DVC phiên bản mới"),
        ("guidance", "Hỏi hướng dẫn", "Cho hỏi cách làm thế nào để in lại chứng từ"),
        ("gateway", "Lỗi tích hợp MISA Mimosa", "Phần mềm MISA Mimosa không đẩy được chứng từ sang DVC"),
        ("gateway", "Sự cố KBNN-Gateway", "Hệ thống của đơn vị kết nối nhận lỗi timeout từ 9h"),
        ("gateway", "Không liên thông được", "phần mềm kế toán IMAS không kết nối được với dịch vụ công"),
        ("outage", "Hệ thống DVC quá tải", "Cuối năm hệ thống quá tải, không thao tác được"),
        ("outage", "Trang DVC không mở được", "Trình duyệt báo ERR_CONNECTION_TIMED_OUT"),
        ("outage", "DVC bị treo", "hệ thống treo khi bấm lưu, cả phòng đều bị"),
        (
            "sec_incident",
            "Máy tính có dấu hiệu bị tấn công",
            "Máy kế toán tự mở trình duyệt và đăng nhập DVC",
        ),
        ("sec_incident", "Báo cáo sự cố an toàn thông tin", "Tài khoản bị truy cập trái phép"),
        ("impersonation", "Có người giả danh cán bộ KBNN", "Gọi điện yêu cầu đọc mã OTP"),
        (
            "impersonation",
            "Xác minh số điện thoại",
            "Có số 0900 000 111 tự xưng là cán bộ hỗ trợ DVC hướng dẫn cài phần mềm, có đúng không ạ?",
        ),
        (
            "impersonation",
            "Nghi ngờ lừa đảo",
            "Đơn vị nhận email yêu cầu cập nhật mật khẩu qua đường link lạ",
        ),
        ("leaked_credentials", "Mất chữ ký số", "Chủ tài khoản bị mất USB ký số hôm qua"),
        ("leaked_credentials", "Bị lộ mật khẩu DVC", "Nghi ngờ người khác biết mật khẩu"),
        ("leaked_credentials", "Giúp em", "User: tckh01 / Pass: Tckh@2022 đăng nhập giúp em"),
        (
            "suspicious_payment",
            "Có chứng từ lạ",
            "Trên hệ thống xuất hiện ủy nhiệm chi không phải của đơn vị",
        ),
        ("suspicious_payment", "Chuyển tiền nhầm tài khoản", "Đề nghị KBNN hỗ trợ thu hồi"),
        ("vneid", "Không liên kết được VNeID", "Tài khoản định danh mức 2 của chủ tài khoản đã kích hoạt"),
        ("other", "[0010#DVC]", "Em chào anh chị"),
    ],
)
def test_requests_as_people_write_them(category: str, subject: str, text: str) -> None:
    assert read(subject, text).category == category


@pytest.mark.parametrize(
    "text",
    [
        "mật khẩu: MatKhauThu@123",
        "mat khau la abc12345",
        "mật khẩu Abc@12345",
        "Pass = kbnn2022",
        "user kt01 pass: Abc@12345",
        "mk: 12345678",
        "mật khẩu đăng nhập là Kbnn#2022",
        "mật khẩu của em là hoasen2022",
        "mật khẩu mới: matkhaumoi",
        "mã PIN token 87654321",
        "mã PIN: 12345678",
        "pin là 123456",
        "mã OTP 481920",
        "MẬT KHẨU:\nAbc@12345",
        "ｍật khẩu：Ａｂｃ＠１２３４５",
    ],
)
def test_a_secret_with_its_value_is_a_leak_and_the_value_is_not_repeated(text: str) -> None:
    reading = read("Nhờ hỗ trợ", text)
    assert (reading.category, reading.priority, reading.escalate) == ("leaked_credentials", 1, True)
    told = " ".join(reason.vi + reason.en for reason in reading.reasons).lower()
    assert not any(secret in told for secret in ("123", "2022", "87654321", "481920", "moi"))


@pytest.mark.parametrize(
    "text",
    [
        "Quên mật khẩu",
        "mật khẩu: không đúng",
        "Tên đăng nhập hoặc mật khẩu không đúng",
        "hết hạn mật khẩu 42 ngày",
        "mật khẩu 8 ký tự",
        "sai mật khẩu 5 lần",
        "cấp lại mật khẩu SD211208-123456",
        "mật khẩu hết hạn ngày 15/03/2026",
        "mật khẩu: ********",
        "không nhận mã OTP, điện thoại 0912345678",
        "mã OTP gửi về email ketoan1@donvi.example",
        "mã PIN 0912 345 678",
        "đơn vị 1000001 quên mật khẩu",
        "mật khẩu. Trân trọng cảm ơn",
        "pin laptop hỏng",
    ],
)
def test_a_secret_without_its_value_is_no_leak(text: str) -> None:
    assert read("Nhờ hỗ trợ", text).category != "leaked_credentials"


@pytest.mark.parametrize(
    "text",
    [
        "Không ký được hồ sơ, liên hệ zalo hoặc viber 0900 000 001",
        "Đã cài phần mềm diệt virus, vẫn không đăng nhập được",
        "Xin đổi mật khẩu",
        "Xin dừng thanh toán tự động tiền điện",
        "Không nhận được thông báo của ứng dụng",
        "Em lo hết hạn mật khẩu",
    ],
)
def test_ordinary_matters_do_not_alarm_the_security_desk(text: str) -> None:
    assert not read("Nhờ hỗ trợ", text).escalate


def test_an_escalating_matter_goes_before_whatever_else_the_mail_says() -> None:
    reading = read("Không ký số được, lỗi ký số, token không nhận", "Có người tự xưng cán bộ kho bạc gọi")
    assert (reading.category, reading.escalate) == ("impersonation", True)


def test_the_words_that_decided_are_told_and_the_rivals_too() -> None:
    reading = read("Lỗi ký số", "khi gửi hồ sơ")
    assert [reason.code for reason in reading.reasons] == ["category_signature", "category_rivals"]
    assert "“Hồ sơ kiểm soát chi”" in reading.reasons[1].vi
    assert "lỗi ký số" in reading.reasons[0].vi
    assert "“Expenditure-control dossier”" in reading.reasons[1].en


def test_nothing_telling_is_other() -> None:
    reading = read("", "")
    assert (reading.category, reading.priority, reading.escalate) == ("other", 4, False)
    assert [reason.code for reason in reading.reasons] == ["category_none"]


def test_names_of_files_are_looked_at_when_the_text_tells_nothing() -> None:
    mail = a_mail("Nhờ xem", "như hình", attachments=(a_file("loi_ky_so.png"),))
    assert categorise(mail, shipped().categories).category == "signature"
    telling = a_mail("Quên mật khẩu", "", attachments=(a_file("loi_ky_so.png"),))
    assert categorise(telling, shipped().categories).category == "password"


def test_the_subject_weighs_more_than_the_text() -> None:
    assert read("gia hạn chứng thư số", "rút dự toán").category == "certificate"
    assert read("rút dự toán", "gia hạn chứng thư").category == "dossier"


def test_among_equals_the_order_of_the_file_decides() -> None:
    one = Category("one", "Một", "One", 3, escalate=False, phrases=("xanh lá",))
    two = Category("two", "Hai", "Two", 3, escalate=False, phrases=("đỏ tươi",))
    mail = a_mail("xanh lá, đỏ tươi")
    assert categorise(mail, (one, two)).category == "one"
    assert categorise(mail, (two, one)).category == "two"


def test_one_hint_does_not_escalate_and_two_do() -> None:
    alarm = Category("alarm", "Báo động", "Alarm", 1, escalate=True, phrases=(), hints=("khói", "lửa"))
    assert categorise(a_mail("có khói"), (alarm,)).category == "other"
    assert categorise(a_mail("có khói, có lửa"), (alarm,)).category == "alarm"


def test_a_wrong_tone_does_not_escalate() -> None:
    alarm = Category("alarm", "Báo động", "Alarm", 1, escalate=True, phrases=("đòi mật khẩu",))
    assert categorise(a_mail("đổi mật khẩu"), (alarm,)).category == "other"
    assert categorise(a_mail("Đòi mật khẩu"), (alarm,)).category == "alarm"


@given(st.text(max_size=60), st.text(max_size=400))
def test_any_mail_gets_a_category_that_exists(subject: str, text: str) -> None:
    reading = read(subject, text)
    assert reading.category in {category.id for category in shipped().categories}
    assert reading.reasons


ROWS = [
    line.split("\t")
    for line in (Path(__file__).parent / "categories.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(
    ("category", "subject", "text"), ROWS, ids=[f"{row[1]}: {row[2]}"[:70] for row in ROWS]
)
def test_requests_in_the_words_of_every_day(category: str, subject: str, text: str) -> None:
    assert read(subject, text).category == category


def test_every_category_has_examples() -> None:
    counts = Counter(row[0] for row in ROWS)
    assert len(ROWS) >= 250
    assert set(counts) == {category.id for category in shipped().categories}
    assert min(counts.values()) >= 8


@pytest.mark.parametrize(
    ("text", "escalates"),
    [
        ("Máy em không bị virus", False),
        ("Chưa lộ mật khẩu", False),
        ("Không phải lừa đảo đâu ạ", False),
        ("Đây không phải lừa đảo chứ ạ?", True),
        ("Máy bị virus", True),
        ("Không phải lỗi ký số mà là bị hack", True),
    ],
)
def test_what_is_denied_does_not_count_unless_it_is_asked(text: str, escalates: bool) -> None:  # noqa: FBT001 - a column
    reading = read("Nhờ hỗ trợ", text)
    assert reading.escalate is escalates
    told = [reason for reason in reading.reasons if reason.code == "category_denied"]
    assert bool(told) is (not escalates or "hack" in text)


@pytest.mark.parametrize(
    ("short", "category"),
    [
        ("ko đk đc", "registration"),
        ("xin đk sử dụng dvctt", "registration"),
        ("k vào dvc đk", "other"),
        ("xin đc số dư", "reconcile"),
        ("UNC bị trả lại", "dossier"),
        ("GRDT bị trả", "dossier"),
        ("hs ksc chưa duyệt", "dossier"),
        ("cts hết hạn", "certificate"),
        ("quên mk", "password"),
        ("tk bị khóa", "login"),
    ],
)
def test_short_forms_are_spelled_out(short: str, category: str) -> None:
    assert read("", short).category == category
