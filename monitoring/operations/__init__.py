"""What whoever runs the site needs to know: lines of requests, figures, states, what was done last.

Rooms register their own gauges (``gauges``) and states (``states``) at start-up; nothing here knows
of cards or reports.
"""
