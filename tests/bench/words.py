"""What synthetic cards are made of: answers with their shares, and texts."""

from __future__ import annotations

#: A place beside those that the product ships with, so that there are twenty.
TWENTIETH = "twentieth-place"
#: One city of each reporting place, both under the same code.
CITIES = {
    "almaty": 16, "astana": 13, "uralsk": 8, "taldykorgan": 4, "shymkent": 8, "aktobe": 6,
    "ust-kamenogorsk": 4, "semey": 4, "aktau": 7, "karaganda": 7, "atyrau": 5, "pavlodar": 4,
    "kostanay": 3, "kyzylorda": 3, "zhezkazgan": 2, "petropavlovsk": 2, "turkestan": 2, "taraz": 2,
    "kokshetau": 1, TWENTIETH: 1,
}  # fmt: skip
PLACE_TYPES = {
    "central_square": 20, "designated_place": 6, "government_building": 24, "court": 7, "police": 5,
    "enterprise": 9, "residential": 10, "road": 6, "commercial": 4, "other": 5, "unknown": 4,
}  # fmt: skip
SOURCES = {
    ";direct;": 40, ";direct;media;": 8, ";participant;": 8, ";media;": 20, ";social_media;": 14,
    ";participant;social_media;": 6, ";official;": 3, ";court_record;": 1,
}  # fmt: skip
FORMS = {
    "rally": 24, "meeting": 18, "demonstration": 3, "procession": 5, "picket": 14,
    "single_picket": 18, "flash_mob": 4, "hunger_strike": 3, "road_block": 3, "chaining": 1,
    "refusal_to_leave_crane": 1, "self_immolation_threat": 1, "flower_laying": 2,
    "signature_collection": 1, "attempt_to_reach_president": 1, "other": 1,
}  # fmt: skip
TOPICS = {
    "free_political_prisoners": 14, "free_education": 3, "against_extradition": 2,
    "against_land_sale": 7, "pension_size": 4, "gas_price": 9, "shared_construction": 14,
    "housing_cooperative_debt": 4, "unjust_court_decisions": 11, "police_actions": 6,
    "womens_rights": 4, "eviction": 7, "akim_actions": 5, "unlawful_dismissal": 6, "own_pension": 2,
    "pedestrian_safety": 2,
}  # fmt: skip
ORGANISERS = {
    "public_organisation": 12, "political_party": 5, "trade_union": 3, "spontaneous_group": 52,
    "individual": 22, "unknown": 6,
}  # fmt: skip
ATTRIBUTES = {
    ";placards;": 24, ";placards;chants;": 18, ";banners;speeches;": 9, ";symbols;chants;": 5,
    ";leaflets;": 4, ";speeches;loudspeaker;": 7, ";balloons;": 2, ";clothing;placards;": 2,
    ";none;": 17, ";not_observed;": 12,
}  # fmt: skip
LEGAL_STATUSES = {
    "not_requested": 58, "requested_refused": 12, "requested_no_answer": 4,
    "requested_other_place": 3, "sanctioned": 4, "notified": 5, "not_required": 4, "unknown": 10,
}  # fmt: skip
REASONS = {
    "principled_refusal": 12, "no_point_will_be_refused": 30, "did_not_know": 18,
    "spontaneous": 25, "unknown": 15,
}  # fmt: skip
POLICE_ACTIONS = {
    ";observed;": 34, ";observed;filmed;": 16, ";identity_checks;": 5, ";demanded_to_stop;": 9,
    ";blocked_access;": 4, ";dispersed;": 3, ";confiscated;": 1, ";none;": 14, ";not_observed;": 14,
}  # fmt: skip
ACTIONS_WITH_DETENTION = (
    ";observed;detained;",
    ";demanded_to_stop;dispersed;detained;",
    ";blocked_access;force;detained;",
)
OUTCOMES = {
    "pending": 14, "warning": 13, "fine": 34, "arrest": 21, "community_work": 2, "restriction": 2,
    "imprisonment": 1, "terminated": 8, "acquitted": 5,
}  # fmt: skip
ARTICLES = {
    "koap_488": 72, "koap_434": 9, "koap_667": 8, "koap_other": 5, "uk_400": 3, "uk_other": 3,
}  # fmt: skip
DECISIONS = {
    "pending": 5, "refused": 48, "no_answer": 12, "other_place": 14, "permitted": 11,
    "withdrawn": 5, "unknown": 5,
}  # fmt: skip
STATUSES = {
    "approved": 920, "submitted": 30, "draft": 20, "returned": 10, "rejected": 15, "duplicate": 5,
}  # fmt: skip
QUARTERS = tuple(f"{n // 4:02d}:{n % 4 * 15:02d}:00" for n in range(96))

PLACES = (
    "Площадь перед акиматом", "Площадь у театра", "У здания суда", "Парк имени Ганди",
    "У проходной завода", "Перекрёсток проспектов", "Двор жилого дома", "Орталық алаң",
    "Сот ғимаратының алды", "Әкімдік алды", "У торгового центра", "Мост через реку",
)  # fmt: skip
DEMANDS = (
    "Достроить дом", "Освободить задержанных", "Снизить цены на газ", "Пересмотреть приговор",
    "Отставка акима", "Вернуть на работу уволенных", "Үйді салып бітіру", "Бағаны түсіру",
    "Әділ сот", "Остановить выселение", "Повысить пенсии", "Безопасный переход у школы",
)  # fmt: skip
ORGANISATIONS = (
    "Союз дольщиков", "Независимый профсоюз", "Движение жителей", "Женская инициатива",
    "Қоғамдық бірлестік", "Партия труда",
)  # fmt: skip
GROUNDS = (
    "На площади идёт ремонт", "В этот день проходит другое мероприятие",
    "Место не входит в список разрешённых", "Не указаны все сведения об организаторах",
)  # fmt: skip
#: A description is one of each; words of the first list are common, of the last less so.
SENTENCES = (
    (
        "Люди собрались на площади.", "Участники вышли к зданию акимата.",
        "Жители перекрыли проезд.", "Собравшиеся стояли молча.", "Адамдар алаңға жиналды.",
        "Группа людей развернула плакаты.", "Один человек стоял с плакатом.",
        "Тұрғындар әкімдік алдына шықты.",
    ),
    (
        "Они требовали встречи с акимом.", "Они говорили о ценах и зарплатах.",
        "Звучали требования освободить задержанных.", "Полиция наблюдала со стороны.",
        "Полиция просила разойтись.", "Полиция қызметкерлері бақылап тұрды.",
        "Прокурор зачитал предупреждение.", "Никто из представителей власти не подошёл.",
        "К людям вышел заместитель акима.", "Собрание снимали на камеру.",
    ),
    (
        "Через час все разошлись.", "Нескольких человек увезли в отделение.",
        "Жиналыс бір сағатқа созылды.", "Обещали рассмотреть обращение.",
        "Участники составили письмо.", "Собрание прошло спокойно.", "Договорились о новой встрече.",
        "Журналистам не давали снимать.", "Движение восстановили к вечеру.",
        "Наблюдатель ушёл последним.", "Шёл сильный дождь.", "Люди пели гимн.",
    ),
)  # fmt: skip
#: Words that few cards have: the first of 100, the second of 5,000, the third of 100,000 one.
RARE = ("Привезли громкоговоритель.", "Играл духовой оркестр.", "Над площадью летал дирижабль.")
RARE_EVERY = (100, 5_000, 100_000)
