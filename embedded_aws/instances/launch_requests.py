# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What RunInstances checks before it launches anything, in a dry run as well. moto checks none of it.

No subnet and no default VPC: VPCIdNotSpecified (https://github.com/idealo/imageatm/issues/35), in a dry run as well
(https://github.com/aws/karpenter-provider-aws/pull/7844). So for an instance type of another architecture
(https://github.com/hashicorp/packer-plugin-amazon/pull/649, which has the text).

EC2 user guide, "Use a Systems Manager parameter to find an AMI": ``resolve:ssm:NAME``, with ``:VERSION`` or ``:LABEL``
behind it; the launcher needs ssm:GetParameters; the parameter must be of the data type aws:ec2:image (SsmInvalidParameter,
https://github.com/aws/aws-cdk/issues/26712).
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ssm.models import ssm_backends

from ..api.errors import EC2Error
from ..images.image import EmbeddedImage

RESOLVE = "resolve:ssm:"
# EC2 API reference, RunInstances: the type without one.
USUAL_TYPE = "m1.small"


def resolved(image_id: str, account: str, region: str, may_read: bool) -> str:
    """The AMI ID behind a parameter; an AMI ID as it is."""
    if not image_id.startswith(RESOLVE):
        return image_id
    name = image_id.removeprefix(RESOLVE)
    if not may_read:
        raise EC2Error("UnauthorizedOperation", "You are not authorized to perform: ssm:GetParameters", 403)
    try:
        parameter = ssm_backends[account][region].get_parameter(name)
    except Exception:
        parameter = None
    if parameter is None:
        # Unconfirmed: no public report shows the code for a parameter that is not there.
        raise EC2Error("SsmInvalidParameter", f"The parameter {name} does not exist")
    if parameter.data_type != "aws:ec2:image":
        text = "Unsupported data type. The following parameter data types are supported: aws:ec2:image"
        raise EC2Error("SsmInvalidParameter", text)
    return str(parameter.value)


def check_type(name: str | None, image: EmbeddedImage) -> None:
    """Raises for an unknown instance type, and for one of another architecture than the image's."""
    known = INSTANCE_TYPES.get(name or USUAL_TYPE)
    if known is None:
        raise EC2Error("InvalidParameterValue", f"Invalid value '{name}' for InstanceType.")
    supported = known["ProcessorInfo"]["SupportedArchitectures"]
    if image.architecture not in supported:
        text = (
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again."
        )
        raise EC2Error("InvalidParameterValue", text)


def check_network(backend: Any, subnet_id: str | None, interfaces: list[dict[str, Any]]) -> None:
    """Raises for a subnet that does not exist, and where none is named and there is no default VPC."""
    named = [one for one in [subnet_id, *(each.get("SubnetId") for each in interfaces)] if one]
    for one in named:
        backend.get_subnet(one)
    if not named and not interfaces and backend.get_default_vpc() is None:
        raise EC2Error("VPCIdNotSpecified", "No default VPC for this user")
