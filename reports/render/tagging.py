"""What WeasyPrint leaves out of the structure tree: whom the heading of a table speaks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weasyprint import Document


def finish(_document: Document, pdf: Any) -> None:
    """Give every TH its scope, after WeasyPrint has built the tree and before it is written.

    A heading in THead speaks for its column, any other for its row. WeasyPrint names the headings
    of each cell too; readers that do not follow those names go by the scope.
    """
    elements: dict[int, Any] = {each.number: each for each in _objects(pdf)}
    for element in elements.values():
        if element["S"] == "/TH" and "A" in element:
            group = _group(element, elements)
            element["A"]["Scope"] = "/Column" if group == "/THead" else "/Row"


def _objects(pdf: Any) -> list[Any]:
    """The elements of the structure tree, as pydyf's dictionaries with their numbers."""
    return [
        each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/StructElem"
    ]


def _group(element: Any, elements: dict[int, Any]) -> str:
    """The kind of what holds an element's row: /THead, /TBody or /Table."""
    row = elements[_number(element["P"])]
    return str(elements[_number(row["P"])]["S"])


def _number(reference: Any) -> int:
    """The object's number in a reference such as ``12 0 R``."""
    text = reference.decode() if isinstance(reference, bytes) else str(reference)
    return int(text.split()[0])
