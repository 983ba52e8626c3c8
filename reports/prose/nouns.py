"""Nouns that stand beside a number, in the form that the number and the sentence ask for.

Russian: 1 собрание, 2 собрания, 5 собраний, and in each case of the sentence ("с 22 собраниями");
a fraction takes the genitive singular ("2,5 собрания"). Kazakh keeps the singular and declines
it. English knows one and many.
"""

from __future__ import annotations

from collections.abc import Mapping

CASES = ("nom", "gen", "dat", "acc", "ins", "pre")
"""Nominative, genitive, dative, accusative, instrumental, prepositional (Kazakh: locative)."""

#: Russian: singular and plural, each in the six cases; the genitive plural is also that after five.
_RU: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "assemblies": (
        ("собрание", "собрания", "собранию", "собрание", "собранием", "собрании"),
        ("собрания", "собраний", "собраниям", "собрания", "собраниями", "собраниях"),
    ),
    "people": (
        ("человек", "человека", "человеку", "человека", "человеком", "человеке"),
        ("человека", "человек", "людям", "человек", "людьми", "людях"),
    ),
    "participants": (
        ("участник", "участника", "участнику", "участника", "участником", "участнике"),
        ("участника", "участников", "участникам", "участников", "участниками", "участниках"),
    ),
    "officers": (
        ("полицейский", "полицейского", "полицейскому", "полицейского", "полицейским",
         "полицейском"),
        ("полицейских", "полицейских", "полицейским", "полицейских", "полицейскими",
         "полицейских"),
    ),
    "detained": (
        ("задержанный", "задержанного", "задержанному", "задержанного", "задержанным",
         "задержанном"),
        ("задержанных", "задержанных", "задержанным", "задержанных", "задержанными",
         "задержанных"),
    ),
    "convicted": (
        ("осуждённый", "осуждённого", "осуждённому", "осуждённого", "осуждённым", "осуждённом"),
        ("осуждённых", "осуждённых", "осуждённым", "осуждённых", "осуждёнными", "осуждённых"),
    ),
    "cases": (
        ("случай", "случая", "случаю", "случай", "случаем", "случае"),
        ("случая", "случаев", "случаям", "случая", "случаями", "случаях"),
    ),
    "places": (
        ("населённый пункт", "населённого пункта", "населённому пункту", "населённый пункт",
         "населённым пунктом", "населённом пункте"),
        ("населённых пункта", "населённых пунктов", "населённым пунктам", "населённых пункта",
         "населёнными пунктами", "населённых пунктах"),
    ),
    "months": (
        ("месяц", "месяца", "месяцу", "месяц", "месяцем", "месяце"),
        ("месяца", "месяцев", "месяцам", "месяца", "месяцами", "месяцах"),
    ),
    "minutes": (
        ("минута", "минуты", "минуте", "минуту", "минутой", "минуте"),
        ("минуты", "минут", "минутам", "минуты", "минутами", "минутах"),
    ),
    "days": (
        ("день", "дня", "дню", "день", "днём", "дне"),
        ("дня", "дней", "дням", "дня", "днями", "днях"),
    ),
    "points": (
        ("процентный пункт", "процентного пункта", "процентному пункту", "процентный пункт",
         "процентным пунктом", "процентном пункте"),
        ("процентных пункта", "процентных пунктов", "процентным пунктам", "процентных пункта",
         "процентными пунктами", "процентных пунктах"),
    ),
}  # fmt: skip
#: Whoever can be counted as a person: "of two people", not "two people", in the accusative.
_LIVING = frozenset({"people", "participants", "officers", "detained", "convicted"})

_KK: dict[str, tuple[str, ...]] = {
    "assemblies": ("жиналыс", "жиналыстың", "жиналысқа", "жиналысты", "жиналыспен", "жиналыста"),
    "people": ("адам", "адамның", "адамға", "адамды", "адаммен", "адамда"),
    "participants": (
        "қатысушы", "қатысушының", "қатысушыға", "қатысушыны", "қатысушымен", "қатысушыда",
    ),
    "officers": (
        "полиция қызметкері", "полиция қызметкерінің", "полиция қызметкеріне",
        "полиция қызметкерін", "полиция қызметкерімен", "полиция қызметкерінде",
    ),
    "detained": (
        "ұсталған адам", "ұсталған адамның", "ұсталған адамға", "ұсталған адамды",
        "ұсталған адаммен", "ұсталған адамда",
    ),
    "convicted": (
        "сотталған адам", "сотталған адамның", "сотталған адамға", "сотталған адамды",
        "сотталған адаммен", "сотталған адамда",
    ),
    "cases": ("жағдай", "жағдайдың", "жағдайға", "жағдайды", "жағдаймен", "жағдайда"),
    "places": (
        "елді мекен", "елді мекеннің", "елді мекенге", "елді мекенді", "елді мекенмен",
        "елді мекенде",
    ),
    "months": ("ай", "айдың", "айға", "айды", "аймен", "айда"),
    "minutes": ("минут", "минуттың", "минутқа", "минутты", "минутпен", "минутта"),
    "days": ("күн", "күннің", "күнге", "күнді", "күнмен", "күнде"),
    "points": (
        "пайыздық пункт", "пайыздық пункттің", "пайыздық пунктке", "пайыздық пунктті",
        "пайыздық пунктпен", "пайыздық пунктте",
    ),
}  # fmt: skip

_EN: dict[str, tuple[str, str]] = {
    "assemblies": ("assembly", "assemblies"),
    "people": ("person", "people"),
    "participants": ("participant", "participants"),
    "officers": ("police officer", "police officers"),
    "detained": ("person detained", "people detained"),
    "convicted": ("person convicted", "people convicted"),
    "cases": ("case", "cases"),
    "places": ("place", "places"),
    "months": ("month", "months"),
    "minutes": ("minute", "minutes"),
    "days": ("day", "days"),
    "points": ("percentage point", "percentage points"),
}

NOUNS: tuple[str, ...] = tuple(_EN)
"""Codes of the nouns, in the order in which they are offered."""


def with_number(noun: str, case: str, number: str, language: str) -> str:
    """The form of a noun beside a number, given as it is printed ("1 204,5").

    KeyError for a noun or case that is not known.
    """
    category = plural_category(number, language)
    position = CASES.index(case) if case in CASES else None
    if position is None or noun not in _EN:
        raise KeyError(noun if noun not in _EN else case)
    if language == "ru":
        return _russian(noun, position, category)
    if language == "kk":
        return _KK[noun][position]
    return _EN[noun][category != "one"]


def of_forms(forms: tuple[str, ...], number: str, language: str) -> str:
    """One of the forms that somebody gave: one, few, many and, for fractions, a fourth.

    Fewer forms than the language has: the last one stands for the others.
    """
    order: Mapping[str, int] = {
        "ru": {"one": 0, "few": 1, "many": 2, "other": 3},
        "en": {"one": 0, "other": 1},
    }.get(language, {"one": 0, "other": 0})
    place = order[plural_category(number, language)]
    if language == "ru" and place == 3 and len(forms) == 3:
        place = 1  # a fraction takes the genitive singular, which is that after two
    return forms[min(place, len(forms) - 1)]


def plural_category(number: str, language: str) -> str:
    """CLDR's plural category (one, few, many, other) of a number as it is printed."""
    from decimal import Decimal

    from babel import Locale

    digits = "".join(sign for sign in number.replace(",", ".") if sign.isdigit() or sign == ".")
    plural = Locale("en" if language == "en" else language).plural_form
    return str(plural(Decimal(digits or "0")))


def _russian(noun: str, position: int, category: str) -> str:
    one, many = _RU[noun]
    if category == "other":  # a fraction: "2,5 собрания" in every case
        return one[1]
    if category == "one":
        return one[position]
    case = CASES[position]
    if case == "acc" and noun in _LIVING:
        return many[1]
    if case in ("nom", "acc"):
        return many[0] if category == "few" else many[1]
    return many[position]
