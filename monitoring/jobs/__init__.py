"""Long work in the background: asked for on a page, done by a worker or else by the site itself.

``asking.start`` puts a job into the queue, ``running.run`` does it, ``working`` looks for what is
to be done. What kinds there are: ``JOB_KINDS`` in the settings. See monitoring/jobs/README.md.
"""
