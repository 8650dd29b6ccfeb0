import assert from "node:assert/strict";
import { remediesFor } from "../../engine/remedies";
import { AWS } from "../../sandbox/aws/cloud";
import { AZURE } from "../../sandbox/azure/cloud";
import { GCP } from "../../sandbox/gcp/cloud";
import { NHN } from "../../sandbox/nhn/cloud";
import { OPENSTACK } from "../../sandbox/openstack/cloud";
import { VSPHERE } from "../../sandbox/vsphere/cloud";

describe("What to do about a failure", () => {
  const table: readonly [string, string, RegExp | undefined][] = [
    ["expired credentials", "401: Unauthorized: The request you have made requires authentication.", /renew them/],
    ["throttling", "but got 429 instead: rate limit reached", /wait a while/],
    ["a used up quota", "VolumeSizeExceedsAvailableQuota: Requested volume exceeds allowed gigabytes quota.", /quota is used up/],
    [
      "a disk that is full under the state",
      "failed to save snapshot: blob: write /x/.pulumi/stacks/k.json: no space left on device",
      /A disk/,
    ],
    ["a disk of which one has had one's share", "write /x/.pulumi/stacks/k.json: disk quota exceeded", /A disk is full/],
    ["a full disk", "ENOSPC: no space left on device, write", /free some space/],
    ["an object that is not there", "404: Port 8aa05281 could not be found.", /too new to be seen yet/],
    [
      "a cluster that is gone",
      'can\'t delete Helm Release with unreachable cluster. Reason: "dial tcp 10.20.0.2:6443: connect: connection refused"',
      /was not reached/,
    ],
    ["a machine that could not be built", "unexpected state 'ERROR', wanted target 'ACTIVE'", /quota of volumes/],
    ["what does not go", "Error waiting for openstack_networking_subnet_v2 6645 to become deleted: context deadline exceeded", /in time/],
    [
      "what somebody else holds",
      "Error waiting for openstack_networking_subnet_v2 6645 to become deleted: context deadline exceeded\nin the way of seoul-subnet: port 5acd",
      /not this environment's/,
    ],
    ["a request without an answer in time", "context deadline exceeded", /first finds out what was done/],
    [
      "a listener that is there",
      "409: Another Listener on this Load Balancer is already using protocol TCP",
      /It is there and not in the state/,
    ],
    ["a failing cloud", "500: Internal Server Error", /The cloud failed/],
    ["a lost answer", "read tcp: connection reset by peer", /first finds out what was done/],
    ["a backend that refuses", "failed to load checkpoint: blob: stat /x: not a directory", /backend .* can be written/],
    ["a connection that was lost", 'Post "https://10.20.0.3:6443/api/v1/namespaces?fieldManager=x": unexpected EOF', /under way/],
    [
      "an object that is there and not in the state",
      'resource "urn:pulumi:a::b::c::d" was not successfully created by the Kubernetes API server: namespaces "mariadb" already exists',
      /pulumi import/,
    ],
    [
      "a Keycloak on a former database",
      'error logging in: 401 Unauthorized. Response body: {"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"}',
      /let in to the former one/,
    ],
    [
      "a secret id that has ended",
      'error deleting AppRole auth backend role SecretID "backend=approle::role=portal::accessor=1"',
      /`kpaas refresh` forgets/,
    ],
    [
      "a cluster that cannot be reached",
      "configured Kubernetes cluster is unreachable: dial tcp 127.0.0.1:20152: connect: connection refused. If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the PULUMI_K8S_DELETE_UNREACHABLE environment variable",
      /do not set PULUMI_K8S_DELETE_UNREACHABLE/i,
    ],
    [
      "no backend",
      "PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      /`pulumi login`, or set PULUMI_BACKEND_URL/,
    ],
    ["a backend's folder that is not there", 'unable to open state directory "file:///x": stat /x: no such file or directory', /make it/],
    [
      "no passphrase",
      "could not create secrets manager for new stack: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables",
      /set PULUMI_CONFIG_PASSPHRASE to it/,
    ],
    ["another passphrase", "get stack secrets manager: incorrect passphrase", /set PULUMI_CONFIG_PASSPHRASE/],
    [
      "hosts that are silent",
      "nothing was begun, because steps need hosts that do not answer:\n  worker-2 does not answer",
      /told by `kpaas refresh`/,
    ],
    ["nothing known", "kpaas:kubespray:Cluster seoul (update): scale.yml failed", undefined],
    [
      "hosts that let nobody in, which say it themselves",
      "cp-1 (ssh): it does not let us in: ubuntu@10.20.0.2: Permission denied (publickey,password).",
      undefined,
    ],
    ["numbers that only look like a code", "address 10.4.29.0 in 10.0.0.0/24 port 4010 is taken", undefined],
  ];
  for (const [title, failure, says] of table) {
    it(`is told for ${title}`, () => {
      const remedies = remediesFor(failure).map(({ text }) => text);
      assert.equal(remedies.length, says === undefined ? 0 : 1, remedies.join("\n"));
      if (says !== undefined) assert.match(remedies[0] ?? "", says);
    });
  }

  it("is one of its own for each way in which every cloud fails", () => {
    const simulated = { openstack: OPENSTACK, nhn: NHN, aws: AWS, gcp: GCP, azure: AZURE, vsphere: VSPHERE };
    for (const [provider, { words }] of Object.entries(simulated)) {
      const told = (failure: string) => remediesFor(failure, false, provider).map(({ text }) => text.split(":")[0]);
      // vCenter has no word for it, and is not there for a while.
      const slower = provider === "vsphere" ? "The cloud failed" : "The cloud limits how often it may be called";
      assert.deepEqual(told(words.throttled(5)), [slower], provider);
      assert.deepEqual(told(words.expired), ["The credentials are not accepted, or have expired"], provider);
      assert.deepEqual(told(words.failed), ["The cloud failed"], provider);
      assert.deepEqual(told(words.lost), ["The connection broke while a request was under way"], provider);
    }
  });

  it("names another command where the same one cannot work", () => {
    const next = (failure: string, sandbox = false) => remediesFor(failure, sandbox).map((remedy) => remedy.next);
    const passphrase = "export PULUMI_CONFIG_PASSPHRASE_FILE=FILE";
    assert.deepEqual(next("PULUMI_ACCESS_TOKEN must be set for login"), ["pulumi login"]);
    assert.deepEqual(next('unable to open state directory "file:///x"'), ["kpaas doctor"]);
    assert.deepEqual(next("passphrase must be set with PULUMI_CONFIG_PASSPHRASE"), [passphrase]);
    assert.deepEqual(next("incorrect passphrase"), [passphrase]);
    assert.deepEqual(next("incorrect passphrase", true), ["rm -r .kpaas/sandbox"]);
    assert.deepEqual(next("401: Unauthorized"), ["kpaas doctor"]);
    assert.deepEqual(next("configured Kubernetes cluster is unreachable"), ["kpaas doctor"]);
    assert.deepEqual(next("ENOSPC: no space left on device"), [undefined]);
  });

  it("is the sandbox's own where that differs", () => {
    assert.match(
      remediesFor("incorrect passphrase", true)
        .map(({ text }) => text)
        .join(),
      /^The file \.kpaas\/sandbox\/passphrase .*rm -r \.kpaas\/sandbox/,
    );
    assert.match(
      remediesFor("no space left on device", true)
        .map(({ text }) => text)
        .join(),
      /free some space/,
    );
  });

  it("is the cloud's own where clouds share words", () => {
    const told = (failure: string, provider: string) => remediesFor(failure, false, provider).map(({ text }) => text);
    const said = (code: string) => `Status=400 Code="${code}" Message="It was refused."`;
    assert.match(told(said("SecurityRuleConflict"), "azure").join(), /^A rule of somebody else.*az network nsg rule list/);
    assert.match(told(said("AnotherOperationInProgress"), "azure").join(), /^Azure was still at another change/);
    const noService = "Error creating OpenStack loadbalancing client: No suitable endpoint could be found in the service catalog.";
    assert.deepEqual(told(noService, "openstack"), []);
    assert.match(told(noService, "nhn").join(), /^The catalogue has no such service .*KR1/);
    for (const refused of ["volume is attached to the instance and resizing online is disabled", "status must be available to extend"])
      assert.match(told(refused, "nhn").join(), /enlarge it there, and run `kpaas refresh`/);
    for (const provider of ["openstack", "nhn"]) assert.match(told("unexpected state 'ERROR'", provider).join(), /quota of volumes/);
    assert.deepEqual(told("unexpected state 'ERROR'", "aws"), []);
  });

  it("is told once however many resources failed the same way", () => {
    assert.equal(remediesFor("a: 429: Too Many Requests\nb: 429: Too Many Requests").length, 1);
  });
});
