# Copyright: (c) 2026, golden.ami contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the embedded AWS running with the demo's world, and print what another terminal needs to use it.

Run it by `make aws`.
"""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from demo import world  # noqa: E402 the checkout has to be on the path first
from embedded_aws import EmbeddedAWS  # noqa: E402

# What differs between the accounts.
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
SHARE = """\
ansible-playbook golden.ami.share -e @demo/inputs.yml --check --diff
ansible-playbook golden.ami.share -e "share_images='{image_id} {region}'" \\
    -e "share_account_ids='{account},'"
"""
LOOK = """\
ansible localhost -m amazon.aws.ec2_ami_info -a executable_users=self
"""


def end(*_args: object) -> None:
    """Leave by way of every `with`, so that the server and its files go, too."""
    raise SystemExit(0)


def exports(variables: Mapping[str, str]) -> str:
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())


def tools() -> str:
    """Ansible and the collections of this checkout, and no profile of the user's, which botocore would look for."""
    build = ROOT / ".build"
    return "\n".join(
        [
            f"cd {shlex.quote(str(ROOT))}",
            "unset AWS_PROFILE AWS_DEFAULT_PROFILE",
            f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH",
            exports({"ANSIBLE_COLLECTIONS_PATH": str(build / "collections"), "ANSIBLE_HOME": str(build / "ansible")}),
        ]
    )


def described(aws: EmbeddedAWS, built: world.World) -> str:
    region, image_id = next(iter(built.golden.items()))
    images = [*built.golden.items(), (region, built.web), (region, built.on_aws_key)]
    names = ["golden-base-2026-11"] * len(built.golden) + ["golden-web-2026-11", "default-key-2026-11"]
    owner = aws.environment(world.OWNER)
    common = {name: value for name, value in owner.items() if name not in KEYS} | {"AWS_DEFAULT_REGION": region}
    parts = [
        f"# The embedded AWS listens on {aws.url}, until Ctrl-C.",
        "\n".join(
            [
                f"# AMIs of the owner {world.OWNER}, all encrypted, the last with the AWS managed key:",
                *(f"#   {place:15} {one}  {name}" for (place, one), name in zip(images, names, strict=True)),
                f"# Keys: {world.KEY_ALIAS} in each of these Regions and in {world.NEW_REGION}.",
            ]
        ),
        f"# In a second terminal, for every account:\n{tools()}\n{exports(common)}",
        f"# As the owner, {world.OWNER}:\n{exports({name: owner[name] for name in KEYS})}",
    ]
    for account in world.CONSUMERS:
        keys = aws.environment(account)
        parts.append(f"# As the consumer {account}:\n{exports({name: keys[name] for name in KEYS})}")
    parts += [
        f"# Try as the owner:\n{SHARE.format(image_id=built.web, region=region, account=world.CONSUMERS[0])}",
        f"# Try as {world.CONSUMERS[0]}, which sees then what was shared with it:\n{LOOK}",
    ]
    return "\n\n".join(part.rstrip() for part in parts)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with EmbeddedAWS() as aws:
        print(described(aws, world.build(aws)), flush=True)
        aws.wait()
    raise SystemExit("The embedded AWS has ended by itself.")


if __name__ == "__main__":
    main()
