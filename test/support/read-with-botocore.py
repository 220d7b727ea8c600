# Reads [[kind, base64], ...] from stdin and prints what botocore makes of each file: the judge of our botocore dialect.
import base64
import json
import os
import sys
import tempfile

from botocore import configloader, exceptions


def read(kind, data):
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(base64.b64decode(data))
    try:
        raw = configloader.raw_config_parse(file.name)
        if kind == "credentials":
            return {"profiles": raw, "sessions": {}, "services": {}}
        made = configloader.build_profile_map(raw)
        return {"profiles": made["profiles"], "sessions": made["sso_sessions"], "services": made["services"]}
    except exceptions.ConfigParseError:
        return None
    finally:
        os.unlink(file.name)


print(json.dumps([read(kind, data) for kind, data in json.load(sys.stdin)]))
