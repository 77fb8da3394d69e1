# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Aws whose clients answer from functions, in any order and from any thread; and AWS's own published examples."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader
from botocore.validate import validate_parameters

Answer = Callable[[str, dict[str, Any]], "dict[str, Any] | Error"]


class Error:
    """An answer of AWS that refuses the call."""

    def __init__(self, code: str, message: str = "refused", status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status


def unknown_images(*image_ids: str) -> Error:
    """How EC2 refuses to list AMIs of which it does not know these, however many others there are."""
    return Error("InvalidAMIID.NotFound", f"The image id '[{', '.join(image_ids)}]' does not exist")


def unknown_snapshot(snapshot_id: str) -> Error:
    """How EC2 refuses to list snapshots; it names one that it does not know."""
    return Error("InvalidSnapshot.NotFound", f"The snapshot '{snapshot_id}' does not exist.")


class FakeAws:
    """``answers`` maps an operation to a function of Region and parameters; ``calls`` lists every call.

    Parameters and answers are checked against the service model. A client that was not prepared is not there.
    """

    def __init__(self, make_client: Callable[[str, str], Any]) -> None:
        self.answers: dict[str, Answer] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.key = "AKIAEXAMPLE"
        self.acted: list[str] = []
        self._make_client = make_client
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def prepare(self, service: str, regions: Any) -> None:
        for region in regions:
            if (service, region) not in self._clients:
                client = self._make_client(service, region)
                client.meta.events.register("before-parameter-build.*.*", self._remember, unique_id="remember")
                client.meta.events.register("before-call.*.*", self._answer, unique_id="answer")
                self._clients[service, region] = client

    def client(self, service: str, region: str) -> Any:
        return self._clients[service, region]

    def acting_as(self, credentials: dict[str, str]) -> FakeAws:
        """Answers like this one; calls of the role are remembered in ``calls`` with the others, and in ``acted``."""
        self.acted.append(credentials["AccessKeyId"])
        return self

    def access_key(self) -> str:
        return self.key

    def close(self) -> None:
        for client in self._clients.values():
            client.meta.events.unregister("before-parameter-build.*.*", unique_id="remember")
            client.meta.events.unregister("before-call.*.*", unique_id="answer")

    def operations(self, *only: str) -> list[str]:
        return [operation for _region, operation, _params in self.calls if not only or operation in only]

    @staticmethod
    def _remember(params: dict[str, Any], context: dict[str, Any], **_kwargs: Any) -> None:
        context["params"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_kwargs: Any) -> tuple[AWSResponse, dict[str, Any]]:
        region, params = context["client_region"], context["params"]
        with self._lock:
            self.calls.append((region, model.name, params))
            answer = self.answers[model.name](region, params)
        if isinstance(answer, Error):
            error = {"Error": {"Code": answer.code, "Message": answer.message}, "ResponseMetadata": {}}
            return AWSResponse(None, answer.status, {}, None), error
        if model.output_shape:
            validate_parameters(answer, model.output_shape)
        return AWSResponse(None, 200, {}, None), {**answer, "ResponseMetadata": {}}


def example(service: str, example_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Input and output of one of the examples that AWS publishes with the service model."""
    published = Loader().load_service_model(service, "examples-1")["examples"]
    (found,) = [entry for entries in published.values() for entry in entries if entry["id"].startswith(example_id)]
    return found.get("input") or {}, found.get("output") or {}
