"""Cards in and out as spreadsheets.

``sheets`` and ``workbooks`` read, ``parsing`` understands cells, ``checking`` holds rows against
the rules, ``importing`` is the door (``check``, then ``load``), ``loading`` writes;
``previews`` and ``pending`` serve the browser, ``export`` and ``cells`` write files,
``fileformat`` explains them.
"""

#: Modules by which other rooms bring kinds of files, loaded with ``previews``.
BROUGHT: list[str] = []
