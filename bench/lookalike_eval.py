"""Recall of the lookalike checks on imitations made here, kind by kind, and false alarms on honest names.

Run from the project root: ``python bench/lookalike_eval.py [--seed N] [--miss]``. The imitations are made by
rules that know nothing of the checks; names of people and units are invented.
"""

import argparse
import random
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from triage.adapters.protectedfile import load_protected
from triage.core.decision import Verdict
from triage.core.lookalike import check_text, judge_names
from triage.core.mail import Address
from triage.core.protected import Protected
from triage.core.spelling.initials import SHORTEST as INITIALS
from triage.core.weights import verdict_of

RULES = Path(__file__).parents[1] / "rules" / "protected.toml"
NAMES = ("khobac", "khobacnhanuoc", "dichvucong", "hotrocntt", "botaichinh")
PHRASES = ("kho bạc", "kho bạc nhà nước", "dịch vụ công", "hỗ trợ cntt", "bộ tài chính")
OFFICIAL = ("vst.gov.vn", "kbnn.gov.vn", "khobac.gov.vn", "dichvucong.gov.vn", "mof.gov.vn", "dvc.vst.gov.vn")
SUFFIXES = ("com", "net", "org", "vn", "com.vn", "id.vn", "top", "xyz", "info", "online", "cc", "site")
KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
DRAWN = {"o": "0", "i": "1", "l": "1", "s": "5", "g": "9", "t": "7", "b": "8", "e": "3", "a": "4"}
CYRILLIC = {
    "a": "а",
    "c": "с",
    "e": "е",
    "o": "о",
    "p": "р",
    "x": "х",
    "y": "у",
    "k": "к",
    "h": "һ",
    "i": "і",
    "b": "ь",
    "t": "т",
    "d": "ԁ",
    "v": "ѵ",
}
WORDS = [
    "hotro",
    "login",
    "support",
    "xacthuc",
    "otp",
    "capnhat",
    "dangnhap",
    "portal",
    "secure",
    "verify",
    "thongbao",
    "chukyso",
    "helpdesk",
    "gov",
    "vn",
    "online",
    "tructuyen",
    "24h",
    "admin",
    "baomat",
    "taikhoan",
    "hanoi",
    "danang",
    "trungtam",
    "phongcntt",
    "kythuat",
    "update",
    "vietnam",
    "account",
]
STRANGERS = (
    "evil",
    "cloudbox",
    "tkvnsys",
    "mailer9",
    "fastweb",
    "bluesky",
    "x7",
    "phanhoi",
    "serverhub",
    "abc",
)
NOISE = "abcdefghijklmnopqrstuvwxyz"
VNI = {
    "\u0301": "1",
    "\u0300": "2",
    "\u0309": "3",
    "\u0303": "4",
    "\u0323": "5",
    "\u0302": "6",
    "\u031b": "7",
    "\u0306": "8",
}
TELEX = {"\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
SYLLABLES = [
    "nha",
    "dat",
    "xanh",
    "thoi",
    "trang",
    "hoa",
    "binh",
    "minh",
    "phat",
    "tai",
    "loc",
    "viet",
    "star",
    "tech",
    "food",
    "dichvu",
    "taichinh",
    "store",
    "gov",
    "van",
    "congnghe",
    "khoa",
    "hotro",
    "media",
    "home",
    "bac",
    "kho",
]
"""What honest Vietnamese hosts are glued from."""
Maker = Callable[[random.Random], str]


def _omission(rng: random.Random) -> str:
    name = rng.choice(NAMES)
    at = rng.randrange(1, len(name))
    return _host(name[:at] + name[at + 1 :], rng)


def _repetition(rng: random.Random) -> str:
    name = rng.choice(NAMES)
    at = rng.randrange(len(name))
    return _host(name[:at] + name[at] + name[at:], rng)


def _insertion(rng: random.Random) -> str:
    name = rng.choice(NAMES)
    at = rng.randrange(1, len(name))
    return _host(name[:at] + rng.choice(NOISE) + name[at:], rng)


def _transposition(rng: random.Random) -> str:
    name = rng.choice(NAMES)
    at = rng.randrange(len(name) - 1)
    return _host(name[:at] + name[at + 1] + name[at] + name[at + 2 :], rng)


def _neighbour_key(rng: random.Random) -> str:
    name = rng.choice(NAMES)
    at = rng.randrange(1, len(name))
    row = next(row for row in KEYS if name[at] in row)
    place = row.index(name[at])
    return _host(name[:at] + row[place - 1 if place else 1] + name[at + 1 :], rng)


def _vowel(rng: random.Random) -> str:
    name = rng.choice(NAMES)
    at = rng.choice([index for index, char in enumerate(name) if char in "aeiou"])
    return _host(name[:at] + rng.choice("aeiou".replace(name[at], "")) + name[at + 1 :], rng)


def _hyphenation(rng: random.Random) -> str:
    name = rng.choice((*NAMES, "kbnn"))
    at = rng.randrange(1, len(name))
    return _host(f"{name[:at]}-{name[at:]}", rng)


def _drawn_digits(rng: random.Random) -> str:
    host = rng.choice((*(f"{name}.{rng.choice(SUFFIXES)}" for name in NAMES), "vst.gov.vn", "kbnn.gov.vn"))
    label, _, rest = host.partition(".")
    if rest == "gov.vn":
        return f"{label}.{rng.choice(('g0v', '9ov', '90v'))}.vn"
    places = [index for index, char in enumerate(label) if char in DRAWN]
    for at in rng.sample(places, min(len(places), rng.choice((1, 2)))):
        label = label[:at] + DRAWN[label[at]] + label[at + 1 :]
    return f"{label}.{rest}"


def _homoglyph(rng: random.Random) -> str:
    name = rng.choice((*NAMES, "kbnn", "vst-gov", "kbnn-hotro"))
    places = [index for index, char in enumerate(name) if char in CYRILLIC]
    for at in rng.sample(places, rng.randint(1, len(places))):
        name = name[:at] + CYRILLIC[name[at]] + name[at + 1 :]
    return _host(name, rng)


def _punycode(rng: random.Random) -> str:
    return _homoglyph(rng).encode("idna").decode("ascii")


def _full_width(rng: random.Random) -> str:
    host = rng.choice(("vst.gov.vn", "khobac.com", "kbnn.gov.vn", "hotrocntt.vn"))
    return "".join(chr(ord(char) + 0xFEE0) if char != "." else rng.choice("．。.") for char in host)


def _with_marks(rng: random.Random) -> str:
    return _host(rng.choice(PHRASES).replace(" ", ""), rng)


def _telex(rng: random.Random) -> str:
    return _host("".join(_keyed(word, TELEX, rng) for word in rng.choice(PHRASES).split()), rng)


def _vni(rng: random.Random) -> str:
    return _host("".join(_keyed(word, VNI, rng) for word in rng.choice(PHRASES).split()), rng)


def _initials(rng: random.Random) -> str:
    cut = "".join(rng.choice((syllable, syllable[0])) for syllable in ("kho", "bac", "nha", "nuoc"))
    return _host(cut if len(cut) >= INITIALS else "kbnhanuoc", rng)


def _combination(rng: random.Random) -> str:
    parts = [
        rng.choice(("kbnn", "khobac", "khobacnhanuoc", "dichvucong", "hotrocntt")),
        *rng.sample(WORDS, rng.choice((1, 2))),
    ]
    rng.shuffle(parts)
    return _host(rng.choice(("", "-")).join(parts), rng)


def _short_combination(rng: random.Random) -> str:
    parts = [rng.choice(("vst", "dvc", "mof")), rng.choice(WORDS)]
    rng.shuffle(parts)
    return _host(rng.choice(("", "-")).join(parts), rng)


def _suffix_swap(rng: random.Random) -> str:
    return _host(rng.choice((*NAMES, "kbnn")), rng)


def _embedding(rng: random.Random) -> str:
    official = rng.choice(OFFICIAL)
    spelt = rng.choice((official, official.replace(".", "-"), official.replace(".", "")))
    front = rng.choice(("", "mail.", "www."))
    return f"{front}{spelt}{rng.choice('.-')}{rng.choice(STRANGERS)}.{rng.choice(SUFFIXES)}"


def _front_label(rng: random.Random) -> str:
    return f"{rng.choice((*NAMES, 'kbnn'))}.{rng.choice(STRANGERS)}.{rng.choice(SUFFIXES)}"


def _fake_gov_vn(rng: random.Random) -> str:
    noise = "".join(rng.choices(NOISE, k=rng.randint(0, 3)))
    end = rng.choice(("govn", "govvn", "gov-vn", "vngov", "vietgov"))
    front, digits = rng.choice(("", "d.", "s.", "dichvucong.")), rng.choice(("", "3", "88"))
    return f"{front}{noise}{end}{digits}.{rng.choice(('cc', 'com', 'net', 'top'))}"


def _state_gov(rng: random.Random) -> str:
    noise = "".join(rng.choices(NOISE, k=rng.randint(0, 2)))
    body = rng.choice(("gdt", "btc", "vssid", "bca", "dvc", "kbnn", "vst"))
    return f"{body}{noise}gov{rng.choice(('', 'vn', '8'))}.{rng.choice(SUFFIXES)}"


def _front_of_gov(rng: random.Random) -> str:
    noise = "".join(rng.choices(NOISE, k=rng.randint(1, 3)))
    front = rng.choice(("dichvucong", "vneid", "chinhphu", "kbnn"))
    return f"{front}.{noise}gov.{rng.choice(('com', 'net', 'cc'))}"


def _noisy_tail(rng: random.Random) -> str:
    tail = rng.choice((str(rng.randint(1, 999)), rng.choice(NOISE) * 2, "".join(rng.choices(NOISE, k=3))))
    return _host(
        rng.choice(("khobac", "kbnn", "dichvucong", "dvckhobac", "vneid")) + rng.choice(("", "-")) + tail, rng
    )


def _gov_slip(rng: random.Random) -> str:
    end = rng.choice(
        (
            "goov.vn",
            "gob.vn",
            "gouv.vn",
            "govt.vn",
            "gv.vn",
            "gov.nv",
            "gov.vm",
            "gov.co",
            "gov.com",
            "govv.vn",
            "gvo.vn",
            "govvn",
        )
    )
    return f"{rng.choice(('vst', 'kbnn', 'khobac', 'dichvucong', 'dvc'))}.{end}"


def _freemail(rng: random.Random) -> str:
    local = rng.choice(
        (
            "hotrocntt",
            "khobacnhanuoc",
            "kbnn.{}",
            "{}.kbnn",
            "hotrocntt.{}",
            "khobac.{}",
            "dvckbnn.{}",
            "{}.vst.gov",
            "vst.{}",
        )
    )
    return (
        local.format(rng.choice(WORDS[:20]))
        + "@"
        + rng.choice(("gmail.com", "outlook.com", "yahoo.com", "proton.me", "vnn.vn"))
    )


def _freemail_slip(rng: random.Random) -> str:
    return (
        _transposition(rng).partition(".")[0] + "@gmail.com"
        if not rng.randrange(5)
        else _slip("hotrocntt", rng) + "@gmail.com"
    )


def _display_name(rng: random.Random) -> str:
    lead = rng.choice(
        (
            "Đội hỗ trợ CNTT",
            "Lãnh đạo",
            "Văn phòng",
            "Cục CNTT",
            "Tổng đài",
            "Ban quản trị",
            "Thông báo",
            "Phòng Tài vụ",
            "Giám đốc",
            "Trung tâm hỗ trợ",
        )
    )
    body = rng.choice(
        (
            "Kho bạc Nhà nước",
            "KBNN",
            "Kho bạc",
            "Kho bạc Nhà nước Hà Nội",
            "KBNN khu vực X",
            "DVC KBNN",
            "Dịch vụ công KBNN",
        )
    )
    text = f"{lead} {body}" if rng.randrange(5) > 1 else f"{body} - {lead}"
    shape = rng.choice((str, str.upper, _unmarked, lambda t: unicodedata.normalize("NFD", t)))
    local = f"{rng.choice(('it', 'nv', 'thongtin'))}{rng.randint(1, 99)}"
    return f'"{shape(text)}" <{local}@{rng.choice(("gmail.com", "mailing.cc", "hotmail.com"))}>'


IMITATIONS: tuple[Maker, ...] = (
    _omission,
    _repetition,
    _insertion,
    _transposition,
    _neighbour_key,
    _vowel,
    _hyphenation,
    _drawn_digits,
    _homoglyph,
    _punycode,
    _full_width,
    _with_marks,
    _telex,
    _vni,
    _initials,
    _combination,
    _short_combination,
    _suffix_swap,
    _embedding,
    _front_label,
    _fake_gov_vn,
    _state_gov,
    _front_of_gov,
    _noisy_tail,
    _gov_slip,
    _freemail,
    _freemail_slip,
    _display_name,
)


def _unit_mailbox(rng: random.Random) -> str:
    unit = rng.choice(("thcs", "thpt", "mn", "th", "ubnd", "ttyt", "bqlda", "truong", "benhvien"))
    place = rng.choice(("hoasen", "kimdong", "leloi", "phuong5", "xatanhoa", "nguyendu", "sonca"))
    treasury = rng.choice(("dvckbnn", "khobac", "kbnn", "dvckhobac", "ktkb"))
    parts = rng.choice(((f"{unit}{place}", treasury), (treasury, f"{unit}{place}"), (treasury, unit, place)))
    return ".".join(parts) + "@gmail.com"


def _unit_name(rng: random.Random) -> str:
    unit = rng.choice(
        (
            "Trường THCS Hoa Mai",
            "UBND xã Tân Hoà",
            "Mầm non Sơn Ca",
            "TTYT Thủ Thừa",
            "Ban QLDA huyện Phú Tân",
            "Bệnh viện đa khoa An Bình",
        )
    )
    role = rng.choice(
        (
            "Kế toán giao dịch Kho bạc",
            "Kế toán KBNN",
            "DVC KBNN",
            "Giao dịch Kho bạc",
            "Chủ tài khoản Kho bạc",
        )
    )
    return f'"{rng.choice((f"{role} - {unit}", f"{unit} ({role})"))}" <donvi{rng.randint(1, 999)}@gmail.com>'


def _province_host(rng: random.Random) -> str:
    office = rng.choice(("khobac", "dichvucong", "dvc", "sotaichinh", "stc", "mail"))
    return f"{office}.{rng.choice(('hanoi', 'danang', 'longan', 'hue'))}.gov.vn"


def _two_words(rng: random.Random) -> str:
    return (
        "".join(rng.sample(SYLLABLES, rng.choice((2, 3))))
        + "."
        + rng.choice(("vn", "com.vn", "com", "edu.vn"))
    )


HONEST: tuple[Maker, ...] = (_unit_mailbox, _unit_name, _province_host, _two_words)


def _host(label: str, rng: random.Random) -> str:
    return f"{label}.{rng.choice(SUFFIXES)}"


def _slip(name: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(name))
    return rng.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
            name[:at] + rng.choice(NOISE) + name[at:],
        )
    )


def _unmarked(text: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return plain.replace("đ", "d").replace("Đ", "D")


def _keyed(word: str, keys: dict[str, str], rng: random.Random) -> str:
    plain, tone = "", ""
    letter = ""
    for char in unicodedata.normalize("NFD", word):
        letter = letter if unicodedata.combining(char) else char
        if char == "\u0302" and keys is TELEX:
            plain += letter
        elif char in {"\u031b", "\u0306"} and keys is TELEX:
            plain += "w"
        elif char in keys and char in TELEX:
            if rng.random() < 0.5:  # noqa: PLR2004 -- half of the people key the tone at once
                plain += keys[char]
            else:
                tone = keys[char]
        else:
            plain += keys.get(char, char)
    return plain + tone


def _made(maker: Maker, count: int, rng: random.Random) -> Iterator[str]:
    seen: set[str] = set()
    for _ in range(count * 4):
        text = maker(rng)
        if text not in seen and not text.endswith(".gov.vn"):
            seen.add(text)
            yield text
        if len(seen) == count:
            return


def _flagged(text: str, protected: Protected) -> bool:
    return verdict_of(check_text(text, protected)) in {Verdict.SUSPICIOUS, Verdict.IMPERSONATION}


@dataclass(frozen=True, slots=True)
class Row:
    """How many texts of one kind were flagged, of how many, and some that were judged wrongly."""

    kind: str
    honest: bool
    flagged: int
    made: int
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part that was flagged: recall of imitations, false alarms of honest names."""
        return self.flagged / self.made


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All rows of one run."""

    seed: int
    rows: tuple[Row, ...]

    def of(self, *, honest: bool) -> tuple[Row, ...]:
        """Give the rows of imitations or of honest names."""
        return tuple(row for row in self.rows if row.honest is honest)

    def precision(self, rows: tuple[Row, ...]) -> float:
        """Give the part of flagged texts that are imitations, where as many honest names are mixed in."""
        honest = self.of(honest=True)
        alarms = sum(row.flagged for row in honest) / sum(row.made for row in honest)
        found, made = sum(row.flagged for row in rows), sum(row.made for row in rows)
        return found / (found + alarms * made) if found else 0.0

    def as_markdown(self) -> str:
        """Write the figures as two tables."""
        fakes, honest = self.of(honest=False), self.of(honest=True)
        whole = Row("**all**", False, sum(r.flagged for r in fakes), sum(r.made for r in fakes), ())
        lines = [
            "| imitations | made | recall | precision |",
            "|---|---|---|---|",
            *(
                f"| {row.kind} | {row.made} | {row.share:.1%} | {self.precision((row,)):.1%} |"
                for row in (*fakes, whole)
            ),
            "",
            "| honest names | made | flagged |",
            "|---|---|---|",
            *(f"| {row.kind} | {row.made} | {row.share:.1%} |" for row in honest),
        ]
        return "\n".join(lines)


def evaluate(protected: Protected, seed: int = 1) -> Evaluation:
    """Judge 300 texts of every kind; the same seed gives the same texts."""
    rng = random.Random(seed)
    kinds = [(maker, False) for maker in IMITATIONS] + [(maker, True) for maker in HONEST]
    return Evaluation(seed, tuple(_row(maker, protected, rng, honest=honest) for maker, honest in kinds))


def _row(maker: Maker, protected: Protected, rng: random.Random, *, honest: bool) -> Row:
    texts = [maker(rng) for _ in range(300)] if honest else list(_made(maker, 300, rng))
    flagged = [text for text in texts if _flagged(text, protected)]
    wrong = flagged if honest else [text for text in texts if text not in flagged]
    kind = maker.__name__[1:].replace("_", " ")
    return Row(kind, honest, len(flagged), len(texts), tuple(wrong[:20]))


def main() -> None:
    """Print one row a kind, the two sums, and the speed on honest names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--miss", action="store_true", help="show what was judged wrongly")
    asked = parser.parse_args()
    protected, rng = load_protected(RULES), random.Random(asked.seed)
    found = evaluate(protected, asked.seed)
    for honest, title in ((False, "imitations, found"), (True, "honest, flagged")):
        rows = found.of(honest=honest)
        for row in rows:
            print(f"{row.kind:20} {row.flagged:4} of {row.made:4}  {row.share:6.1%}")
            if asked.miss:
                print("    " + (" ".join(row.wrong) or "-"))
        flagged, made = sum(row.flagged for row in rows), sum(row.made for row in rows)
        print(f"{title:20} {flagged:4} of {made:4}  {flagged / made:6.1%}\n")
    names = [_two_words(rng) for _ in range(20_000)]
    start = time.perf_counter()
    for name in names:
        judge_names((Address("", f"lan@{name}"),), (), None, None, protected)
    print(f"{len(names) / (time.perf_counter() - start):.0f} senders a second")


if __name__ == "__main__":
    main()
