"""How mail programs mark in HTML what they quote and what they forward. Forms alone; people are invented."""

from dataclasses import dataclass

from support.quoted_mails import OLD

BODY = f"<div>Kính gửi đơn vị,</div><div><br></div><div>{OLD}</div>"
NEW_HTML = "<div>Em đã thử lại, vẫn lỗi ạ.</div>"


@dataclass(frozen=True, slots=True)
class QuotedHtml:
    """One form; ``{new}``, ``{name}`` and ``{address}`` are filled in, the address already escaped."""

    client: str
    html: str

    def filled(self, new: str, name: str, address: str) -> str:
        """Give the whole HTML."""
        body = self.html.replace("{new}", new).replace("{name}", name).replace("{address}", address)
        return f"<html><head><title>x</title></head><body>{body.replace('{old}', BODY)}</body></html>"


HTML_REPLIES: tuple[QuotedHtml, ...] = (
    QuotedHtml(
        "gmail-vi",
        '<div dir="ltr">{new}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        'class="gmail_attr">Vào Th 2, 20 thg 12, 2021 vào lúc 09:15 {name} &lt;<a href="mailto:{address}">'
        '{address}</a>&gt; đã viết:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
        'border-left:1px solid rgb(204,204,204);padding-left:1ex">{old}</blockquote></div>',
    ),
    QuotedHtml(
        "gmail-en",
        '<div dir="ltr">{new}</div><br><div class="gmail_quote"><div dir="ltr" '
        'class="gmail_attr">On Mon, Dec 20, '
        '2021 at 9:15 AM {name} &lt;<a href="mailto:{address}">{address}</a>&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0">{old}</blockquote></div>',
    ),
    QuotedHtml(
        "gmail-android",
        '<div dir="auto">{new}</div><br><div class="gmail_quote"><div dir="ltr" '
        'class="gmail_attr">Vào Th 2, 20 thg '
        '12, 2021, 09:15 {name} &lt;{address}&gt; đã viết:<br></div><blockquote class="gmail_quote" '
        'style="margin:0 0 0 .8ex">{old}</blockquote></div>',
    ),
    QuotedHtml(
        "gmail-old",
        '{new}<br><div class="gmail_extra"><br><div class="gmail_quote">2021-12-20 9:15 GMT+07:00 {name} '
        '<span dir="ltr">&lt;{address}&gt;</span>:<br><blockquote '
        'class="gmail_quote">{old}</blockquote></div></div>',
    ),
    QuotedHtml(
        "outlook-web-vi",
        '{new}<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri"><b>Từ:</b> {name} &lt;{address}&gt;<br>'
        "<b>Đã gửi:</b> 20/12/2021 9:15 SA<br><b>Đến:</b> A &lt;a@khac.example&gt;<br><b>Chủ "
        "đề:</b> Lỗi</font>"
        "<div>&nbsp;</div></div>{old}",
    ),
    QuotedHtml(
        "outlook-web-en",
        '{new}<hr tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> {name} &lt;{address}&gt;<br>'
        "<b>Sent:</b> Monday, December 20, 2021 9:15 AM<br><b>To:</b> A<br><b>Subject:</b> Lỗi</div>{old}",
    ),
    QuotedHtml(
        "outlook-web-other-language",
        '{new}<hr><div id="x_divRplyFwdMsg" dir="ltr"><b>Отправитель:</b> {name} &lt;{address}&gt;<br>'
        "<b>Отправлено:</b> 20.12.2021 9:15<br><b>Тема:</b> Lỗi</div>{old}",
    ),
    QuotedHtml(
        "outlook-desktop-vi",
        '<div class="WordSection1"><p class="MsoNormal">{new}<o:p></o:p></p><div '
        'style="border:none;border-top:'
        'solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>Từ:</b> {name} '
        "&lt;{address}&gt; "
        "<br><b>Đã gửi:</b> 20 Tháng Mười Hai 2021 9:15 SA<br><b>Đến:</b> A<br><b>Chủ đề:</b> RE: "
        "Lỗi<o:p></o:p>"
        "</p></div>{old}</div>",
    ),
    QuotedHtml(
        "outlook-desktop-en",
        '<div class="WordSection1"><p class="MsoNormal">{new}</p><div><div style="border:none;border-top:'
        'solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>From:</b> {name} '
        "[mailto:{address}] <br><b>Sent:</b> Monday, December 20, 2021 9:15 AM<br><b>To:</b> "
        "A<br><b>Subject:</b> "
        "RE: Lỗi</p></div></div>{old}</div>",
    ),
    QuotedHtml(
        "outlook-mac",
        '{new}<div><br></div><span id="OLK_SRC_BODY_SECTION"><div style="border-top:#b5c4df 1pt solid">'
        '<span style="font-weight:bold">Từ: </span>{name} &lt;{address}&gt;<br><span>Ngày: '
        "</span>20 Dec 2021 "
        "9:15<br><span>Đến: </span>A<br><span>Chủ đề: </span>Lỗi</div>{old}</span>",
    ),
    QuotedHtml(
        "outlook-android",
        '{new}<div id="ms-outlook-mobile-signature">Tải <a href="https://aka.ms/AAb9ysg">Outlook '
        "cho Android</a>"
        '</div><div id="mail-editor-reference-message-container"><hr><div '
        'id="divRplyFwdMsg"><strong>Từ:</strong> '
        "{name} &lt;{address}&gt;<br><strong>Đã gửi:</strong> Monday, December 20, 2021 9:15:00 AM<br>"
        "<strong>Đến:</strong> A<br><strong>Chủ đề:</strong> Lỗi</div>{old}</div>",
    ),
    QuotedHtml(
        "zimbra-vi",
        '<div style="font-family:arial">{new}<div><br></div><hr id="zwchr" data-marker="__DIVIDER__">'
        '<div data-marker="__HEADERS__"><b>Từ: </b>"{name}" &lt;{address}&gt;<br><b>Tới: '
        "</b>a@khac.example<br>"
        "<b>Đã gửi: </b>Thứ Hai, 20 Tháng 12, 2021 09:15:00<br><b>Chủ đề: </b>Re: "
        "Lỗi<br></div><div><br></div>"
        '<div data-marker="__QUOTED_TEXT__">{old}</div></div>',
    ),
    QuotedHtml(
        "zimbra-en",
        '<div>{new}<hr id="zwchr"><blockquote style="border-left:2px solid #1010FF"><b>From: </b>"{name}" '
        "&lt;{address}&gt;<br><b>To: </b>a@khac.example<br><b>Sent: </b>Monday, December 20, 2021 "
        "9:15:00 AM<br>"
        "<b>Subject: </b>Re: Lỗi<br><br>{old}</blockquote></div>",
    ),
    QuotedHtml(
        "thunderbird-vi",
        '{new}<div class="moz-cite-prefix">Vào lúc 09:15 20/12/2021, {name} đã viết:<br></div>'
        '<blockquote type="cite" cite="mid:x@y.example">{old}</blockquote>',
    ),
    QuotedHtml(
        "thunderbird-vi-author-first",
        '{new}<div class="moz-cite-prefix">{name} đã viết vào lúc 09:15 20/12/2021:<br></div>'
        '<blockquote type="cite" cite="mid:x@y.example">{old}</blockquote>',
    ),
    QuotedHtml(
        "thunderbird-en",
        '{new}<div class="moz-cite-prefix">On 20/12/2021 09:15, {name} wrote:<br></div>'
        '<blockquote type="cite" cite="mid:x@y.example">{old}</blockquote>',
    ),
    QuotedHtml(
        "roundcube-vi",
        '{new}<p id="reply-intro">Vào ngày 20-12-2021 09:15, {name} viết:</p><blockquote type="cite" '
        'style="padding:0 0.4em;border-left:#1010ff 2px solid"><div id="replybody1">{old}</div></blockquote>',
    ),
    QuotedHtml(
        "roundcube-en",
        '{new}<p id="reply-intro">On 2021-12-20 09:15, {name} wrote:</p><blockquote '
        'type="cite">{old}</blockquote>',
    ),
    QuotedHtml(
        "apple-vi",
        '{new}<div><br><blockquote type="cite"><div>Vào 20 thg 12, 2021, lúc 09:15, {name} &lt;<a '
        'href="mailto:'
        '{address}">{address}</a>&gt; đã viết:</div><br><div>{old}</div></blockquote></div>',
    ),
    QuotedHtml(
        "iphone-vi",
        '{new}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Gửi từ iPhone của '
        'tôi</div><div dir="ltr"><br>'
        '<blockquote type="cite">Vào 20 thg 12, 2021, lúc 09:15, {name} &lt;{address}&gt; đã viết:<br><br>'
        '</blockquote></div><blockquote type="cite"><div dir="ltr">{old}</div></blockquote>',
    ),
    QuotedHtml(
        "iphone-en",
        '{new}<div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On '
        "Dec 20, 2021, at "
        '9:15 AM, {name} &lt;{address}&gt; wrote:<br><br></blockquote></div><blockquote type="cite">'
        '<div dir="ltr">{old}</div></blockquote>',
    ),
    QuotedHtml(
        "yahoo-vi",
        '<div class="ydp1">{new}</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div '
        'style="color:#26282a">'
        "<div>Vào Thứ Hai, 20 tháng 12, 2021 lúc 09:15:32 GMT+7, {name} &lt;{address}&gt; đã viết: </div>"
        "<div><br></div><div>{old}</div></div></div>",
    ),
    QuotedHtml(
        "yahoo-en",
        '<div>{new}</div><div class="yahoo_quoted"><div>On Monday, December 20, 2021, 09:15:32 AM '
        "GMT+7, {name} "
        "&lt;{address}&gt; wrote: </div><div>{old}</div></div>",
    ),
    QuotedHtml(
        "samsung-vi",
        '{new}<div id="composer_signature"><div>Gửi từ điện thoại thông minh Samsung Galaxy của '
        "tôi.</div></div>"
        "<div>-------- Thư gốc --------</div><div>Từ: {name} &lt;{address}&gt; </div><div>Ngày: "
        "20/12/21 09:15 "
        "(GMT+07:00) </div><div>Đến: a@khac.example </div><div>Tiêu đề: Re: Lỗi </div><div><br></div>{old}",
    ),
    QuotedHtml(
        "zoho",
        '<div>{new}</div><div class="zmail_extra"><div id="Zm-_Id_-Sgn1">---- On Mon, 20 Dec 2021 '
        "09:15:32 +0700 "
        "<b>{name} &lt;{address}&gt;</b> wrote ----<br></div><blockquote "
        'style="margin:0">{old}</blockquote></div>',
    ),
    QuotedHtml(
        "proton",
        '<div>{new}</div><div class="protonmail_quote"> On Monday, December 20th, 2021 at 9:15 AM, {name} '
        '&lt;{address}&gt; wrote:<br><blockquote class="protonmail_quote" '
        'type="cite">{old}</blockquote></div>',
    ),
    QuotedHtml(
        "bottom-posting",
        '<div class="moz-cite-prefix">Vào lúc 09:15 20/12/2021, {name} đã viết:<br></div>'
        '<blockquote type="cite" cite="mid:x@y.example">{old}</blockquote>{new}',
    ),
)

_FORWARD_HEAD = (
    "<b>Từ:</b> {name} &lt;{address}&gt;<br><b>Đã gửi:</b> 20/12/2021 9:15 SA<br><b>Đến:</b> Văn thư<br>"
    "<b>Chủ đề:</b> Lỗi ký số"
)
HTML_FORWARDS: tuple[QuotedHtml, ...] = (
    QuotedHtml(
        "gmail",
        '<div dir="ltr">{new}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- '
        'Forwarded message ---------<br>Từ: <strong class="gmail_sendername">{name}</strong> '
        "<span>&lt;{address}&gt;"
        "</span><br>Date: Th 2, 20 thg 12, 2021 vào lúc 09:15<br>Subject: Lỗi ký số<br>To: "
        "&lt;vt@co-quan.example&gt;"
        '<br></div><br>{old}<blockquote class="gmail_quote">Trích cũ</blockquote></div>',
    ),
    QuotedHtml("outlook-web", f'{{new}}<hr><div id="divRplyFwdMsg">{_FORWARD_HEAD}</div>{{old}}'),
    QuotedHtml(
        "outlook-desktop",
        '{new}<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">'
        f"{_FORWARD_HEAD}</p></div>{{old}}",
    ),
    QuotedHtml(
        "apple",
        '{new}<div><br><blockquote type="cite"><div>Begin forwarded message:</div><br><div><b>From: '
        "</b>{name} "
        "&lt;{address}&gt;</div><div><b>Subject: </b><b>Lỗi ký số</b></div><div><b>Date: </b>20 "
        "December 2021 at "
        "09:15:00 GMT+7</div><div><b>To: </b>vt@co-quan.example</div><br><div>{old}</div></blockquote></div>",
    ),
    QuotedHtml(
        "thunderbird",
        '{new}<div class="moz-forward-container">-------- Tin nhắn đã được chuyển tiếp --------<table '
        'class="moz-email-headers-table"><tbody><tr><th>Tiêu đề: </th><td>Lỗi ký '
        "số</td></tr><tr><th>Ngày: </th>"
        "<td>Mon, 20 Dec 2021 09:15:00 +0700</td></tr><tr><th>Từ: </th><td>{name} &lt;{address}&gt;</td></tr>"
        "<tr><th>Tới: </th><td>vt@co-quan.example</td></tr></tbody></table>{old}</div>",
    ),
    QuotedHtml(
        "zimbra",
        f'{{new}}<hr id="zwchr" data-marker="__DIVIDER__"><div '
        f'data-marker="__HEADERS__">{_FORWARD_HEAD}</div>'
        '<div data-marker="__QUOTED_TEXT__">{old}</div>',
    ),
    QuotedHtml(
        "yahoo",
        '<div>{new}</div><div class="yahoo_quoted"><div>----- Forwarded Message '
        "-----</div><div><b>From:</b> {name} "
        "&lt;{address}&gt;</div><div><b>To:</b> vt@co-quan.example</div><div><b>Sent:</b> Monday, "
        "December 20, 2021, "
        "09:15:32 AM GMT+7</div><div><b>Subject:</b> Lỗi ký số</div><div>{old}</div></div>",
    ),
    QuotedHtml("roundcube", f"{{new}}<p>-------- Thư gốc --------</p><p>{_FORWARD_HEAD}</p>{{old}}"),
)
