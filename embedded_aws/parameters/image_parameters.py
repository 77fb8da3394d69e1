# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters of the data type aws:ec2:image, which are validated after PutParameter has said 200.

SSM API reference, PutParameter: the AMI must be available in the account and Region; where it is not, the parameter is not
created or changed, and nobody is told. So it is without ec2:DescribeImages (https://github.com/boto/boto3/issues/3588). SSM
user guide, "Parameter data types in Parameter Store": the data type is for String parameters, and a parameter cannot be
changed to or from it (https://github.com/bottlerocket-os/bottlerocket/issues/2599); the code is unconfirmed. That an AMI
which is shared with the account is available in it is implied, and unconfirmed. moto stores any text at once.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from moto.core.responses import ActionResult
from moto.ssm import models, urls
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import Parameter, SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from ..identities.identity_policies import may
from ..images.allowed import may_use
from ..images.finding import find_image
from . import course

IMAGE = "aws:ec2:image"
_storing = threading.RLock()


@dataclass
class Pending:
    """A version that is being validated. ``may_look``: whether who put it may call DescribeImages."""

    parameter: Parameter
    may_look: bool
    looks: int


class EmbeddedParameterBackend(SimpleSystemManagerBackend):
    """One account's parameters in one Region."""

    __module__ = "moto.ssm.models"  # moto finds the service's URLs by the module's name

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.pending: list[Pending] = []
        self.may_look = True

    def put_parameter(self, name: str, *others: Any, **options: Any) -> Parameter:
        with _storing:
            before = list(self._parameters[name]) if name in self._parameters else []
            parameter = super().put_parameter(name, *others, **options)
            if parameter.data_type != IMAGE and not any(one.data_type == IMAGE for one in before[-1:]):
                return parameter
            self._parameters[name] = before
            if not before:
                self._parameters.pop(self._parameters.normalize_name(name))
            if before and before[-1].data_type != parameter.data_type:
                raise ValidationException(f"The data type of {name} cannot be changed to or from {IMAGE}.")
            if parameter.parameter_type != "String":
                raise ValidationException(f"{IMAGE} is for parameters of type String.")
            self.pending.append(Pending(parameter, self.may_look, course.looks()))
            return parameter

    def look(self) -> None:
        """Somebody reads: what is pending comes nearer to its end."""
        with _storing:
            for one in list(self.pending):
                one.looks -= 1
                if one.looks < 0:
                    self.pending.remove(one)
                    if self._is_valid(one):
                        self._store(one.parameter)

    def _is_valid(self, pending: Pending) -> bool:
        image = find_image(self.region_name, pending.parameter.value)
        if image is None or not pending.may_look:
            return False
        return image.state == "available" and may_use(image, self.account_id)

    def _store(self, parameter: Parameter) -> None:
        versions = self._parameters[parameter.name]
        parameter.version = versions[-1].version + 1 if versions else 1
        versions.append(parameter)


class EmbeddedParameterResponse(SimpleSystemManagerResponse):
    """The actions on parameters; every one that reads is a look."""

    def put_parameter(self) -> ActionResult:
        backend: Any = self.ssm_backend
        backend.may_look = may(self.current_account, self.region, self.get_access_key(), "ec2", "DescribeImages")
        return super().put_parameter()

    def get_parameter(self) -> ActionResult:
        self._look()
        return super().get_parameter()

    def get_parameters(self) -> ActionResult:
        self._look()
        return super().get_parameters()

    def get_parameters_by_path(self) -> ActionResult:
        self._look()
        return super().get_parameters_by_path()

    def describe_parameters(self) -> ActionResult:
        self._look()
        return super().describe_parameters()

    def get_parameter_history(self) -> ActionResult:
        self._look()
        return super().get_parameter_history()

    def _look(self) -> None:
        backend: Any = self.ssm_backend
        backend.look()


def install() -> None:
    """Let moto use these classes; before the first request."""
    models.ssm_backends.backend = EmbeddedParameterBackend
    urls.url_paths["{0}/$"] = EmbeddedParameterResponse.dispatch
