# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put moto, our additions to it and the front together, and serve them on loopback."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

PARENT_POLL = 1.0


def prepare_environment() -> None:
    """Settings that moto reads at import or at the first request."""
    # Hundreds of AMIs of Amazon in each Region of each account cost seconds and hide ours.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    # moto opens a botocore session, which fails on a profile that this machine does not have.
    os.environ.pop("AWS_PROFILE", None)
    os.environ.pop("AWS_DEFAULT_PROFILE", None)
    # These would make every caller the same account.
    os.environ.pop("MOTO_ACCOUNT_ID", None)


def create_app() -> Any:
    """The WSGI application: our front before moto, with the gap fillers installed."""
    prepare_environment()
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from . import ec2, kms
    from .front.application import Front
    from .identities import assume_role
    from .organizations import reading as organizations

    ec2.install()
    kms.install()
    organizations.install()
    assume_role.install()
    return Front(DomainDispatcherApplication(create_backend_app))


def serve(port: int, port_file: str | None, parent: int | None) -> None:
    """Serve until SIGTERM, SIGINT or the end of the parent process."""
    app = create_app()
    from moto.moto_server.werkzeug_app import MotoRequestHandler
    from werkzeug.serving import make_server

    class QuietHandler(MotoRequestHandler):
        """Without a line for every request: the call log has them."""

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)

    def end(*_args: object) -> None:
        # shutdown() waits for serve_forever(), which runs in the thread that got the signal.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if parent:
        threading.Thread(target=_watch_parent, args=(parent, end), daemon=True).start()
    if port_file:
        # The socket listens already, so whoever reads the port can connect; rename() makes the file appear complete.
        partial = Path(f"{port_file}.partial")
        partial.write_text(str(server.server_port))
        partial.rename(port_file)
    server.serve_forever()


def _watch_parent(parent: int, end: Any) -> None:
    while True:
        time.sleep(PARENT_POLL)
        try:
            os.kill(parent, 0)
        except ProcessLookupError:
            end()
            return
        except PermissionError:
            continue
