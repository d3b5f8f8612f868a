"""What tests of the directory of units bring in: the head of a CSV file, and a filled registration form."""

HEAD = "code,name,treasury,class,software,phone,senders\n"
FORM = """\
THÔNG BÁO CỦA KHÁCH HÀNG
VỀ VIỆC ĐĂNG KÝ SỬ DỤNG ỨNG DỤNG, DỊCH VỤ

Kính gửi: Kho bạc Nhà nước Đà Nẵng
Tên khách hàng/ĐVQHNS: Trường Hoa Cúc
Mã ĐVQHNS (nếu có): 1234567
Số điện thoại: 0900 000 009
Tên phần mềm kết nối tới ứng dụng: Kế toán Xanh 5.2
"""
