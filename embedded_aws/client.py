# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client side: start the server as a child process and steer it over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DEFAULT_ACCOUNT = "123456789012"
START_TIMEOUT = 60.0
# A proxy of the environment must never see loopback traffic.
_OPENER = build_opener(ProxyHandler({}))


class EmbeddedAWS:
    """A server in a child process, ended on leaving the context (or with this process, whatever comes first)."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._credentials: dict[str, dict[str, str]] = {}
        self._session: Any = None
        self._session_lock = threading.Lock()
        self.url = ""

    def __enter__(self) -> EmbeddedAWS:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the child and wait until it answers; raises RuntimeError with its output when it does not."""
        self._directory = tempfile.TemporaryDirectory(prefix="embedded-aws-")
        directory = Path(self._directory.name)
        port_file = directory / "port"
        root = str(Path(__file__).resolve().parent.parent)
        env = dict(os.environ)
        env["PYTHONPATH"] = os.pathsep.join(part for part in (root, env.get("PYTHONPATH", "")) if part)
        command = [sys.executable, "-m", "embedded_aws", "--port", "0", "--port-file", str(port_file)]
        command += ["--parent", str(os.getpid())]
        log = directory / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env)
        deadline = time.monotonic() + START_TIMEOUT
        while not port_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                text = log.read_text(errors="replace")
                self.stop()
                raise RuntimeError(f"the embedded AWS did not start:\n{text}")
            time.sleep(0.02)
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def log(self) -> str:
        """What the server printed: tracebacks of requests that it could not serve (EmbeddedAWSFailure)."""
        return (Path(self._directory.name) / "log").read_text(errors="replace") if self._directory else ""

    def wait(self) -> None:
        """Until the child has ended, by itself or by a signal."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """End the child; harmless when it has ended already."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of a control endpoint; raises urllib.error.HTTPError when the server refuses it."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/embedded-aws/{path}", data, {"Content-Type": "application/json"}, method=method)
        with _OPENER.open(request, timeout=60) as response:
            return json.load(response)

    def reset(self) -> None:
        """Back to an empty cloud: all resources, the call log, faults, latency, limits and Regions."""
        self.control("POST", "reset")
        self._credentials.clear()

    def calls(self, write: bool | None = None) -> list[dict[str, Any]]:
        """The AWS requests so far in order of arrival; ``write=True`` only those that change something."""
        query = "" if write is None else f"?write={str(write).lower()}"
        return self.control("GET", f"calls{query}")

    def clear_calls(self) -> None:
        """Forget the recorded requests."""
        self.control("DELETE", "calls")

    def set_latency(self, seconds: float) -> None:
        """Let every AWS request take this much longer."""
        self.control("PUT", "latency", {"seconds": seconds})

    def set_faults(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Replace the fault rules; see front/faults.py for what a rule may say."""
        self.control("PUT", "faults", list(rules))

    def set_limits(self, **limits: int) -> None:
        """Lower (or raise) quotas, so that a test can reach them; see api/limits.py for their names."""
        self.control("PUT", "limits", limits)

    def set_copies(self, **course: Any) -> None:
        """How the next copies go: ``seconds`` and ``failing``; see copies/course.py."""
        self.control("PUT", "copies", course)

    def set_usage_reports(self, **course: Any) -> None:
        """How the next usage reports go: ``looks`` and ``ends``; see usage/report.py."""
        self.control("PUT", "usage-reports", course)

    def set_image(self, region: str, image_id: str, **state: Any) -> None:
        """What no API call does to an AMI: ``state``, ``state_reason``, ``product_codes``, ``creation_date``.

        The date is as EC2 shows it, so that AMIs can differ in age without anybody waiting. ``account`` is checked.
        """
        self.control("PUT", f"images/{region}/{image_id}", state)

    def plant_grant(self, region: str, key_id: str, **grant: Any) -> str:
        """Put a grant on a key as AWS services do, without any check; returns its ID."""
        return self.control("POST", f"keys/{region}/{key_id}/grants", grant)["grant_id"]

    def disturb_key_policy(self, region: str, key_id: str, **how: Any) -> None:
        """Put a policy in place without any check, or let somebody else write it at the wrong moment; see keys/controls.py."""
        self.control("PUT", f"keys/{region}/{key_id}/policy", how)

    def set_not_opted_in(self, regions: Iterable[str]) -> None:
        """Say which opt-in Regions are switched off."""
        self.control("PUT", "regions", {"not_opted_in": list(regions)})

    def credentials(self, account: str = DEFAULT_ACCOUNT) -> dict[str, str]:
        """Keys of an assumed role in the account; getting them leaves no trace in the call log."""
        if account not in self._credentials:
            self._credentials[account] = self.control("POST", f"credentials/{account}")
        return dict(self._credentials[account])

    def environment(self, account: str = DEFAULT_ACCOUNT) -> dict[str, str]:
        """What a child process needs in its environment to work in that account."""
        keys = self.credentials(account)
        return {
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_SESSION_TOKEN": keys["session_token"],
            "AWS_ENDPOINT_URL": self.url,
            "AWS_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, region: str, account: str = DEFAULT_ACCOUNT, **options: Any) -> Any:
        """A boto3 client of that account."""
        import boto3

        keys = self.credentials(account)
        # One session keeps the parsed service models; making clients of it is not thread-safe, using them is.
        with self._session_lock:
            self._session = self._session or boto3.session.Session()
            return self._session.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=keys["access_key"],
                aws_secret_access_key=keys["secret_key"],
                aws_session_token=keys["session_token"],
                **options,
            )
