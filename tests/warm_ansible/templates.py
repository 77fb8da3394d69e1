# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the templates of server.py import, and what is left to do when a request comes."""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import sys
import tempfile
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service_models import parse_once

if TYPE_CHECKING:
    from server import Request, Run

MAINS = {"ansible": "ansible.cli.adhoc", "ansible-playbook": "ansible.cli.playbook"}
# What ansible-core imports no sooner than a play begins.
LATER = ("executor.process.worker", "executor.task_executor", "playbook.handler", "playbook.role_include")
PLUGINS = ("action", "callback", "connection", "filter", "inventory", "lookup", "shell", "strategy", "test", "vars")
SERVICES = ("ec2", "kms", "organizations", "sts")


def plugins(kind: str) -> Iterator[str]:
    """The import names of this collection's plugins of a kind."""
    collection = importlib.import_module("ansible_collections.golden.ami")
    for directory in collection.__path__:
        for file in Path(directory, "plugins", kind).glob("*.py"):
            yield f"{collection.__name__}.plugins.{kind}.{file.stem}"


def prepare_ansible(request: Request) -> Run:
    """Have ready what a play needs: ansible-core, its plugins with their documentation, ours, and amazon.aws's groups."""
    os.environb.clear()
    os.environb.update(request.environment)
    os.chdir("/")
    # What ansible_playbook_python says, and what implicit localhost runs modules with.
    sys.executable = str(Path(request.argv[0]).with_name("python"))
    mains = {name: importlib.import_module(module).main for name, module in MAINS.items()}

    from ansible import constants
    from ansible.plugins import loader
    from ansible.utils import color
    from ansible.utils.display import Display
    from ansible.utils.path import cleanup_tmp_file

    loader.init_plugin_loader()
    warnings.filterwarnings("ignore", "AnsibleCollectionFinder has already been configured")
    for kind in PLUGINS:
        list(getattr(loader, f"{kind}_loader").all(class_only=True))
    for name in (*(f"ansible.{name}" for name in LATER), *plugins("action"), *plugins("filter")):
        importlib.import_module(name)
    importlib.import_module("ansible_collections.amazon.aws")
    # A directory of this process, which each run has for itself.
    atexit.unregister(cleanup_tmp_file)
    shutil.rmtree(constants.DEFAULT_LOCAL_TMP)
    # ansible-core keeps the AnsiballZ programs that it has built for a run; here all runs share them.
    programs = tempfile.mkdtemp(prefix="ansiballz-", dir=os.path.dirname(request.argv[0]))

    def run(request: Request) -> Any:
        if os.path.exists("ansible.cfg"):
            sys.exit("the configuration was read before, without the ansible.cfg of this directory")
        constants.DEFAULT_LOCAL_TMP = constants.config.get_config_value("DEFAULT_LOCAL_TMP")
        os.symlink(programs, os.path.join(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache"))
        # These two look at the terminal when they are imported.
        importlib.reload(color)
        Display()._set_column_width()
        sys.exit(mains[request.command]())

    return run


def prepare_module(request: Request) -> Run:
    """Have ready what modules import, in a process in which Ansible itself is not, because modules behave differently there."""
    trees = request.environment[b"ANSIBLE_COLLECTIONS_PATH"].decode().split(os.pathsep)
    sys.path[:0] = trees
    importlib.import_module("ansible.module_utils.urls")
    for name in plugins("modules"):
        importlib.import_module(name)
        # Each is run as __main__, once.
        del sys.modules[name]
    del sys.path[: len(trees)]
    read_service_models()

    def run(_request: Request) -> None:
        program = compile(sys.stdin.buffer.read(), "<stdin>", "exec")
        sys.argv[:] = [""]
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(program, main.__dict__)

    return run


def read_service_models() -> None:
    import boto3

    for name in list(os.environ):
        if name.startswith("AWS_"):
            del os.environ[name]
    parse_once()
    session = boto3.session.Session(aws_access_key_id="unused", aws_secret_access_key="unused")
    for service in SERVICES:
        session.client(service, region_name="us-east-1")
