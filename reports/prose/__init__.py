"""Analysts' prose: Markdown in which every number is a reference to a computed value.

``values`` finds a value by its address, ``language`` reads references, ``saying`` prints them,
``layout`` turns a chapter's text into blocks, ``typed`` finds numbers that somebody typed, and
``takeover`` writes generated sentences as text with references. Nothing here reads the database.
"""
