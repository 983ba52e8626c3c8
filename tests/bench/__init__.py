"""``make bench``: how fast the product is beside what somebody would use instead.

``rows`` and ``timing`` measure, ``synthetic`` makes cards, ``site`` runs the product on many of
them, and every section compares: see ``docs/performance.md``, which is written from what they keep.
"""

#: Modules of the sections, in the order of the document.
SECTIONS = (
    "tables",
    "approving",
    "submitting",
    "importing",
    "lists",
    "searching",
    "pages",
    "printing",
    "exporting",
    "starting",
)
SIZES = (10_000, 100_000, 1_000_000)
