#!/bin/sh
# check-python.sh PYTHON STAMP: can this Python carry the development venv? If not, say in one sentence why, and fail.
# STAMP names the Python and the checkout; it is rewritten only when they change, so make rebuilds the venv exactly then.
set -u
python=$1 stamp=$2
cure="choose another with: make PYTHON=python3.12 ..."

fail() {
    echo "golden.ami: $*" >&2
    exit 1
}

found=$("$python" -c 'import os, sys; print("%d.%d %s" % (sys.version_info[:2] + (os.path.realpath(sys.executable),)))' 2>/dev/null) ||
    fail "$python does not run on this machine; $cure"
case ${found%% *} in
    3.11 | 3.12 | 3.13) ;;
    *) fail "$python is Python ${found%% *}, but the development tools need 3.11, 3.12 or 3.13; $cure" ;;
esac
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "$python cannot make virtual environments; install python3-venv (Debian, Ubuntu) or $cure"

line="$found $PWD"
if [ "$line" != "$(cat "$stamp" 2>/dev/null)" ]; then
    mkdir -p "$(dirname "$stamp")"
    echo "$line" > "$stamp"
fi
