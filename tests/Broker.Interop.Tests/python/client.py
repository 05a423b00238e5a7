"""How the scripts of the Python clients are driven: one JSON request on stdin, one JSON answer on stdout.

The verbs are the same for every client; what a client cannot do it does not offer. README.md describes them.
"""

import json
import sys
import traceback


def serve(verbs):
    request = json.load(sys.stdin)
    try:
        answer = verbs[request["verb"]](request)
        answer = answer if isinstance(answer, dict) else {}
    except Exception as error:  # whatever the client throws is the answer
        traceback.print_exc()
        answer = {"error": f"{type(error).__name__}: {error}"}
    json.dump(answer, sys.stdout)


def tell(event):
    """One line, at once: for verbs that go on until they are killed."""
    print(json.dumps(event), flush=True)


def text(value):
    return None if value is None else value.decode()


def raw(value):
    return None if value is None else value.encode()
