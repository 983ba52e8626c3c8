"""What can be wrong with something that a device sent."""


class Unreadable(Exception):
    """It is no parcel, was damaged on the way, or says what no device says."""


class UnknownKey(Exception):
    """It is sealed to keys of which the site has none: kept, to be opened later."""
