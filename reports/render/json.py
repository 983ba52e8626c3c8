"""The report as JSON: tables, figures, indicators and values, keys in a fixed order."""

from __future__ import annotations

import json
from typing import Any

from reports.render.csv import column_codes
from reports.render.text import in_languages
from reports.types import Cell, Figure, Finding, Indicator, Report, Table, Value


def report_json(report: Report) -> bytes:
    """UTF-8; numbers unrounded, ``null`` where a value does not exist, texts in each language."""
    document = {
        "period": _period(report),
        **_region(report),
        "checksum": report.checksum,
        "demonstration": report.demonstration,
        "tables": [_table(table) for table in report.tables],
        "figures": [_figure(figure) for figure in report.figures],
        "indicators": [_indicator(*pair) for pair in report.indicators],
        "findings": [_finding(finding) for finding in report.findings],
        "values": [_cell(cell) for cell in report.cells()],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _period(report: Report) -> dict[str, Any]:
    period = report.period
    return {
        "code": period.code,
        "name": in_languages(period.name),
        "start": period.start.isoformat() if period.start else None,
        "end": period.end.isoformat() if period.end else None,
        "months": period.months,
        "basis": period.basis,
    }


def _region(report: Report) -> dict[str, Any]:
    """Named only where a report is not on the whole country."""
    if report.region is None:
        return {}
    return {"region": {"code": report.region.code, "name": in_languages(report.region.name)}}


def _table(table: Table) -> dict[str, Any]:
    codes = column_codes(table)
    return {
        "code": table.code,
        "number": table.number,
        "title": in_languages(table.title),
        "stub": in_languages(table.stub),
        "columns": [
            {
                "code": code,
                "title": in_languages(column.title),
                "span": in_languages(column.span),
            }
            for code, column in zip(codes, table.columns, strict=True)
        ],
        "rows": [
            {
                "code": row.code,
                "label": in_languages(row.label),
                "total": row.total,
                "cells": [_printed(cell) for cell in row.cells],
            }
            for row in table.rows
        ],
        "notes": [in_languages(note) for note in table.notes],
    }


def _printed(cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "value": _number(cell.value.value),
        "unit": cell.unit,
        "decimals": cell.decimals,
        "source": cell.source,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "number": figure.number,
        "kind": figure.kind,
        "title": in_languages(figure.title),
        "alt": in_languages(figure.alt),
        "table": figure.table,
        "unit": figure.unit,
        "categories": [in_languages(category) for category in figure.categories],
        "series": [
            {
                "label": in_languages(series.label),
                "values": [_number(value) for value in series.values],
                "published": list(series.published) or [False] * len(series.values),
            }
            for series in figure.series
        ],
    }


def _indicator(indicator: Indicator, value: Value) -> dict[str, Any]:
    return {
        "code": indicator.code,
        "name": in_languages(indicator.name),
        "definition": in_languages(indicator.definition),
        "formula": in_languages(indicator.formula),
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "missing": in_languages(indicator.missing),
        "source": in_languages(indicator.source),
        "tables": list(indicator.tables),
        **_value(value),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "table": finding.table,
        "period": finding.period,
        "row": finding.row,
        "column": finding.column,
        "printed": finding.printed,
        "expected": _number(finding.expected),
        "rule": finding.rule,
        "difference": _number(finding.difference),
        "kind": finding.kind,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    key = cell.key
    return {
        "table": key.table,
        "period": key.period,
        "row": key.row,
        "column": key.column,
        "unit": cell.unit,
        **_value(cell.value),
        "source": cell.source,
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "value": _number(value.value),
        "numerator": _number(value.numerator),
        "denominator": _number(value.denominator),
        "n": value.n,
        "unknown": value.unknown,
        "low": _number(value.low),
        "high": _number(value.high),
    }


def _number(value: float | None) -> float | int | None:
    """Whole numbers without ``.0``, as in values.csv."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(value)
