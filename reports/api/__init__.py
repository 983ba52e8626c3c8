"""Figures for programs: the values of a report and the registers that explain their codes."""
