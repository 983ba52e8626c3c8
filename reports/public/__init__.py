"""Published editions for everybody: pages and files made from what was frozen, never from cards.

``shown`` finds what is public, ``links`` says where it lies, ``making`` draws pages and pictures,
``views`` and ``exporting`` hand them out: over the site, or as files for any web server.
"""
