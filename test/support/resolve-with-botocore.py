# Reads [{config, credentials, profile}, ...] from stdin and prints which credentials botocore takes for each profile, as
# [winner, base, key id]: the judge of our order for the AWS CLI and boto3. Nothing leaves this process: credentials
# that a server would have to hand out are only asked for their name.
import json
import os
import sys
import tempfile

folder = tempfile.mkdtemp()
config, credentials = os.path.join(folder, "config"), os.path.join(folder, "credentials")
os.chdir(folder)
open("token", "w").write("a token")
os.environ.update(
    HOME=folder,
    AWS_CONFIG_FILE=config,
    AWS_SHARED_CREDENTIALS_FILE=credentials,
    AWS_ACCESS_KEY_ID="OUTSIDE",
    AWS_SECRET_ACCESS_KEY="x",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_DEFAULT_REGION="us-east-1",
)
import botocore.session
from botocore import exceptions

NAMES = {
    "sso": "sso",
    "assume-role-with-web-identity": "web-identity",
    "custom-process": "process",
    "env": "other",
    "login": "login",
}


def kind(found):
    if found.method in NAMES:
        return NAMES[found.method], ""
    if found.method == "assume-role":
        fetcher = found._refresh_using.__self__
        return kind(fetcher._source_credentials)
    temporary = found.token or found.access_key.startswith("ASIA")
    return ("temporary" if temporary else "static"), found.access_key


def ask(profile):
    try:
        found = botocore.session.Session(profile=profile).get_credentials()
    except exceptions.ProfileNotFound:
        return ["nothing", "nothing", ""]
    except exceptions.MissingDependencyException:
        return [None, "login", ""]
    except (exceptions.BotoCoreError) as error:
        if "login" in str(error).lower():
            return [None, "login", ""]
        return ["refused", "refused", ""]
    if found is None:
        return ["nothing", "nothing", ""]
    base, key = kind(found)
    return ["assume-role" if found.method == "assume-role" else base, base, key]


answers = []
for asked in json.load(sys.stdin):
    open(config, "w", newline="").write(asked["config"])
    open(credentials, "w", newline="").write(asked["credentials"])
    answers.append(ask(asked["profile"]))
print(json.dumps(answers))
