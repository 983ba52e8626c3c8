"""Requests made by chance: every address, any method, fields that mean something and that do not."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from hypothesis import strategies as st

from cards.filters import CardFilter
from cards.forms.card import CardForm
from cards.forms.decisions import CountForm, InclusionForm
from cards.forms.followups import AttachForm, OutcomeForm, ReviewForm
from cards.forms.importing import CardsForm, CoverageForm
from cards.sections import ANSWERS, DECISIONS
from tests.factories import ANSWERS as GOOD
from tests.factories import OUTCOME
from tests.security.attacked import Route, World
from tests.security.hostile import PICTURES
from tests.security.sheets import READ

#: Names of fields and parameters that some page reads; the rest is noise.
NAMES = sorted(
    {
        *ANSWERS, *DECISIONS, "take_date", "take_city", "take_detained", "uuid", "version",
        *CardFilter.get_filters(), *CountForm.base_fields, *InclusionForm.base_fields,
        *OutcomeForm.base_fields, *ReviewForm.base_fields, *AttachForm.base_fields,
        *CardsForm.base_fields, *CoverageForm.base_fields, *CardForm.base_fields,
        "action", "accepted", "after", "before", "answer", "case", "format", "v", "next", "kept",
        "username", "password", "password1", "password2", "usable_password", "csrfmiddlewaretoken",
        "duplicate_of", "reason", "q", "o", "p", "e", "all", "_popup", "_to_field", "_save",
        "_changelist_filters", "app_label", "model_name", "field_name", "term", "role", "regions",
        "role__exact", "is_active__exact", "regions__code__exact", "alias", "page", "index",
        "offset", "size", "device", "parcel", "select_across", "_selected_action", "date_joined", "last_login_0", "months", "start",
    }
)  # fmt: skip
#: Values that broke something somewhere once.
NASTY = [
    "", " ", "\0", "a\0b", "\ud800", "\ufeff", "\u202e", "\U0001f600", "Ққ Ңң Өө", "-1", "0", "1", "2",
    "9" * 30, "1" * 5000, "-9223372036854775809", "9223372036854775808", "2147483648", "1e400", "1e5",
    "NaN", "Infinity", "-0", "0x10", "1_000", "١٢٣", "1 000", "12,5", "2018-05-10", "10.05.2018",
    "0000-00-00", "9999-12-31", "0001-01-01", "2018-02-30", "99999-01-01", "24:00", "12:00", "-",
    "True", "on", "null", "[]", "{}", "yes", "no", "unknown", "almaty", "rally", "gas_price",
    "submit", "save", "mine", "theirs", "approve", "direct", "'", '"', "' OR 1=1 --", "%", "%s",
    "%00", "{{ 7*7 }}", "{% debug %}", "${jndi:ldap://x}", "<script>alert(1)</script>", "../../etc",
    "//evil.example", "https://evil.example/", "javascript:alert(1)", "\r\nX: y", "=1+1", ";", ";;",
    "a;b", "xlsx", "csv", "2018", "2017", "ru", "kk", "zz", "en-us\r\n", "x" * 300, "x" * 40_000,
    "00000000-0000-0000-0000-000000000000", "not-a-uuid", "A-01", "[", "(?", "\\", "a" * 2000 + "!",
]  # fmt: skip
TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x",
         "multipart/form-data; boundary=" + "b" * 300, "application/json", "text/plain", "",
         "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data; charset=no; boundary=x",
         "a/b; charset=\xff"]  # fmt: skip
METHODS = (
    ["GET"] * 10 + ["POST"] * 10 + ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "FOO"]
)
ROLES = ["anonymous", "monitor", "editor", "editor", "analyst", "administrator"]
_FILES = [*list(PICTURES.values())[:12], *READ.values()]
#: A text that may hold anything, as bytes of an address.
_wild = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Nd", "Lo"]), max_size=8),
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent; ``address`` and ``query`` are quoted already."""

    route: str
    role: str
    method: str
    address: str
    query: str
    body: bytes
    content_type: str
    headers: dict[str, str]


def quoted(text: str) -> str:
    """Percent-encoded, halves of characters included."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def encoded(pairs: list[tuple[str, str]]) -> str:
    """A query string or a form."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


@st.composite
def requests(draw, world: World, all_routes: list[Route]) -> Request:
    """A request to any address, by anybody."""
    route = draw(st.sampled_from(all_routes))
    values = [draw(_part(world, kind, name)) for kind, name in route.parts]
    method = draw(st.sampled_from(METHODS))
    query = draw(_query)
    body, kind = draw(_body) if method not in ("GET", "HEAD") else (b"", "")
    return Request(
        route.name, draw(st.sampled_from(ROLES)), method, route.filled(values), query, body, kind,
        draw(_headers),
    )  # fmt: skip


def _part(world: World, kind: str, name: str):
    known = world.known.get(name) or world.known.get(kind) or ["x"]
    wild = st.sampled_from(NASTY).filter(lambda text: 0 < len(text) < 3000).map(quoted)
    return st.one_of(st.sampled_from(known), st.sampled_from(known), st.sampled_from(known), wild)


_value = st.one_of(
    _wild, st.sampled_from([str(value) for value in GOOD.values() if value is not None])
)
_pairs = st.lists(st.tuples(st.sampled_from(NAMES), _value), max_size=6)
_query = st.one_of(
    st.just(""),
    _pairs.map(encoded),
    _pairs.map(encoded),
    st.sampled_from(
        ["%", "%FF=%FF", "a=%ED%A0%80", "&&&==", "a" * 3000, "from=%00&to=%00", ";", "=x"]
    ),
)


def _good_form() -> list[tuple[str, str]]:
    pairs = []
    for name, value in {**GOOD, **OUTCOME, "version": 1, "action": "submit"}.items():
        values = value if isinstance(value, tuple) else [value]
        pairs += [(name, str(each)) for each in values]
    return pairs


def _changed(changes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A form that is in order but for these fields."""
    spoilt = {name for name, _value in changes}
    return [pair for pair in _good_form() if pair[0] not in spoilt] + changes


def _multipart(
    pairs: list[tuple[str, str]], files: list[tuple[str, str, bytes]]
) -> tuple[bytes, str]:
    lines = []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'
        lines.append(head.encode("utf-8", "surrogatepass"))
    for name, filename, content in files:
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: a/b\r\n\r\n'
        lines.append(head.encode("utf-8", "surrogatepass") + content)
    body = b"".join(b"--x\r\n" + line + b"\r\n" for line in lines) + b"--x--\r\n"
    return body, "multipart/form-data; boundary=x"


_file = st.tuples(
    st.sampled_from(["files", "cards", "outcomes", "coverage", "published", "caption", "x"]),
    st.sampled_from(["a.jpg", "../x", "a\0.csv", "", 'q";x="', "п.xlsx", "\ud800.csv"]),
    st.one_of(st.sampled_from(_FILES), st.binary(max_size=60)),
)
_urlencoded = _pairs.map(lambda pairs: (encoded(pairs).encode(), TYPES[0]))
_body = st.one_of(
    _urlencoded,
    _pairs.map(lambda pairs: (encoded(_changed(pairs)).encode(), TYPES[0])),
    _pairs.map(lambda pairs: (encoded(_changed(pairs)).encode(), TYPES[0])),
    st.builds(_multipart, _pairs, st.lists(_file, max_size=2)),
    st.tuples(st.binary(max_size=80), st.sampled_from(TYPES)),
    st.tuples(st.sampled_from([b"--x\r\nContent-Disposition: form-data; name=\"a", b"--x--", b"%FF=%FF&%",
                               b"a=" + b"x" * 2**20, b"&".join(b"a=%d" % n for n in range(2500)),
                               b"=&=&=", b"\xff\xfe\0", b"{", b"[" * 5000]), st.sampled_from(TYPES)),
)  # fmt: skip
_headers = st.one_of(
    st.just({}), st.just({}), st.just({}), st.just({}),
    st.sampled_from(
        [
            {"HTTP_HOST": "evil.example"}, {"HTTP_HOST": "a b\0"}, {"HTTP_HOST": ""},
            {"HTTP_ACCEPT": "application/json"}, {"HTTP_ACCEPT": ",;q=\xff"},
            {"HTTP_ACCEPT_LANGUAGE": "x" * 5000}, {"HTTP_ACCEPT_LANGUAGE": "kk;q=a,\xff"},
            {"HTTP_REFERER": "\xff://\0"}, {"HTTP_X_FORWARDED_HOST": "evil.example"},
            {"HTTP_COOKIE": "sessionid=\xff\0; csrftoken=a; django_language=../..; messages=x"},
            {"HTTP_COOKIE": "=;;=; a" * 200}, {"HTTP_IF_NONE_MATCH": '"\xff'},
            {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 0000"}, {"HTTP_RANGE": "bytes=-1,0-99999999999"},
            {"HTTP_ACCEPT_ENCODING": "gzip, \xff"}, {"HTTP_CONTENT_LENGTH": "-1"},
            {"CONTENT_LENGTH": "x"}, {"CONTENT_LENGTH": "99999999"}, {"HTTP_HX_REQUEST": "true"},
            {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"}, {"HTTP_TRANSFER_ENCODING": "chunked"},
        ]
    ),
)  # fmt: skip


#: Any JSON, with what means something to the site here and there.
_json = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), _wild,
        st.sampled_from([1, 0, -1, 2**31, 2**63, "card", "outcome", "save", "submit", "mine"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip


def parcels(known: list[str]):
    """Words of a parcel that is in order but for some of them; ``known``: identifiers of cards."""
    answers = {
        name: [str(each) for each in (value if isinstance(value, tuple) else [value])]
        for name, value in {**GOOD, **OUTCOME}.items()
    }
    good = {
        "v": 1, "kind": "card", "version": 1, "action": "submit", "answers": answers,
        "accepted": [], "unseen": False, "take": {}, "counts": [], "replies": {},
        "made_at": "2018-05-10T12:00:00Z",
    }  # fmt: skip
    names = sorted({*good, "uuid", "card"})
    cards = st.sampled_from([*known, "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"])
    some = st.dictionaries(st.sampled_from(NAMES), st.lists(_value, max_size=3), max_size=4)
    count = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("subject", "best", "at", "basis"), _json)
    )
    odd = st.one_of(
        st.dictionaries(st.sampled_from(names), _json, max_size=3),
        st.fixed_dictionaries({"answers": some.map(lambda found: answers | found)}),
        st.fixed_dictionaries({"take": st.dictionaries(st.sampled_from(NAMES), _wild, max_size=3)}),
        st.fixed_dictionaries({"counts": st.lists(count, max_size=3)}),
        st.fixed_dictionaries({"replies": st.dictionaries(_wild, _wild, max_size=2)}),
    )
    return st.builds(
        lambda kind, uuid, card, change: {**good, "kind": kind, "uuid": uuid, "card": card} | change,
        st.sampled_from(["card", "card", "outcome"]), cards, cards, odd,
    )  # fmt: skip
