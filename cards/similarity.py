"""How far the names of two places agree: words levelled, then compared.

"ул. Абая, 10" and "Абай көшесі 10" are one street; "пл. Абая" and "пр. Абая" share a name only.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NUMBER = re.compile(r"\d+[а-яa-z]?")
#: Kazakh letters and ё beside the letter that a Russian hand writes in their stead.
_LEVELLED = str.maketrans("ёәғқңөұүһі", "еагкноуухи")
#: Kinds of places, in Russian, Kazakh and English, in full and short: written -> what it is.
_KINDS = {
    word: kind
    for kind, words in {
        "street": "улица ул көшесі көше көш street st",
        "square": "площадь площади площадью пл алаңы алаң алаңында square",
        "avenue": "проспект проспекте просп пр пр-т пр-кт пр-те даңғылы даңғыл даң avenue ave",
        "boulevard": "бульвар бульваре б-р бул гүлзары boulevard",
        "district": "микрорайон микрорайоне мкр мкрн мкр-н м-н ықшамаудан ықшамауданы",
        "park": "парк парке сквер сквере саябағы саябақ park",
        "building": "здание здания зданием зданию ғимараты ғимарат building",
    }.items()
    for word in words.split()
}
#: Words that tell nothing of where it was.
_EMPTY = (
    "имени им атындағы ат г город городе қала қаласы дом д үй у в во на около возле перед при"
    " напротив рядом с со и угол между близ алдында жанында маңында the at in on of before near"
    " by front opposite and"
)


def levelled(text: str) -> str:
    """Small letters, one form of each letter, Kazakh letters as a Russian hand writes them."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_LEVELLED)


def similarity(first: str, second: str) -> float:
    """0 (nothing in common) to 1 (the same place, however it is written).

    The larger of two measures: trigrams of the whole name, and the part of the shorter name's
    words that the other has too. Different house numbers, or a square beside a street of the same
    name, take away from it.
    """
    one, two = _name(first), _name(second)
    if not (one.words and two.words):
        # Nothing but kinds and numbers: "the square".
        same = (one.kinds, one.numbers, one.words) == (two.kinds, two.numbers, two.words)
        return float(same and bool(one.kinds or one.numbers))
    value = max(_trigrams(one.text, two.text), 0.9 * _shared(one.words, two.words))
    if one.words == two.words:
        value = 1.0
    if one.numbers and two.numbers and not one.numbers & two.numbers:
        value *= 0.6
    if one.kinds and two.kinds and not one.kinds & two.kinds:
        value *= 0.6
    return value


class _Name:
    """A name taken apart: ``words`` that tell where, ``kinds`` of place, ``numbers`` of houses."""

    def __init__(self, text: str):
        found = [levelled(word) for word in _WORD.findall(text.casefold())]
        self.kinds = {_LEVEL_KINDS[word] for word in found if word in _LEVEL_KINDS}
        self.numbers = {word for word in found if _NUMBER.fullmatch(word)}
        self.words = [
            word
            for word in found
            if word not in _LEVEL_KINDS and word not in _LEVEL_EMPTY and word not in self.numbers
        ]
        self.text = " ".join(sorted(self.words))


#: A card is compared with all of its days, and the squares of a city are few.
_name = lru_cache(maxsize=2048)(_Name)

_LEVEL_KINDS = {levelled(word): kind for word, kind in _KINDS.items()}
_LEVEL_EMPTY = frozenset(levelled(_EMPTY).split())


def _trigrams(first: str, second: str) -> float:
    """Jaccard similarity of the trigrams of two texts."""
    one, two = (
        {padded[i : i + 3] for i in range(len(padded) - 2)}
        for padded in (f"  {first} ", f"  {second} ")
    )
    return len(one & two) / len(one | two)


def _shared(first: list[str], second: list[str]) -> float:
    """The part of the shorter list's words that the longer one has, endings left aside."""
    shorter, longer = sorted((first, second), key=len)
    return sum(any(_alike(word, each) for each in longer) for word in shorter) / len(shorter)


def _alike(first: str, second: str) -> bool:
    """The same word but for its ending (Абая, Абай; Республики, Республика), or its initial."""
    if first == second or (1 in (len(first), len(second)) and first[0] == second[0]):
        return True
    common = min(len(first), len(second))
    if common < 4 or first[:3] != second[:3]:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= 0.75
