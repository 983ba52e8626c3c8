"""Little cards by chance, for property tests."""

from hypothesis import settings
from hypothesis import strategies as st

from tests.reports.material import (
    FORMS,
    GROUP_OF_TOPIC,
    ORGANISERS,
    OUTCOMES,
    PLACES,
    REASONS,
    Little,
)

#: For properties of whole reports: each example builds one; a busy machine is no failure.
whole_reports = settings(max_examples=25, deadline=None)

people = st.one_of(st.none(), st.integers(0, 500))

little_cards = st.lists(
    st.builds(
        Little,
        place=st.sampled_from(PLACES),
        form=st.sampled_from(FORMS),
        topic=st.sampled_from(sorted(GROUP_OF_TOPIC)),
        organiser=st.sampled_from(ORGANISERS),
        sanction=st.sampled_from(("sanctioned", "unsanctioned", "outside")),
        reason=st.sampled_from(("", *REASONS)),
        police_present=st.sampled_from(("yes", "no", "unknown")),
        participants=people,
        spread=st.integers(0, 20),
        police=people,
        detained=st.one_of(st.none(), st.integers(0, 50)),
        minutes=st.one_of(st.none(), st.integers(1, 3000)),
        direct=st.booleans(),
        obstructed=st.one_of(st.none(), st.booleans()),
        cases=st.lists(st.sampled_from(OUTCOMES), max_size=3).map(tuple),
    ),
    max_size=12,
)
