"""A form sent after the session ended: carried through the sign-in page, then sent again.

The answers travel in the person's own page, signed, so that nothing typed is lost and nothing is
stored for somebody who is not signed in.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

SALT = "zhinalys.kept"
#: Long enough to find the password, short enough that an open page is not a store.
MAX_AGE = 12 * 60 * 60
#: Never carried: secrets, and what belongs to the request that failed.
LEFT_OUT = frozenset({"csrfmiddlewaretoken", "kept", "password", "new_password1", "new_password2"})


@dataclass(frozen=True, slots=True)
class Kept:
    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool


def seal(request) -> str:
    """The posted form as a signed text; what it carries itself goes on as it is."""
    carried = request.POST.get("kept", "")
    if carried and unseal(carried):
        return carried
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in LEFT_OUT
        for value in values
    ]
    data = {"path": request.get_full_path(), "fields": fields, "files": bool(request.FILES)}
    return signing.dumps(data, salt=SALT, compress=True)


def unseal(text: str) -> Kept | None:
    """What was kept; None if there is nothing or it was tampered with."""
    try:
        data = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    fields = tuple((name, value) for name, value in data["fields"])
    return Kept(data["path"], fields, data["files"])
