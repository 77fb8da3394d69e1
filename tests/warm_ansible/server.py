# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Make the commands ansible, ansible-playbook and python that start fast, and be the process that they are forked from.

Most of the time that a short playbook and nearly any module take goes into imports. A template is a process that has
imported what they need, and becomes a new process for each request, with the caller's files, directory and environment.
Nothing of ansible-core or of a collection is replaced: a module is the AnsiballZ program that ansible-core has built and
that it gives to a Python on stdin. Only the imports that such a program finds done are those of the collections tree.

``server.py DIRECTORY`` puts the commands there, says "ready", and serves until its stdin ends.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import marshal
import os
import random
import re
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

HERE = Path(__file__).resolve().parent


class Request(NamedTuple):
    """What a process inherits from the one that starts it, and the files 0, 1 and 2."""

    argv: list[str]
    directory: str
    environment: dict[bytes, bytes]

    @property
    def command(self) -> str:
        return os.path.basename(self.argv[0])

    @property
    def kind(self) -> tuple[str, frozenset[tuple[bytes, bytes]]]:
        """Requests of one kind share a template. Ansible reads its configuration when it is imported."""
        if self.command == "python":
            tree = b"ANSIBLE_COLLECTIONS_PATH"
            return "module", frozenset({(tree, self.environment[tree])})
        return "ansible", frozenset(item for item in self.environment.items() if item[0].startswith(b"ANSIBLE_"))


Run = Callable[[Request], Any]


def receive(sender: socket.socket) -> tuple[bytes, list[int]]:
    """A request as command.py sends it, and its files; nothing at the end."""
    head, files, _flags, _address = socket.recv_fds(sender, 8, 4)
    size = int.from_bytes(head, "big")
    body = b""
    while len(body) < size:
        body += sender.recv(size - len(body))  # and nothing of a request that is queued behind
    return body, files


def send(receiver: socket.socket, body: bytes, files: list[int]) -> None:
    socket.send_fds(receiver, [len(body).to_bytes(8, "big")], files)
    receiver.sendall(body)


def fork_template(request: Request) -> socket.socket:
    """Where to send requests of this kind."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        # Of the server's files it keeps none, above all not the caller's, for whose end somebody waits.
        os.dup2(theirs.fileno(), 3)
        os.closerange(4, os.sysconf("SC_OPEN_MAX"))
        serve_kind(socket.socket(fileno=3), request)
    theirs.close()
    return ours


def serve_kind(requests: socket.socket, first: Request) -> NoReturn:
    """The life of a template."""
    from templates import prepare_ansible, prepare_module

    run = (prepare_module if first.kind[0] == "module" else prepare_ansible)(first)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    while True:
        body, files = receive(requests)
        if not body:
            os._exit(0)
        if os.fork() == 0:
            requests.close()
            become(Request(*marshal.loads(body)), files, run)
        for file in files:
            os.close(file)


def become(request: Request, files: list[int], run: Run) -> NoReturn:
    """Be the process that the caller wants, up to the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    caller, *standard = files
    os.set_inheritable(caller, False)
    for number, file in enumerate(standard):
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(request.directory)
    os.environb.clear()
    os.environb.update(request.environment)
    random.seed()
    sys.argv[:] = request.argv
    status = exit_status(lambda: run(request))
    # As any Python ends.
    with contextlib.suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
    with contextlib.suppress(OSError):
        os.write(caller, bytes([status]))
    os._exit(status)


def exit_status(main: Callable[[], Any]) -> int:
    """What a process ends with that does this."""
    try:
        main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 255
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def serve(listener: socket.socket) -> None:
    templates: dict[Any, socket.socket] = {}
    while True:
        ready = select.select([listener, 0], [], [])[0]
        if 0 in ready:
            return
        caller, _address = listener.accept()
        body, files = receive(caller)
        if body:
            request = Request(*marshal.loads(body))
            if request.kind not in templates:
                templates[request.kind] = fork_template(request)
            send(templates[request.kind], body, [caller.fileno(), *files])
        caller.close()
        for file in files:
            os.close(file)


def main(directory: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(directory / "socket"))
    listener.listen(64)
    program = (HERE / "command.py").read_text()
    filled_in = f"REAL_PYTHON, SOCKET = {(sys.executable, str(directory / 'socket'))!r}"
    program = re.sub('^REAL_PYTHON = SOCKET = "".*', filled_in, program, count=1, flags=re.MULTILINE)
    for name in ("python", "ansible", "ansible-playbook"):
        # Shell and Python read this in two ways. In the first line neither a space nor a long path would do.
        head = f"#!/bin/sh\n'''exec' \"{sys.executable}\" -IS \"$0\" \"$@\"\n' '''\n"
        (directory / name).write_text(head + program)
        (directory / name).chmod(0o755)
    os.setpgid(0, 0)
    print("ready", flush=True)
    serve(listener)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
