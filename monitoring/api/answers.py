"""Rows as JSON or as CSV, and where the next page is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

from monitoring.api.records import Column

#: Lines of a CSV file that travel together.
_TOGETHER = 200


def listed(request, rows: Iterable[dict[str, Any]], after: str = "", **about: Any) -> HttpResponse:
    """A page of rows as JSON; ``after``: cursor of the next one, ``about``: beside the rows."""
    following = _following(request, after)
    return _linked(_json({**about, "results": list(rows), "next": following or None}), following)


def one(row: dict[str, Any]) -> HttpResponse:
    """One row as JSON."""
    return _json(row)


def table(
    request,
    columns: Iterable[Column],
    name: str,
    lines: Iterable[list[str]],
    after: str = "",
) -> StreamingHttpResponse:
    """Lines as CSV under the names of the columns, sent while they are read.

    UTF-8, comma, a line feed. ``lines``: texts that no spreadsheet takes for a formula.
    ``name``: of the file.
    """
    answer = StreamingHttpResponse(_written(columns, lines), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return _linked(answer, _following(request, after))


def file(name: str, parts: Iterable[bytes]) -> StreamingHttpResponse:
    """A CSV file that is whole already, head and lines, sent while it is read."""
    answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _written(columns: Iterable[Column], lines: Iterable[list[str]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    for number, line in enumerate(lines, start=1):
        writer.writerow(line)
        if number % _TOGETHER == 0:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _json(content: dict[str, Any]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def _following(request, after: str) -> str:
    """The whole address of the next page; "" if there is none."""
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _linked(answer, following: str):
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer
