"""Work without a connection: sealed parcels from devices, and what a device is told of its person.

``sealing`` opens, ``shape`` reads, ``parcels`` and ``uploads`` take, ``home`` tells. See
docs/decisions/015-the-card-in-the-field.md.
"""
