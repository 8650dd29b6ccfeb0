"""Plays lives of resources on moto's server, which it starts on loopback, by boto3: made in order, read back, deleted in reverse.

Gets from standard input, as JSON, `given` (what stands for things that are there beforehand: a call and JMESPath to it), `samples` (the lives
of each environment's resources, dev/truth/aws-calls.ts) and `lists` (what is looked for at the end). Says what AWS would not have done so, as JSON.
"""
import json
import sys

import boto3
import jmespath
from botocore.exceptions import BotoCoreError, ClientError
from moto.server import ThreadedMotoServer

REGION = "ap-northeast-2"


class Cloud:
    def __init__(self, port):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self.clients = {
            s: boto3.client(s, region_name=REGION, endpoint_url=f"http://127.0.0.1:{port}", **keys) for s in ("ec2", "elbv2", "iam")
        }
        # What a text stands for.
        self.known = {}

    def put(self, value):
        """A value with what its texts stand for."""
        if isinstance(value, str):
            return self.known.get(value, value)
        if isinstance(value, list):
            return [self.put(v) for v in value]
        if isinstance(value, dict):
            return {k: self.put(v) for k, v in value.items()}
        return value

    def call(self, call):
        client = self.clients[call["service"]]
        return client._make_api_call(call["operation"], self.put(call["params"]))

    def listed(self, read):
        return jmespath.search(read["at"], self.call(read)) or []


def told(given, found):
    """The members that a call took and a reading tells under the same name, and which of them are not the same."""
    same = [k for k, v in given.items() if isinstance(v, (str, int, bool)) and k in found]
    # Documents of policies are read as what they say.
    return len(same), [k for k in same if str(found[k] if isinstance(found[k], (str, int, bool)) else json.dumps(found[k])) != plain(given[k], found[k])]


def plain(given, found):
    return str(given) if isinstance(found, (str, int, bool)) else json.dumps(json.loads(given))


def play(cloud, lives, lists):
    done, compared, wrong = [], 0, []

    def tried(what, action):
        try:
            return action()
        except (ClientError, BotoCoreError) as error:
            wrong.append(f"{what}: {error}")
            return None

    reads = [*lists, *(life["read"] for life in lives if not life["read"]["params"])]
    whole = {json.dumps(read, sort_keys=True): read for read in reads}
    before = {key: [one.get(read.get("id")) for one in cloud.listed(read)] for key, read in whole.items()}
    for life in lives:
        first = tried(f"{life['name']} {life['make'][0]['operation']}", lambda: cloud.call(life["make"][0]))
        if first is None:
            continue
        for text, path in life["told"].items():
            # A call that tells nothing leaves its text to stand for itself.
            cloud.known[text] = jmespath.search(path, first) or text
        done.append(life)
        for call in life["make"][1:]:
            tried(f"{life['name']} {call['operation']}", lambda: cloud.call(call))
    for life in done:
        given = cloud.put(life["make"][0]["params"])
        found = tried(f"{life['name']} {life['read']['operation']}", lambda: cloud.listed(life["read"])) or []
        own = cloud.known.get(f"{life['name']}-id")
        member = life["read"].get("id")
        mine = [one for one in found if one.get(member) == own] if member else [one for one in found if not told(given, one)[1]]
        if len(mine) != 1:
            wrong.append(f"{life['name']} is read back {len(mine)} times")
            continue
        count, different = told(given, mine[0])
        compared += 1 + count
        wrong += [f"{life['name']}.{key} is read back as {mine[0][key]}, not {given[key]}" for key in different]
    for life in reversed(done):
        for call in life["remove"]:
            tried(f"{life['name']} {call['operation']}", lambda: cloud.call(call))
    for key, read in whole.items():
        left = [one.get(read.get("id")) for one in cloud.listed(read)]
        wrong += [f"{read['operation']} still has {one}" for one in left if one not in before[key]]
    return {"made": len(done), "compared": compared, "wrong": wrong}


def main():
    asked = json.load(sys.stdin)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _, port = server.get_host_and_port()
        results = []
        for sample in asked["samples"]:
            cloud = Cloud(port)
            for text, given in asked["given"].items():
                cloud.known[text] = cloud.listed(given)
            results.append(play(cloud, sample, asked["lists"]))
    finally:
        server.stop()
    json.dump(results, sys.stdout)


main()
