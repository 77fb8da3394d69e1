# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Aws whose clients answer from functions, in any order and from any thread; and AWS's own published examples."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.loaders import Loader
from botocore.validate import validate_parameters

from ansible_collections.golden.ami.plugins.module_utils._call import role_clients
from ansible_collections.golden.ami.plugins.module_utils._call.pace import Pace
from ansible_collections.golden.ami.plugins.module_utils._call.session import Aws, Connection

CREDENTIALS = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "secret"}
MakeClient = Callable[[str, str, str], Any]
Answer = Callable[[str, dict[str, Any]], "dict[str, Any] | Error"]


# What is called once for each AMI, snapshot, key or grant, and so may be called hundreds of times in a Region.
PACED = {
    operation: f"{service}:{operation}"
    for service, operations in {
        "ec2": (
            "CancelImageLaunchPermission",
            "CopyImage",
            "CreateImageUsageReport",
            "DeleteImageUsageReport",
            "DescribeImageAttribute",
            "DescribeImageUsageReportEntries",
            "DescribeSnapshotAttribute",
            "ModifyImageAttribute",
            "ModifySnapshotAttribute",
            "ResetImageAttribute",
        ),
        "kms": ("CreateGrant", "ListGrants", "PutKeyPolicy", "RevokeGrant"),
    }.items()
    for operation in operations
}
# The clients are made by a Session of all tests, which is not thread-safe.
_MAKING = threading.Lock()


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


class FakeAws(Aws):
    """The real class, with clients of a Session that answers from functions.


    ``answers`` maps an operation to a function of Region and parameters; ``calls`` lists every call, ``access_keys`` who
    made each, ``paced`` for which calls somebody asked for the pace, with Region and account (empty for the caller's own).
    Parameters and answers are checked against the service model.
    """

    def __init__(self, make_client: MakeClient) -> None:
        self.answers: dict[str, Answer] = {}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.access_keys: list[str] = []
        self.paced: list[tuple[str, str, str]] = []
        self._lock = threading.Lock()
        self._make_client = make_client
        self._answering: list[AnsweringSession] = []
        super().__init__(Connection(None, dict(CREDENTIALS)), "golden.ami")

    def _make_session(self, credentials: Any = None) -> Any:
        """A real Session takes as long to make as ten tests to run."""
        self._answering.append(AnsweringSession(self._make_client, self._answer))
        return self._answering[-1]

    def pace(self, action: str, region: str) -> Pace:
        self.paced.append((action, region, self._account))
        return super().pace(action, region)

    def forget(self) -> None:
        """The calls so far."""
        self.calls.clear()
        self.access_keys.clear()

    def unpaced(self) -> set[tuple[str, str]]:
        """Calls that are made for each target, in Regions where nobody asked how fast they may be made."""
        asked = {(action, region) for action, region, _account in self.paced}
        # What a reset leaves is removed right after it.
        asked |= {
            ("ec2:ModifyImageAttribute", region) for action, region in asked if action == "ec2:ResetImageAttribute"
        }
        made = {(PACED[operation], region) for region, operation, _params in self.calls if operation in PACED}
        return made - asked

    def close(self) -> None:
        for session in self._answering:
            session.close()

    def operations(self, *only: str) -> list[str]:
        return [operation for _region, operation, _params in self.calls if not only or operation in only]

    def _answer(self, access_key: str, region: str, model: Any, params: dict[str, Any]) -> dict[str, Any] | Error:
        with self._lock:
            self.calls.append((region, model.name, params))
            self.access_keys.append(access_key)
            answer = self.answers[model.name](region, params)
        if model.output_shape and not isinstance(answer, Error):
            validate_parameters(answer, model.output_shape)
        return answer


class AnsweringSession:
    """As much of a Session as Aws uses. Its clients are real and shared by all tests, up to where they would send.

    A client that is made without an access key is one that the roles share: whoever calls is who would sign.
    """

    def __init__(self, make_client: MakeClient, answer: Callable[..., dict[str, Any] | Error]) -> None:
        self._make_client, self._answer = make_client, answer
        self._clients: list[Any] = []
        self._lock = _MAKING

    def client(self, service: str, *, region_name: str, aws_access_key_id: str = "", **_options: Any) -> Any:
        with self._lock:
            client = self._make_client(service, region_name, aws_access_key_id)
            client.meta.events.register("before-parameter-build.*.*", self._remember, unique_id="remember")
            client.meta.events.register(
                "before-call.*.*", functools.partial(self._respond, aws_access_key_id), unique_id="answer"
            )
            self._clients.append(client)
            return client

    def get_credentials(self) -> None:
        """There are none but those that Aws was given."""

    def close(self) -> None:
        for client in self._clients:
            client.meta.events.unregister("before-parameter-build.*.*", unique_id="remember")
            client.meta.events.unregister("before-call.*.*", unique_id="answer")

    @staticmethod
    def _remember(params: dict[str, Any], context: dict[str, Any], **_kwargs: Any) -> None:
        context["params"] = dict(params)

    def _respond(
        self, access_key: str, model: Any, context: dict[str, Any], **_kwargs: Any
    ) -> tuple[AWSResponse, dict[str, Any]]:
        caller = access_key or role_clients.caller().get_frozen_credentials().access_key
        answer = self._answer(caller, context["client_region"], model, context["params"])
        if isinstance(answer, Error):
            error = {"Error": {"Code": answer.code, "Message": answer.message}, "ResponseMetadata": {}}
            return AWSResponse(None, answer.status, {}, None), error
        return AWSResponse(None, 200, {}, None), {**answer, "ResponseMetadata": {}}


def example(service: str, example_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Input and output of one of the examples that AWS publishes with the service model."""
    published = Loader().load_service_model(service, "examples-1")["examples"]
    (found,) = [entry for entries in published.values() for entry in entries if entry["id"].startswith(example_id)]
    return found.get("input") or {}, found.get("output") or {}
