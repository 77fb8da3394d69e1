# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AWS on loopback: moto as a server, plus what sharing an AMI needs and moto lacks.

Each folder is a subject. ec2.py and kms.py put the services together of them, server.py puts the services into moto.
Only the client side is imported here, so ``import embedded_aws`` costs neither moto nor boto3.
"""

from __future__ import annotations

from .client import DEFAULT_ACCOUNT, EmbeddedAWS

__all__ = ["DEFAULT_ACCOUNT", "EmbeddedAWS"]
