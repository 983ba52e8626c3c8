"""The answers of the counted cards, month by month and column by column: what the explorer reads.

``changes`` lets the database write down which months have changed, ``keeping`` packs the columns of
a month, and compares them with the cards, ``reading`` finds those that are current, ``table`` lays
them out side by side, ``conditions`` reads conditions and expressions of Django over them, and
``counting`` counts. What is not current, not kept or hangs on other tables than the card is asked
of the cards by SQL, as ever (docs/decisions/031-columns-of-answers.md).
"""
