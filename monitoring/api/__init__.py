"""How programs read the site: ``/api/v1/``. Each room describes and answers its own addresses.

``records`` are the words an address is described with; from the same records its parameters are
read, its rows written, the OpenAPI document and the page for people made. ``door`` says who comes
in. Nothing here knows of cards or reports: ``monitoring/urls.py`` brings them together.
"""
