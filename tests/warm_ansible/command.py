# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the commands of server.py are made of: hand everything to the server that a process inherits, wait for its end.

Only modules that are built into Python are imported: nothing else starts as fast.
"""

import _socket
import marshal
import posix
import sys

REAL_PYTHON = SOCKET = ""  # server.py fills in this line

# A file and -c, which discovery of an interpreter uses, go to the real one.
if sys.argv[0].endswith("/python") and len(sys.argv) > 1:
    posix.execv(REAL_PYTHON, [REAL_PYTHON, *sys.argv[1:]])

server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
server.connect(SOCKET)
request = marshal.dumps((sys.argv, posix.getcwd(), dict(posix.environ)))
files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
server.sendmsg([len(request).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
while request:
    request = request[server.send(request) :]
status = server.recv(1)
# Nothing comes when the process was killed.
posix._exit(status[0] if status else 255)
