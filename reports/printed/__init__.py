"""Printed reports: their figures on record, how they are typed in, and what is found in them."""
