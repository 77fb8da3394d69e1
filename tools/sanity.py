# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run `ansible-test sanity` on this checkout, and fail where ansible-test would be green without having looked.

ansible-test refuses a symlinked checkout, so it gets a copy in a collections tree of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AMAZON_AWS = ROOT / ".build" / "collections" / "ansible_collections" / "amazon"
TREE = ROOT / ".build" / "sanity" / "ansible_collections"
HOME = ROOT / ".build" / "sanity" / "home"  # keeps ansible-test's downloads between runs

# ansible-test downloads this script from a server of the Ansible project to put pip into its own venvs.
# Python brings pip along; only the version that ansible-test asks for comes from PyPI then.
# ensurepip runs in a process of its own because it switches pip's settings off for the one that it runs in.
GET_PIP = """\
import subprocess, sys
subprocess.check_call([sys.executable, "-m", "ensurepip"])
subprocess.check_call([sys.executable, "-m", "pip", "install", "-q"] + [a for a in sys.argv[1:] if "==" in a])
"""
GET_PIP_NAMES = ("get_pip_24_2.py", "get_pip_25_2.py")  # core 2.18 and 2.19; 2.20 and 2.21

# What ansible-test warns of and then ends well. It looks for pwsh only when there is PowerShell to check.
NOT_CHECKED = re.compile(
    r"All targets skipped|Skipping (sanity test|tests|pylint|validate-modules)|Required program .* not found"
)
RUNNING = re.compile(r'Running sanity test "(?P<name>[^"]+)"')


def project_files() -> list[str]:
    """Tracked files, and new ones that git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return sorted({name for name in listed.split("\0") if name and os.path.lexists(ROOT / name)})


def copy_checkout(files: list[str]) -> Path:
    """A copy that is a git repository: in a directory that git ignores, ansible-test would find nothing to test."""
    shutil.rmtree(TREE, ignore_errors=True)
    copy = TREE / "golden" / "ami"
    for name in files:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    shutil.copytree(AMAZON_AWS, TREE / "amazon")
    return copy


def prepare_home() -> None:
    """ansible-test hides the environment from its pip but keeps HOME: hand the developer's pip settings over there."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for name in GET_PIP_NAMES:
        (cache / name).write_text(GET_PIP)
    for name in (".pip", ".config/pip"):
        link, original = HOME / name, Path.home() / name
        if original.exists() and not link.is_symlink():
            link.parent.mkdir(exist_ok=True)
            link.symlink_to(original)
    settings = [f"{n[4:].lower().replace('_', '-')} = {v}\n" for n, v in os.environ.items() if n.startswith("PIP_")]
    if settings and not (HOME / ".pip").is_symlink():
        (HOME / ".pip").mkdir(exist_ok=True)
        (HOME / ".pip" / "pip.conf").write_text("[global]\n" + "".join(settings))


def ansible_test(*arguments: str) -> tuple[list[str], dict[str, str]]:
    """Its command line and environment."""
    tools = Path(sys.executable).parent
    environment = os.environ | {"HOME": str(HOME), "PATH": os.pathsep.join([str(tools), os.environ["PATH"]])}
    return [str(tools / "ansible-test"), "sanity", "--color", "no", *arguments], environment


def list_tests(copy: Path) -> list[str]:
    command, environment = ansible_test("--list-tests")
    return subprocess.run(
        command, cwd=copy, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.split()


def run_ansible_test(copy: Path, arguments: list[str]) -> tuple[int, list[str]]:
    """Show the output as it comes, and return it."""
    command, environment = ansible_test(
        "--local", "--python", f"{sys.version_info[0]}.{sys.version_info[1]}", *arguments
    )
    lines = []
    with subprocess.Popen(
        command, cwd=copy, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    return process.returncode, lines


def main() -> None:
    prepare_home()
    copy = copy_checkout(project_files())
    status, lines = run_ansible_test(copy, sys.argv[1:])

    not_checked = list(dict.fromkeys(line for line in lines if NOT_CHECKED.search(line)))
    ran = {found["name"] for found in map(RUNNING.match, lines) if found}
    if not sys.argv[1:]:
        not_checked += [f"{name} did not run" for name in list_tests(copy) if name not in ran]
    if status:
        sys.exit("sanity: ansible-test found the errors above")
    if not_checked:
        sys.exit("sanity: ansible-test ended well but did not look everywhere:\n  " + "\n  ".join(not_checked))
    print(f"sanity: {len(ran)} tests without errors or ignore entries")


if __name__ == "__main__":
    main()
