"""One file that holds the whole site, database and attachments, and the way back from it.

``making.write``, ``reading.verify``, ``restoring.restore``. The file is a plain tar (``archive``),
sealed with age where there is a key (``sealing``), so that it can be opened without this program:
``age -d -i KEY FILE | tar x``. Rows travel as JSON (``rows``), not as the dump of one engine.
"""
