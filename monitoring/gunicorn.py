"""How gunicorn serves the site: ``gunicorn --config python:monitoring.gunicorn …``."""

import gunicorn.http.wsgi

# What serves the site, and in which version, is nobody's business.
gunicorn.http.wsgi.SERVER = "web"

# A slow sender holds one thread, not a whole worker; a proxy in front holds it altogether.
worker_class = "gthread"
threads = 4
timeout = 60
keepalive = 5

limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
