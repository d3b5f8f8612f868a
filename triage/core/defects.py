"""What reading may find wrong with a mail, and how it was repaired: a stable code and a sentence each."""

from enum import StrEnum


class Defect(StrEnum):
    """The codes, by what they are about."""

    # the mail as a whole
    BARE_CR = "bare-cr"
    EXTRA_CR = "extra-cr"
    HEADERS_TOO_LONG = "headers-too-long"
    FOLD_NOT_INDENTED = "fold-not-indented"
    STRAY_FIRST_LINE = "stray-first-line"
    INDENTED_HEADER = "indented-header"
    NO_EMPTY_LINE = "no-empty-line"
    REPEATED_HEADER = "repeated-header"
    # its parts
    WRONG_BOUNDARY = "wrong-boundary"
    DELIMITER_IN_LINE = "delimiter-in-line"
    NO_END = "no-end"
    TOO_MANY_PARTS = "too-many-parts"
    TOO_DEEP = "too-deep"
    MAILS_TOO_DEEP = "mails-too-deep"
    ENCODED_MULTIPART = "encoded-multipart"
    PARTS_BEHIND_END = "parts-behind-end"
    TEXT_BESIDE_PARTS = "text-beside-parts"
    ODD_ENCODING = "odd-encoding"
    BAD_CONTENT_TYPE = "bad-content-type"
    TOO_MANY_PARAMETERS = "too-many-parameters"
    NO_SEMICOLON = "no-semicolon"
    UNCLOSED_PARAMETER = "unclosed-parameter"
    ODD_FILE_NAME = "odd-file-name"
    # its headers
    HEADER_TOO_LONG = "header-too-long"
    TOO_MANY_WORDS = "too-many-words"
    UNKNOWN_CHARSET_OF_WORD = "unknown-charset-of-word"
    CUT_WORD = "cut-word"
    ODD_WORD = "odd-word"
    OPEN_WORD = "open-word"
    GUESSED_HEADER = "guessed-header"
    ODD_DATE = "odd-date"
    NO_DATE = "no-date"
    ID_WITHOUT_BRACKETS = "id-without-brackets"
    # its addresses
    TOO_LONG_LIST = "too-long-list"
    TOO_MANY_ADDRESSES = "too-many-addresses"
    UNCLOSED_QUOTES = "unclosed-quotes"
    UNCLOSED_BRACKET = "unclosed-bracket"
    DEEP_COMMENTS = "deep-comments"
    ENCODED_ADDRESS = "encoded-address"
    NO_ADDRESS = "no-address"
    WORDS_BEHIND_ADDRESS = "words-behind-address"
    ODD_ADDRESS = "odd-address"
    LIST_IN_BRACKETS = "list-in-brackets"
    UNQUOTED_COMMA = "unquoted-comma"
    # its text
    TEXT_TOO_LONG = "text-too-long"
    NOT_BASE64 = "not-base64"
    UNDECLARED_ENCODING = "undeclared-encoding"
    DAMAGED_ENCODING = "damaged-encoding"
    HTML_AS_PLAIN = "html-as-plain"
    BINARY_TEXT = "binary-text"
    UUENCODED = "uuencoded"
    UNKNOWN_CHARSET = "unknown-charset"
    OTHER_CHARSET = "other-charset"
    LOST_BYTES = "lost-bytes"
    MISREAD_UTF8 = "misread-utf8"
    OLD_FONT = "old-font"
    HTML_TOO_LARGE = "html-too-large"
    # what it is wrapped in
    ENCRYPTED = "encrypted"
    PART_ENCRYPTED = "part-encrypted"
    WRAPPER_UNREADABLE = "wrapper-unreadable"
    WRAPPER_TOO_LARGE = "wrapper-too-large"
    WRAPPER_CUT = "wrapper-cut"
    # a winmail.dat in it
    WINMAIL_UNREADABLE = "winmail-unreadable"
    WINMAIL_DAMAGED = "winmail-damaged"
    WINMAIL_TOO_MANY = "winmail-too-many"
    WINMAIL_TOO_DEEP = "winmail-too-deep"


_SENTENCES = {
    Defect.BARE_CR: "lines end in bare CR",
    Defect.EXTRA_CR: "lines end in more than one CR",
    Defect.HEADERS_TOO_LONG: "a header block is too long; the rest of it was not read",
    Defect.FOLD_NOT_INDENTED: "a folded header line is not indented",
    Defect.STRAY_FIRST_LINE: "a line before the headers is none, and was left out",
    Defect.INDENTED_HEADER: "the first header is indented",
    Defect.NO_EMPTY_LINE: "no empty line between headers and text",
    Defect.REPEATED_HEADER: "{} stands there more than once",
    Defect.WRONG_BOUNDARY: "a multipart is not parted by the boundary that it declares",
    Defect.DELIMITER_IN_LINE: "a delimiter between parts does not begin a line",
    Defect.NO_END: "a multipart does not end",
    Defect.TOO_MANY_PARTS: "only the first {} parts were read",
    Defect.TOO_DEEP: "parts nested deeper than {} were not read",
    Defect.MAILS_TOO_DEEP: "mails attached to one another deeper than {} were not read",
    Defect.ENCODED_MULTIPART: "a multipart is encoded as a whole",
    Defect.PARTS_BEHIND_END: "parts behind the end of the mail were not read; the raw mail has them",
    Defect.TEXT_BESIDE_PARTS: "the text stands beside the parts of the mail, where few programs show it",
    Defect.ODD_ENCODING: "Content-Transfer-Encoding is written against the rules: {!r}",
    Defect.BAD_CONTENT_TYPE: "Content-Type makes no sense: {!r}",
    Defect.TOO_MANY_PARAMETERS: "only the first {} parameters of a header were read",
    Defect.NO_SEMICOLON: "no semicolon before a parameter",
    Defect.UNCLOSED_PARAMETER: "the quotes around a parameter are not closed",
    Defect.ODD_FILE_NAME: "a file name is written against the rules",
    Defect.HEADER_TOO_LONG: "{} is too long; the rest of it was not read",
    Defect.TOO_MANY_WORDS: "only the first {} encoded words of a header were decoded",
    Defect.UNKNOWN_CHARSET_OF_WORD: "unknown charset {!r} in an encoded word",
    Defect.CUT_WORD: "an encoded word ends inside a letter, and was joined with the next one",
    Defect.ODD_WORD: "an encoded word holds blanks, against the rules",
    Defect.OPEN_WORD: "the last encoded word of a header has no end",
    Defect.GUESSED_HEADER: "{} is in a charset that it does not declare, and was read as {}",
    Defect.ODD_DATE: "Date is written against the rules",
    Defect.NO_DATE: "Date is no date",
    Defect.ID_WITHOUT_BRACKETS: "a message id without brackets",
    Defect.TOO_LONG_LIST: "a list of addresses is too long; the rest of it was not read",
    Defect.TOO_MANY_ADDRESSES: "only the first {} addresses of a header were read",
    Defect.UNCLOSED_QUOTES: "a quoted name is not closed",
    Defect.UNCLOSED_BRACKET: "an address bracket is not closed",
    Defect.DEEP_COMMENTS: "comments nested deeper than {} in an address header",
    Defect.ENCODED_ADDRESS: "an encoded word inside an address",
    Defect.NO_ADDRESS: "a mailbox without an address",
    Defect.WORDS_BEHIND_ADDRESS: "words behind an address were left out",
    Defect.ODD_ADDRESS: "an address is written against the rules",
    Defect.LIST_IN_BRACKETS: "several addresses in one pair of brackets",
    Defect.UNQUOTED_COMMA: "a name holds a comma without quotes around it, and was put together again",
    Defect.TEXT_TOO_LONG: "the text is too long; the rest of it was not read",
    Defect.NOT_BASE64: "a text declared as base64 is none",
    Defect.UNDECLARED_ENCODING: "a text is encoded as {} and does not say so",
    Defect.DAMAGED_ENCODING: "the encoding of a text is damaged; what could be read of it was",
    Defect.HTML_AS_PLAIN: "HTML is declared as plain text, and was read as HTML",
    Defect.BINARY_TEXT: "what is declared as text is none, and was left as a file",
    Defect.UUENCODED: "files in the text (uuencode) were taken out of it",
    Defect.UNKNOWN_CHARSET: "unknown charset {!r}",
    Defect.OTHER_CHARSET: "text declared as {!r} was read as {}",
    Defect.LOST_BYTES: "bytes in no known charset were replaced",
    Defect.MISREAD_UTF8: "UTF-8 that had been read as windows-1252 was put right",
    Defect.OLD_FONT: "text typed in a font of {} was converted",
    Defect.HTML_TOO_LARGE: "the HTML is too large; the rest of it was not read",
    Defect.ENCRYPTED: "the mail is encrypted and cannot be read here",
    Defect.PART_ENCRYPTED: "a part of the mail is encrypted and cannot be read here",
    Defect.WRAPPER_UNREADABLE: "the wrapper of a signed mail (S/MIME) could not be opened",
    Defect.WRAPPER_TOO_LARGE: "what a signed or compressed mail holds is too large; not all of it was read",
    Defect.WRAPPER_CUT: "a signed or compressed mail (S/MIME) is cut off; what could be read of it was",
    Defect.WINMAIL_UNREADABLE: "winmail.dat could not be read and stays a file",
    Defect.WINMAIL_DAMAGED: "winmail.dat is damaged or too long; the rest of it was not read",
    Defect.WINMAIL_TOO_MANY: "only the first {} files of winmail.dat were read",
    Defect.WINMAIL_TOO_DEEP: "mails nested deeper than {} in winmail.dat were not read",
}


def note(defects: list[str], code: Defect, *details: object) -> None:
    """Add a defect in the form ``code: sentence``; the code is stable, the sentence is for people."""
    defects.append(f"{code}: {_SENTENCES[code].format(*details)}")
