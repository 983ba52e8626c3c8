"""Cards for programs: the export's columns, the lists' filter, the caller's rights."""
