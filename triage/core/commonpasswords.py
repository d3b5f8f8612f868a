"""What common passwords are made of, in letters without tones: words of ours, keyboards, names, dates.

Written for this program from what people are known to choose, so that no list has to be fetched. A row a
group; ``triage.core.passwords`` counts what a password has besides.
"""

_GROUPS = (
    # the word itself, in English and Vietnamese
    "password passwd passw0rd pass pwd matkhau matkhaumoi matkhaucu mkhau mk matma",
    # to come in
    "welcome letmein login admin administrator root user guest default changeme secret master superman",
    "dangnhap quantri quantrivien nguoidung taikhoan xinchao chaomung chao hethong macdinh",
    # this office and what it runs
    "khobac khobacnhanuoc kbnn kbnnvn vst vstgov kbnn2 dvc dichvucong dichvu hotro hotrocntt hotrodvc cntt",
    "tabmis triage helpdesk treasury statetreasury botaichinh taichinh nganhang ketoan congchuc chuyenvien",
    # the country, its places and days
    "vietnam vietnamese vietnamvodich hanoi saigon tphcm hochiminh danang haiphong cantho hue tocquoc",
    "conghoa xahoi chunghia doclap tudo hanhphuc dangcongsan quockhanh tetnguyendan chucmungnammoi",
    # dear things
    "iloveyou love loveyou anhyeuem emyeuanh yeuem yeuanh yeu yeuthuong toiyeuvietnam bonghong hanhphuc",
    "giadinh bome conyeu conmeo concho vochong mylove baby princess sunshine dragon monkey football",
    "manchester barcelona realmadrid liverpool arsenal chelsea ronaldo messi",
    # keyboards
    "qwertyuiop qwerty qwert asdfghjkl asdfgh asdf zxcvbnm zxcvb zxcv 1qaz 2wsx 3edc 4rfv 1qaz2wsx qazwsx",
    "qweasdzxc q1w2e3r4 1q2w3e4r 147258369 159753 123qwe qwe123 abc123 a123456 112233",
    # surnames and given names that stand before a date
    "nguyen tran phan hoang huynh pham dang",
    # years and dates
    *(str(year) for year in range(1950, 2036)),
    # numbers of luck
    "6868 8686 6789 9999 8888 7979 3979 1368",
)

PIECES = frozenset(piece for group in _GROUPS for piece in group.split())
"""Every piece, lower case and without tones."""
