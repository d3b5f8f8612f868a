"""Whether a word can be a Vietnamese syllable: an onset, a rime and at most one tone.

The inventory is the one of the written language; every word of Vietnamese is one syllable, so that a text
read in a wrong charset, or in another language, shows by how few of its words fit.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST = 7
"""Letters of the longest syllable, nghiêng."""

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_WITH_SIGN = re.compile("[^\x00-\x7fàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]")
_ACUTE_OR_DOT = frozenset("\u0301\u0323")
_STOPPED = ("c", "ch", "p", "t")

_CONSONANTS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q r s t th tr v x"
_VOWELS = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet "
    "oi om on ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya "
    "uych uyên uyêt uynh uyp uyt uyu ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu"
)
_VOWELS_AFTER_Q = (
    "ua uac uach uai uan uang uanh uao uat uau uay uăc uăm uăn uăng uăp uăt uân uâng uât uây ue uen "
    "ueo uet uê uên uênh uêt uêch uơ uôc uy uych uyên uyêt uynh uyt uit uyu"
)
_ONSETS = frozenset(("", *_CONSONANTS.split()))
_RIMES = frozenset(_VOWELS.split())
_AFTER_Q = frozenset(_VOWELS_AFTER_Q.split())
_FRONT = frozenset("eêiy")


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Say whether a word (NFC, any case) can stand in a Vietnamese text; foreign words mostly cannot."""
    if len(word) > LONGEST:
        return False
    toneless, tones = _without_tones(word)
    if len(tones) > 1:
        return False
    for size in (3, 2, 1, 0):
        onset, rime = toneless[:size], toneless[size:]
        if onset in _ONSETS and _fits(onset, rime, tones):
            return True
    return False


def _without_tones(word: str) -> tuple[str, str]:
    # on a consonant the same sign is no tone: ñ is no n
    apart = unicodedata.normalize("NFD", _WITH_SIGN.sub("\0", unicodedata.normalize("NFC", word.lower())))
    tones = "".join(char for char in apart if char in _TONES)
    return unicodedata.normalize("NFC", "".join(char for char in apart if char not in _TONES)), tones


def _fits(onset: str, rime: str, tones: str) -> bool:
    if rime.endswith(_STOPPED) and tones and tones not in _ACUTE_OR_DOT:
        return False
    if onset == "q":
        return rime in _AFTER_Q
    return rime in _RIMES and _spelt(onset, rime)


def _spelt(onset: str, rime: str) -> bool:
    """Say whether a consonant of several spellings has the one that stands before this vowel."""
    front = rime[0] in _FRONT
    match onset:
        case "k" | "gh" | "ngh":
            return front
        case "c" | "ng":
            return not front
        case "g":
            return not front or rime[0] == "i"
        case _:
            return True
