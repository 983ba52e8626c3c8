"""The API against its own document: generated requests, none of which breaks it, hangs, or is answered
otherwise than the document says.

``FUZZ_EXAMPLES`` and ``FUZZ_SEED`` as in test_fuzz.py.
"""

import time

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from monitoring.api import rate
from monitoring.wsgi import application
from tests.program import Program
from tests.security import attacked, soup
from tests.security.test_fuzz import EXAMPLES, HANGS, SEED

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
#: What some request should find, beside what the document lets one guess.
KNOWN = {"period": ["2018", "2017", "1913"], "table": ["1", "14", "court"], "place": ["almaty"],
         "limit": ["1", "2", "1000"], "form": ["rally"]}  # fmt: skip


@pytest.fixture
def document(reference, monkeypatch):
    """The document as a program of an analyst reads it, and that of an editor beside."""
    from schemathesis import openapi

    monkeypatch.setattr(rate, "MOST", 10**9)
    place = attacked.build()
    programs = [Program(place.people[role]) for role in ("analyst", "editor")]
    said = programs[0].get("schema/", Accept="application/json").json()
    # The tests' own requests carry the token; whether it is asked for is tried in test_door.py.
    said["security"] = []
    for path in said["paths"].values():
        path["get"].pop("security", None)
    schema = openapi.from_dict(said)
    schema.app = application
    return place, programs, schema


@pytest.fixture
def one_connection(document):
    """Requests straight to the application end by closing connections; this test's stays open.

    Asked for after the document, whose client puts the closing back.
    """
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_no_request_breaks_the_api_and_every_answer_is_as_the_document_says(
    document, one_connection
):
    from schemathesis import GenerationMode, checks
    from schemathesis.openapi import checks as _of_openapi  # noqa: F401  (registers them)

    place, programs, schema = document
    held = [checks.CHECKS.get_one(name) for name in (
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_headers_conformance", "response_schema_conformance",
    )]  # fmt: skip
    operations = [result.ok() for result in schema.get_all_operations()]
    generated = st.one_of(
        operation.as_strategy(generation_mode=mode)
        for operation in operations
        for mode in (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    )
    changes = st.one_of(
        st.none(),
        st.sampled_from(sorted(KNOWN)).flatmap(
            lambda name: st.tuples(st.just(name), st.sampled_from(KNOWN[name]))
        ),
        st.tuples(st.sampled_from(sorted(soup.NAMES)), st.sampled_from(soup.NASTY)),
    )
    seen: dict[str, set[int]] = {}

    @seed(SEED)
    @settings(
        max_examples=max(int(EXAMPLES * 0.5), 20), deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(generated, changes, st.sampled_from(programs), st.sampled_from(place.known["uuid"]),
           st.sampled_from([True, True, True, False]))  # fmt: skip
    def attack(case, change, program, uuid, known):
        if known and "uuid" in (case.path_parameters or {}):
            case.path_parameters["uuid"] = uuid
        if change:
            case.query = {
                **(case.query or {}),
                change[0]: change[1].encode("utf-8", "replace").decode(),
            }
        begun = time.monotonic()
        bearer = {"Authorization": f"Bearer {program.text}", "Accept-Encoding": "identity"}
        answer = case.call(headers=bearer)
        assert time.monotonic() - begun < HANGS
        case.validate_response(answer, checks=held)
        seen.setdefault(case.operation.label, set()).add(answer.status_code)

    attack()
    told = {label: sorted(statuses) for label, statuses in sorted(seen.items())}
    print(told)  # noqa: T201
    assert len(seen) == len(operations)
    assert all(seen[label] & {200, 404} for label in seen)
    if EXAMPLES >= 5000:
        assert all(200 in statuses for statuses in seen.values())
    assert set().union(*seen.values()) <= {200, 304, 400, 403, 404, 405, 409}
