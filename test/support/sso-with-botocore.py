# Uses each profile that it is given as boto3 does and prints who AWS says it is: the judge of the token cache we write.
# Reads {"profiles": [...], "names": [...]} from stdin; "names" are pieces of JSON whose cache file names are printed, too.
import hashlib
import json
import sys

import boto3
import botocore.exceptions


def arn(profile):
    try:
        session = boto3.Session(profile_name=profile, region_name="eu-west-1")
        return session.client("sts").get_caller_identity()["Arn"]
    except botocore.exceptions.BotoCoreError as error:
        return type(error).__name__


asked = json.load(sys.stdin)
print(
    json.dumps(
        {
            "arns": [arn(profile) for profile in asked["profiles"]],
            "names": [
                hashlib.sha1(json.dumps(each, sort_keys=True).encode("utf-8")).hexdigest() + ".json"
                for each in asked["names"]
            ],
        }
    )
)
