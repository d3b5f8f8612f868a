"""Vietnamese sentences by the hundred, sentences of other languages, and encoders for the older charsets."""

import unicodedata
from itertools import product

from triage.core.vietcharsets import decode_vietnamese

_WHO = (
    "Trường Tiểu học Cầu Dây",
    "Phòng Tài chính huyện Bến Đá",
    "Trạm Y tế xã Gò Sậy",
    "Ban Quản lý dự án Đồng Cỏ",
    "Ủy ban nhân dân phường Hàng Thêu",
    "Trung tâm Khuyến nông Đất Lành",
)
_WHAT = (
    "không ký số được trên trang dịch vụ công",
    "bị lỗi khi nộp chứng từ chi lương tháng này",
    "chưa nhận được mật khẩu mới sau khi đổi kế toán trưởng",
    "đã gửi hồ sơ nhưng trạng thái vẫn là chờ duyệt",
    "cần đăng ký lại người dùng do chủ tài khoản nghỉ hưu",
    "thấy báo chứng thư số hết hạn dù vừa gia hạn xong",
    "không kết nối được phần mềm kế toán với cổng của kho bạc",
    "muốn hỏi thủ tục mở tài khoản dự toán năm sau",
    "gặp lỗi trắng trang mỗi lần bấm nút tra cứu",
    "đề nghị mở khóa tài khoản của thủ quỹ",
)
_HOW = (
    "Kính gửi Đội hỗ trợ, {who} {what}, mong quý đơn vị giúp đỡ.",
    "Đơn vị em là {who}, hiện {what}. Xin được hướng dẫn sớm ạ.",
    "{who} xin báo: từ sáng nay {what}.",
    "Anh chị ơi, {who} {what}; em đã thử lại nhiều lần rồi.",
    "Chào phòng công nghệ thông tin. {who} {what}, nhờ kiểm tra giúp.",
    "Hiện nay {who} {what}, ảnh chụp màn hình gửi kèm theo.",
)
SENTENCES = tuple(how.format(who=who, what=what) for how, who, what in product(_HOW, _WHO, _WHAT))

OTHERS = (
    "Où est passée la réunion de l'été dernier ? Le comité a été très déçu.",
    "Nous avons reçu votre dossier complété ; il sera traité à la mi-février.",
    "Déjà vu, café crème, naïveté, Noël à Saint-Étienne et une soirée gâchée.",
    "Le résumé a été envoyé à l'équipe par Hélène, cet après-midi même.",
    "Élève très doué, il a dû être inscrit à l'école privée dès la rentrée.",
    "Là où ça coûte cher, on paie cher : voilà tout.",
    "Für die Überweisung fehlen noch die Größen der geöffneten Päckchen.",
    "Schöne Grüße aus München, wir hören uns übermorgen früh wieder.",
    "Die Prüfung läuft über die Behörde; ändern können Sie das später.",
    "Das Gebäude gehört der größten Börse in Österreich, heißt es.",
    "Mañana por la mañana iré allí; él también vendrá después, según dijo.",
    "Sí, tú y yo; él no. ¿Qué más da, señor Muñoz?",
    "La contraseña caducó el último día del año pasado, así que llamé.",
    "Não é possível fazer a ligação à estação; as opções são três.",
    "A ação já está em execução, porém há informações pendentes.",
    "Perché così? È già più tardi di quanto può sembrare, però andrà bene.",
    "Blåbærsyltetøy på skiven er godt, også når det regner på fjellet.",
    "Hän on päässyt töihin ja käynyt äitinsä luona yötä myöten.",
    "På måndag går vi över ån till Åre för att äta sju ärter och få öl.",
    "Ég þekki það ekki, því miður; við ræðum þetta síðar í vikunni.",
    "De coördinatie is geïnd, zei Daniël; de ruïne reëel gesloten.",
    "La col·lecció és aquí: això farà que tothom s'hi senti bé.",
    "The café on Señor Müller's street charges £5 – naïve tourists pay €6.",
    "Copyright © 2021 Example Corp.® All rights reserved · Terms · Privacy",
    "The temperature was 21°C ± 2°, about ½ of §3 applies, see page 4 «note».",
    "Please “reset” the user’s password — it expired… thanks",
    "Price: 1.000 € • Size: 5 µm × 3 µm • Part nº 7ª",
    "Señor, sí. Más té?",
    "Si può ottenere lo stesso col comando.",
    "Può essere usato per editare qualsiasi file di testo.",
    "7 ý",
    "Õ",
    "né à Orléans",
    "Thé ou café ?",
    "Ö ä å é",
    "Łódź i Kraków są piękne, a żółć gęsi też się zdarza.",
    "Привет, это письмо о пароле и сертификате.",
    "パスワードを忘れました。",
    "Tú no, yo sí, él sí: té no, más no. Sé tú, da más. Él da té, tú no.",
    "Das hört man; Öl für Tür, Gäu, nö, zu spät, grün, für, müh, Tüte.",
)

_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_SHAPES = {
    "\u0302": {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"},
    "\u0306": {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"},
}
_ALONE = {"đ": "ñ", "ơ": "ô", "ư": "ö", "ị": "ò", "ỉ": "æ", "ĩ": "ó", "ỵ": "î", "ì": "ì", "í": "í"}


def encode(text: str, charset: str) -> bytes:
    """Encode a Vietnamese text; what TCVN3 has no capital for comes in small letters, as its users type."""
    match charset:
        case "cp1258":
            return b"".join(_cp1258(char) for char in text)
        case "vni":
            return "".join(_vni(char) for char in text).encode("cp1252")
        case _:
            table = _table(charset)
            return bytes(table.get(char) or table[char.lower()] for char in text)


def _table(charset: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for byte in (*range(0x20, 0x100), *range(1, 0x20)):
        found.setdefault(decode_vietnamese(bytes([byte]), charset), byte)
    return found


def _cp1258(char: str) -> bytes:
    try:
        return char.encode("cp1258")
    except UnicodeEncodeError:
        apart = unicodedata.normalize("NFD", char)
        tone = next(mark for mark in apart if mark in _TONES)
        return (unicodedata.normalize("NFC", apart.replace(tone, "")) + tone).encode("cp1258")


def _vni(char: str) -> str:
    if char.isascii():
        return char
    small = char.lower()
    if small in _ALONE:
        found = _ALONE[small]
    else:
        base, *marks = list(unicodedata.normalize("NFD", small))
        tone = next((mark for mark in marks if mark in _TONES), "")
        shape = next((mark for mark in marks if mark in _SHAPES), "")
        horn = {"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base
        found = horn + (_SHAPES[shape][tone] if shape else _TONES.get(tone, ""))
    return found.upper() if char.isupper() else found
