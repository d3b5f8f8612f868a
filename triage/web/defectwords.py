"""What was wrong with a mail, told in Vietnamese; the English is that of ``triage.core.defects``."""

_BY_CODE = {
    # the mail as a whole
    "bare-cr": "Các dòng kết thúc bằng ký tự CR đơn.",
    "extra-cr": "Các dòng kết thúc bằng nhiều ký tự CR.",
    "headers-too-long": "Phần tiêu đề quá dài; phần còn lại không được đọc.",
    "fold-not-indented": "Một dòng tiêu đề nối tiếp không thụt vào.",
    "stray-first-line": "Trước tiêu đề có một dòng không phải tiêu đề; dòng đó bị bỏ qua.",
    "indented-header": "Dòng tiêu đề đầu tiên bị thụt vào.",
    "no-empty-line": "Thiếu dòng trống giữa tiêu đề và nội dung.",
    "repeated-header": "Có dòng tiêu đề bị lặp.",
    # its parts
    "wrong-boundary": "Các phần của thư không được ngăn bằng dấu đã khai báo.",
    "delimiter-in-line": "Dấu ngăn giữa các phần không nằm ở đầu dòng.",
    "no-end": "Thư nhiều phần không có dấu kết thúc; có thể bị cắt cụt.",
    "too-many-parts": "Thư có quá nhiều phần; chỉ đọc những phần đầu.",
    "too-deep": "Các phần lồng nhau quá sâu; những phần sâu nhất không được đọc.",
    "mails-too-deep": "Các thư đính kèm lồng nhau quá sâu; những thư sâu nhất không được đọc.",
    "encoded-multipart": "Cả thư nhiều phần bị mã hóa chung.",
    "parts-behind-end": "Sau dấu kết thúc thư còn có phần khác, không được đọc; xem thư gốc.",
    "text-beside-parts": "Nội dung nằm ngoài các phần của thư, nơi ít chương trình hiển thị.",
    "odd-encoding": "Kiểu mã hóa truyền tải ghi không đúng quy định.",
    "bad-content-type": "Kiểu nội dung không hợp lệ.",
    "too-many-parameters": "Một dòng tiêu đề có quá nhiều tham số; chỉ đọc những tham số đầu.",
    "no-semicolon": "Thiếu dấu chấm phẩy trước một tham số.",
    "unclosed-parameter": "Một tham số thiếu dấu đóng ngoặc kép.",
    "odd-file-name": "Tên một tệp viết không đúng quy định.",
    # its headers
    "header-too-long": "Một dòng tiêu đề quá dài; phần còn lại không được đọc.",
    "too-many-words": "Một dòng tiêu đề có quá nhiều từ mã hóa; chỉ giải mã những từ đầu.",
    "unknown-charset-of-word": "Một dòng tiêu đề dùng bảng mã không rõ.",
    "cut-word": "Một từ mã hóa bị cắt giữa một chữ; đã ghép với từ tiếp theo.",
    "odd-word": "Một từ mã hóa trong tiêu đề có dấu cách, không đúng quy định.",
    "open-word": "Từ mã hóa cuối một dòng tiêu đề không có dấu kết thúc.",
    "guessed-header": "Một dòng tiêu đề không khai báo bảng mã; đã đọc theo bảng mã phỏng đoán.",
    "odd-date": "Ngày gửi viết không đúng quy định.",
    "no-date": "Ngày gửi không đọc được.",
    "id-without-brackets": "Mã thư (Message-ID) thiếu dấu ngoặc nhọn.",
    # its addresses
    "too-long-list": "Danh sách địa chỉ quá dài; phần còn lại không được đọc.",
    "too-many-addresses": "Quá nhiều địa chỉ; chỉ đọc những địa chỉ đầu.",
    "unclosed-quotes": "Tên người gửi hoặc nhận thiếu dấu đóng ngoặc kép.",
    "unclosed-bracket": "Một địa chỉ thiếu dấu đóng ngoặc nhọn.",
    "deep-comments": "Chú thích trong địa chỉ lồng nhau quá sâu.",
    "encoded-address": "Địa chỉ chứa từ mã hóa.",
    "no-address": "Một người gửi hoặc nhận không có địa chỉ.",
    "words-behind-address": "Có chữ thừa sau một địa chỉ; đã bỏ đi.",
    "odd-address": "Một địa chỉ viết không đúng quy định.",
    "list-in-brackets": "Nhiều địa chỉ nằm trong cùng một cặp ngoặc.",
    "unquoted-comma": "Một tên có dấu phẩy nhưng không đặt trong ngoặc kép; đã ghép lại thành một tên.",
    # its text
    "text-too-long": "Nội dung quá dài; phần còn lại không được đọc.",
    "not-base64": "Nội dung khai là base64 nhưng không phải.",
    "undeclared-encoding": "Nội dung được mã hóa mà không khai báo; đã giải mã.",
    "damaged-encoding": "Mã hóa của nội dung bị hỏng; chỉ đọc được phần còn đọc được.",
    "html-as-plain": "Nội dung HTML bị khai là văn bản thường; đã đọc theo HTML.",
    "binary-text": "Phần khai là văn bản nhưng không phải; giữ nguyên thành tệp.",
    "unknown-charset": "Bảng mã khai báo không rõ.",
    "other-charset": "Văn bản không đúng bảng mã đã khai báo; đã đọc theo bảng mã thực tế.",
    "lost-bytes": "Một số ký tự không giải mã được, đã thay bằng ký tự khác.",
    "misread-utf8": "Chữ UTF-8 bị đọc nhầm bảng mã đã được sửa lại.",
    "old-font": "Chữ gõ bằng phông cũ đã được chuyển mã.",
    "html-too-large": "Bản HTML quá lớn hoặc lồng quá sâu; chỉ lấy phần chữ.",
    "html-broken": "Bản HTML bị hỏng; chỉ lấy phần chữ.",
    "encrypted": "Thư được mã hóa nên không đọc được ở đây.",
    "part-encrypted": "Một phần của thư được mã hóa nên không đọc được ở đây.",
    "wrapper-unreadable": "Không mở được lớp ký số (S/MIME) bọc ngoài thư.",
    "wrapper-too-large": "Thư nén quá lớn; chỉ đọc một phần.",
    "wrapper-cut": "Lớp ký số (S/MIME) bọc ngoài thư bị cắt cụt; chỉ đọc được phần còn lại.",
    "uuencoded": "Tệp nằm ngay trong nội dung (uuencode) đã được tách ra.",
    # a winmail.dat in it
    "winmail-unreadable": "Không mở được winmail.dat; giữ nguyên thành tệp.",
    "winmail-damaged": "Tệp winmail.dat hỏng hoặc quá dài; phần còn lại không được đọc.",
    "winmail-too-many": "Tệp winmail.dat chứa quá nhiều tệp; chỉ đọc những tệp đầu.",
    "winmail-too-deep": "Thư lồng trong winmail.dat quá sâu; những thư sâu nhất không được đọc.",
}


def in_vietnamese(defect: str) -> str:
    """Give the sentence for a defect by its code; one that is not in the table is given in English."""
    code, _, english = defect.partition(": ")
    return _BY_CODE.get(code) or f"Lỗi định dạng khác: {english or code}."


def in_english(defect: str) -> str:
    """Give the sentence that a defect bears, as a sentence."""
    _, _, sentence = defect.partition(": ")
    told = sentence or defect
    return f"{told[:1].upper()}{told[1:]}."
