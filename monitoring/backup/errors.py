"""What can be wrong with a backup, in words for the person who runs the command."""


class Refused(Exception):
    """The file, the key or the target is not what it has to be; nothing has been changed."""


class Damaged(Refused):
    """The file is not as it was written: cut off, altered, or something else altogether."""
