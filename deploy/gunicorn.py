"""How gunicorn serves in production: threads, because a request mostly waits for the database or the store."""

import os

bind = "0.0.0.0:8000"
worker_class = "gthread"
workers = int(os.environ.get("XUNGAI_WEB_PROCESSES", "2"))
threads = int(os.environ.get("XUNGAI_WEB_THREADS", "64"))  # slow uploads each hold one
timeout = 120
graceful_timeout = 30
keepalive = 75
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not wait for a disk
# A process is replaced after a while, each at another time, so that no leak in a picture library grows for ever.
max_requests = 20_000
max_requests_jitter = 5_000
forwarded_allow_ips = "*"
accesslog = None
errorlog = "-"
loglevel = "warning"
