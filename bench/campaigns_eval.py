"""How well campaigns are put together: pairs of mails of invented campaigns, and honest mails.

Run from the project root: ``python bench/campaigns_eval.py [--seed N] [FOLDER]``. Each invented campaign
changes its address, name and words from mail to mail as impostors do, and leaves some thread; all of them
name one bank's hotline and most write from one provider. FOLDER holds ``labels.tsv`` (columns ``file`` and
``verdict``) and the mails that it names: no two of those whose verdict is ``legit`` may come together unless
one house wrote both.
"""

import argparse
import csv
import random
import time
from itertools import combinations
from pathlib import Path

from triage.adapters.rulefiles import load_rulebook
from triage.core.campaigns import Fingerprint, group
from triage.core.impostorsigns import told_by_impostor
from triage.core.mail import Mail
from triage.core.parse import read_mail
from triage.core.rules import Rulebook

RULES = Path(__file__).parents[1] / "rules"
CAMPAIGNS, MAILS = 60, 8
NAMES = ("Hỗ trợ Kho bạc", "Kho bạc Nhà nước", "Hỗ trợ DVC", "Ban thông báo KBNN", "Lãnh đạo Kho bạc")
LOCALS = ("hotrokhobac", "hotrodvc", "khobacnhanuoc", "thongbaokbnn", "cntt.kbnn")
_WORDS = """
    tài khoản mật khẩu đăng nhập chứng thư số kế toán trưởng đơn vị hồ sơ thanh toán nâng cấp hệ thống kiểm
    tra xác nhận gửi lại trước giờ hôm nay lãnh đạo yêu cầu khẩn cấp chuyển tiền lệ phí tập huấn danh sách cán
    bộ phụ trách đối chiếu dữ liệu máy chủ trung tâm quá hạn bị khóa liên hệ trực tiếp không trao đổi với
    người khác chụp màn hình kết quả báo cáo quý sau khi hoàn thành cập nhật phiên bản mới cài đặt phần
    mềm hỗ trợ từ xa
"""
WORDS = _WORDS.split()
LONG, SHORT = 60, 25
"""Words of a campaign's wording, and of what is written anew for each mail."""

THREADS = ("domain", "phone", "account", "words and provider", "persona and provider")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--seed", type=int, default=2225)
    chosen = parser.parse_args()
    rules = load_rulebook(RULES)
    _invented(rules, random.Random(chosen.seed))
    if chosen.folder:
        _honest(rules, chosen.folder)


def _invented(rules: Rulebook, chance: random.Random) -> None:
    made = [
        (number, THREADS[number % len(THREADS)], raw)
        for number in range(CAMPAIGNS)
        for raw in _campaign(number, THREADS[number % len(THREADS)], chance)
    ]
    chance.shuffle(made)
    began = time.perf_counter()
    prints = [_print(at, read_mail(raw), rules) for at, (_, _, raw) in enumerate(made)]
    read = time.perf_counter()
    groups = group(prints)
    done = time.perf_counter()
    joined = {pair for one in groups for pair in combinations(one.mails, 2)}
    true = {pair for pair in combinations(range(len(made)), 2) if made[pair[0]][0] == made[pair[1]][0]}
    print(f"{len(made)} mails of {CAMPAIGNS} campaigns in {len(groups)} groups")
    for thread in THREADS:
        theirs = {pair for pair in true if made[pair[0]][1] == thread}
        print(f"  {thread:22} {len(theirs & joined) / len(theirs):6.1%} of pairs together")
    print(f"  wrongly together: {len(joined - true)} of {len(joined)} pairs")
    print(f"  reading {(read - began) / len(made) * 1000:.1f} ms a mail, grouping {done - read:.2f} s")


def _campaign(number: int, thread: str, chance: random.Random) -> list[bytes]:
    name, claimed = chance.choice(NAMES), chance.choice(LOCALS)
    wording = chance.choices(WORDS, k=LONG)
    mails = []
    for at in range(MAILS):
        domain = f"d{number}x{at}.example" if at % 2 else "gmail.com"
        who, told, more, shown = (
            f"{claimed}{number}{at}",
            chance.choices(WORDS, k=SHORT),
            "",
            chance.choice(NAMES),
        )
        match thread:
            case "domain":
                domain = f"cd{number}.example"
            case "phone":
                more = f"Gọi 09{number:02}{number * 7919 % 1_000_000:06}."
            case "account":
                more = f"Số tài khoản: {10**11 + number * 104729}."
            case "words and provider":
                domain, told = "gmail.com", _reworded(wording, chance)
            case _:
                domain, who, shown = "gmail.com", f"{claimed}.{_letters(number)}{at}", name
        text = f"{' '.join(told)}. {more} Tổng đài ngân hàng 1900 545 413."
        mails.append(_mail(f"{shown} <{who}@{domain}>", text, number, at))
    return mails


def _reworded(wording: list[str], chance: random.Random) -> list[str]:
    """Change a word or two, as impostors do from mail to mail."""
    changed = list(wording)
    for _ in range(chance.randint(0, 2)):
        changed[chance.randrange(len(changed))] = chance.choice(WORDS)
    return changed


def _letters(number: int) -> str:
    """Give four letters that no other campaign has."""
    return "".join(chr(97 + number // 26**place % 26) for place in range(2)) + "qx"


def _mail(sender: str, text: str, number: int, at: int) -> bytes:
    head = f"From: {sender}\r\nTo: hotrocntt@vst.gov.vn\r\nSubject: Thông báo {at}\r\n"
    more = f"Message-ID: <{number}.{at}@x.example>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}{more}Content-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n".encode()


def _print(at: int, mail: Mail, rules: Rulebook) -> Fingerprint:
    told = told_by_impostor(mail, rules)
    return Fingerprint(at, told.signs, told.words)


def _honest(rules: Rulebook, folder: Path) -> None:
    with (folder / "labels.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["verdict"] == "legit"]
    mails = [read_mail((folder / row["file"]).read_bytes()) for row in rows]
    registrable = rules.trust.names.registrable
    houses = [registrable(mail.sender.domain) for mail in mails]
    groups = group(_print(at, mail, rules) for at, mail in enumerate(mails))
    joined = [pair for one in groups for pair in combinations(one.mails, 2)]
    wrong = [(rows[a]["file"], rows[b]["file"]) for a, b in joined if houses[a] != houses[b]]
    print(f"{len(mails)} honest mails: {len(wrong)} pairs of different houses together {wrong or ''}")


if __name__ == "__main__":
    main()
