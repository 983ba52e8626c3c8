"""What the checks ask of the answers: small questions, each true where something is odd."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable

from cards.validators import Answers

#: People stay longer than a day only where staying is the protest.
LASTING = ("hunger_strike", "chaining", "refusal_to_leave_crane", "road_block")
#: Forms that one person alone does not make.
OF_MANY = ("rally", "meeting", "demonstration", "procession", "flash_mob", "road_block")
#: Conduct of the police that ends an assembly.
ENDING = ("demanded_to_stop", "blocked_access", "dispersed", "force", "detained")
SHORT_MINUTES = 2
MANY_COUNTED = 1000
FAR_KM = 60
SHORT_ACCOUNT = 120

_NIGHT = (datetime.time(23), datetime.time(6))
_ROUTE = re.compile(r"[–—→]|\b(от|из|до|по|к|from|to|along|бастап|дейін|бойымен)\b", re.IGNORECASE)
_CAPITAL, _SMALL = "A-ZА-ЯЁӘҒҚҢӨҰҮҺІ", "a-zа-яёәғқңөұүһі"
_ENDINGS = (
    "ов|ова|ову|овым|овой|ев|ева|еву|евым|евой|ёв|ин|ина|ину|иным|иной|ский|ская|ского|ской"
    "|енко|вич|вна|вича|вны|улы|кызы|ұлы|қызы|ov|ova|ev|eva|in|ina|sky|skaya|uly|kyzy|qyzy"
)
_NAME = re.compile(
    rf"\b[{_CAPITAL}]\.\s?(?:[{_CAPITAL}]\.\s?)?[{_CAPITAL}][{_SMALL}]{{2,}}"  # А. Б. Иванов
    rf"|\b[{_CAPITAL}][{_SMALL}]{{2,}}\s[{_CAPITAL}]\.\s?[{_CAPITAL}]\."  # Иванов А. Б.
    r"|\b(?!(?:Улица|Площадь|Проспект|Парк|Сквер|Street|Square|Avenue)\b)"
    rf"[{_CAPITAL}][{_SMALL}]{{1,}}\s[{_CAPITAL}][{_SMALL}]{{1,}}(?:{_ENDINGS})\b"
)


def over(answers: Answers, name: str, bound: float) -> bool:
    return answers.get(name) is not None and answers[name] > bound


def above(answers: Answers, name: str, other: str) -> bool:
    """Both numbers are known and the first is the larger."""
    first, second = answers.get(name), answers.get(other)
    return first is not None and second is not None and first > second


def has(answers: Answers, name: str, *codes: str) -> bool:
    """One of several answers is among the codes."""
    return any(code in codes for code in answers.get(name) or ())


def seen(answers: Answers) -> bool:
    """Somebody observed what the police did."""
    return bool(answers.get("police_actions")) and not has(
        answers, "police_actions", "not_observed"
    )


def numberless(answers: Answers, subject: str) -> bool:
    return all(answers.get(f"{subject}{end}") is None for end in ("", "_low", "_high"))


def nobody_present(answers: Answers) -> bool:
    present = [answers.get(f"{body}_present") for body in ("prosecutor", "akimat", "police")]
    return over(answers, "participants", 99) and "yes" not in present


def at_night(answers: Answers) -> bool:
    start = answers.get("start_time")
    late = start is not None and (start >= _NIGHT[0] or start < _NIGHT[1])
    return late and answers.get("form") not in LASTING


def arrived_after_end(answers: Answers) -> bool:
    start, end, came = (answers.get(name) for name in ("start_time", "end_time", "arrived_at"))
    if end is None or came is None or answers.get("end_date"):
        return False
    over_midnight = start is not None and end < start
    return came > end and not over_midnight


def point_range(subject: str) -> Callable[[Answers], bool]:
    def test(answers: Answers) -> bool:
        low = answers.get(f"{subject}_low")
        same = low is not None and low == answers.get(f"{subject}_high")
        return same and answers.get(f"{subject}_basis") == "estimated"

    return test


def words_without_range(subject: str) -> Callable[[Answers], bool]:
    def test(answers: Answers) -> bool:
        bounds = (answers.get(f"{subject}_low"), answers.get(f"{subject}_high"))
        return answers.get(f"{subject}_basis") == "words" and None in bounds

    return test


def without_route(answers: Answers) -> bool:
    texts = (answers.get("place") or "", answers.get("description") or "")
    return answers.get("form") == "procession" and not any(_ROUTE.search(text) for text in texts)


def names_a_person(name: str) -> Callable[[Answers], bool]:
    """The text looks as if it held a name: initials and surname, or two names in a row."""
    return lambda answers: bool(_NAME.search(answers.get(name) or ""))


def brief_account(answers: Answers) -> bool:
    taken = over(answers, "detained", 0) or has(answers, "police_actions", "detained")
    return taken and len((answers.get("description") or "").strip()) < SHORT_ACCOUNT


def far_away(answers: Answers) -> bool:
    latitude, longitude = answers.get("latitude"), answers.get("longitude")
    city = answers.get("city_position")
    if latitude is None or longitude is None or city is None:
        return False
    return _kilometres(float(latitude), float(longitude), *map(float, city)) > FAR_KM


def _kilometres(latitude: float, longitude: float, other_lat: float, other_lon: float) -> float:
    """Distance of two points on a sphere; degrees in, kilometres out."""
    lat1, lon1, lat2, lon2 = map(math.radians, (latitude, longitude, other_lat, other_lon))
    part = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(part))


def permit(answers: Answers, *statuses: str) -> bool:
    return answers.get("legal_status") in statuses
