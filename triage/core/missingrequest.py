"""The words that ask for what a request lacks, in exactly the parts that are wanted."""

from collections.abc import Collection

from triage.core.decision import Part

_WORDS = {
    Part.DESCRIPTION: "Mô tả đầy đủ lỗi hoặc việc cần hỗ trợ: đang thực hiện bước nào, phần mềm báo lỗi gì "
    "(xin ghi nguyên văn), lỗi xuất hiện từ lúc nào.",
    Part.SCREENSHOT: "Ảnh chụp màn hình có thông báo lỗi; trước khi gửi, xin che những thông tin bí mật "
    "nếu có.",
    Part.CONTACT: "Thông tin liên hệ của người gửi: họ tên, tên đơn vị và số điện thoại.",
}


def missing_request(parts: Collection[Part]) -> str:
    """Write the request for these parts, in the order of the official letter; empty where there is none."""
    lines = [f"- {_WORDS[part]}" for part in Part if part in parts]
    if not lines:
        return ""
    asked = "\n".join(lines)
    return (
        f"Để việc xử lý được nhanh chóng, đề nghị Quý đơn vị bổ sung:\n\n{asked}\n\n"
        "Quý đơn vị chỉ cần trả lời thư này; không cần gửi lại yêu cầu từ đầu."
    )
