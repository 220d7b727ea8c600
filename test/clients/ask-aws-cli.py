# Asks the AWS CLI, of whichever version is on the path, whom it takes profiles for. Reads one JSON object a line,
# {"profile": "work"}, and answers each with one line: the ARN that STS names, or the error. The program is loaded once and
# each answer comes from a copy of this process, which is what starting it anew would be, but for the time that takes.
import json
import os
import sys
import tempfile

from awscli.clidriver import create_clidriver, main


def in_a_copy(arguments):
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.stdin = open(os.devnull)
            sys.argv = ["aws", *arguments]
            code = 255
            try:
                code = main() or 0
            except SystemExit as leaving:
                code = leaving.code or 0
            except BaseException as problem:
                sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return os.waitstatus_to_exitcode(status), out.read(), err.read()


def answer(profile):
    code, out, err = in_a_copy(
        ["sts", "get-caller-identity", "--profile", profile, "--output", "json"]
    )
    if code == 0:
        return {"arn": json.loads(out)["Arn"]}
    said = [line for line in err.splitlines() if line.strip()]
    return {"error": said[-1].strip() if said else f"exit code {code}"}


create_clidriver()  # loads what every copy would load for itself
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line)["profile"])), flush=True)
