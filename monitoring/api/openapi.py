"""The OpenAPI document, made from the records of the addresses: what they do is what it says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from monitoring.api import problems, rate
from monitoring.api.records import Column, Endpoint, Parameter

VERSION = "3.1.0"
PREFIX = "/api/v1/"
_FORMATS = {"date": "date", "time": "time", "identifier": "uuid"}
_TYPES = {"integer": "integer", "number": "number", "yes_no": "boolean"}


def document(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """OpenAPI 3.1, in the active language. Plain JSON."""
    endpoints = tuple(endpoints)
    return {
        "openapi": VERSION,
        "info": {"title": "Zhinalys", "version": "1", "description": _about()},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {_path(each): {"get": _operation(each)} for each in endpoints},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": _token()},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            },
            "schemas": {
                "problem": PROBLEM,
                **{each.name: _row(each.columns, each.extra) for each in endpoints},
            },
            "responses": _refusals(),
        },
    }


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
    },
    "additionalProperties": False,
}


def _about() -> str:
    return _(
        "Figures of the reports and, for who may export them, cards. Only GET and HEAD. An unknown "
        "value is null in JSON and empty in CSV, never 0."
    )


def _token() -> str:
    return _("A token of the account that reads; issued and revoked on the page of the account.")


def _path(endpoint: Endpoint) -> str:
    return PREFIX + endpoint.path.replace("<uuid:", "{").replace(">", "}")


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    statuses = [400, 401, 403, 429]
    statuses += [404] if endpoint.single else []
    statuses += [409] if endpoint.conditional and endpoint.pages else []
    answers = {"200": _answer(endpoint)}
    if endpoint.conditional:
        answers["304"] = {"description": _("The same as the caller has: see If-None-Match.")}
    answers |= {str(each): {"$ref": f"#/components/responses/{each}"} for each in sorted(statuses)}
    said = {
        "operationId": endpoint.name,
        "summary": str(endpoint.summary),
        "parameters": [
            *([_uuid()] if endpoint.single else []),
            *(_parameter(endpoint, each) for each in endpoint.all_parameters),
        ],
        "responses": answers,
    }
    if endpoint.by_session:
        said["security"] = [{"token": []}, {"session": []}]
    return said


def _uuid() -> dict[str, Any]:
    schema = {"type": "string", "format": "uuid"}
    return {"name": "uuid", "in": "path", "required": True, "schema": schema}


def _parameter(endpoint: Endpoint, parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = _scalar(parameter)
    if parameter.name == "limit" and endpoint.pages:
        schema |= {"minimum": 1, "maximum": endpoint.pages.most}
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": str(parameter.text),
        "schema": schema,
    }


def _answer(endpoint: Endpoint) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{endpoint.name}"}
    page = row if endpoint.single else _page(endpoint, row)
    headers = {"ETag": {"schema": {"type": "string"}}} if endpoint.conditional else {}
    if endpoint.pages:
        headers["Link"] = {
            "schema": {"type": "string"},
            "description": _("Where the next page is."),
        }
    return {
        "description": str(endpoint.summary),
        "headers": headers,
        "content": {
            "application/json": {"schema": page},
            "text/csv": {"schema": {"type": "string"}},
        },
    }


def _page(endpoint: Endpoint, row: dict[str, Any]) -> dict[str, Any]:
    about = _row(endpoint.about)["properties"]
    return {
        "type": "object",
        "required": [*about, "results", "next"],
        "properties": {
            **about,
            "results": {"type": "array", "items": row},
            "next": {"type": ["string", "null"], "format": "uri"},
        },
        "additionalProperties": False,
    }


def _row(columns: tuple[Column, ...], extra: tuple[Column, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [column.name for column in columns],
        "properties": {column.name: _column(column) for column in (*columns, *extra)},
        "additionalProperties": False,
    }


def _column(column: Column) -> dict[str, Any]:
    if column.several:
        return {
            "type": "array", "items": _scalar(column), "description": str(column.text),
        }  # fmt: skip
    schema = _scalar(column)
    if not column.always:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return {**schema, "description": str(column.text)}


def _scalar(what: Column | Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(what.kind, "string")}
    if what.kind in _FORMATS and what.kind != "time":
        schema["format"] = _FORMATS[what.kind]
    if what.kind == "time":
        schema["pattern"] = "^[0-9]{2}:[0-9]{2}$"
    if what.codes:
        schema["enum"] = list(what.codes)
    return schema


def _refusals() -> dict[str, Any]:
    words = {
        400: _("A parameter does not exist or cannot be read; each is named."),
        401: _("No token, or one that was revoked, has expired or was never issued."),
        403: _("The role of the account, or the token, does not allow this."),
        404: _("It does not exist or is out of reach: both answer alike."),
        409: _("The figures have changed since the first page."),
        429: _("More than %(most)s requests in %(seconds)s seconds.")
        % {"most": rate.MOST, "seconds": rate.SECONDS},
    }
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/problem"}}}
    found: dict[str, Any] = {
        str(status): {"description": text, "content": content} for status, text in words.items()
    }
    found["401"]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    found["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return found
