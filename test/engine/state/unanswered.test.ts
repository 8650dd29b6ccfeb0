import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { EventCollector } from "../../../engine/events";
import { type PendingOperation, parseState } from "../../../engine/state/state";
import { completed, saysNo } from "../../../engine/state/unanswered";

const NETWORK = "openstack:networking/network:Network";
const urn = (type: string, name: string) => `urn:pulumi:seoul::kpaas::${type}::${name}`;

describe("A creation that failed", () => {
  const refused = [
    "Error creating openstack:networking/network:Network: 409: Quota exceeded for resources: ['network'].",
    "Error creating openstack_lb_loadbalancer_v2: Expected HTTP response code [201 202] when accessing [POST https://cloud:443/lb], but got 403 instead: {}",
    "Error creating openstack_networking_port_v2: Bad request with: [POST https://cloud:9696/v2.0/ports], error message: {}",
    "401: Unauthorized: The request you have made requires authentication.",
    "429: Over Limit: This request was rate-limited.",
    "404: Network 1b could not be found.",
    'Deployment.apps "portal" is invalid: spec.selector: Required value',
    'resource "x" was not successfully created by the Kubernetes API server: namespaces "portal" not found',
    "missing required field 'text' of type string",
  ];
  for (const text of refused) it(`made nothing where the cloud said no: ${text}`, () => assert.ok(saysNo(text)));

  const open = [
    "Error creating openstack:networking/network:Network: 500: Internal Server Error: The server has either erred",
    "Error creating openstack_networking_port_v2: Expected HTTP response code [201] when accessing [POST https://cloud:443/p], but got 504 instead",
    'Post "https://cloud:443/v2.0/ports": read tcp 10.0.0.1:40404->10.0.0.2:443: read: connection reset by peer',
    'Post "https://cloud:443/v2.0/ports": unexpected EOF',
    'Post "https://cloud:443/v2.0/ports": net/http: TLS handshake timeout',
    "context deadline exceeded",
    "408: Request Timeout: conflict",
    "500: Internal error occurred: etcdserver: request timed out",
    "rpc error: code = Unavailable desc = error reading from server: EOF",
    "The service is currently unable to handle the request due to a temporary overloading or maintenance.",
    "the operation was cancelled",
    "ENOSPC: no space left on device",
    "",
  ];
  for (const text of open) it(`may have made something: ${text || "nothing was said"}`, () => assert.ok(!saysNo(text)));
});

describe("The creations of an operation that nobody answered", () => {
  const failed = (name: string, op: string, status: number, type = NETWORK): EngineEvent => {
    const state = { type, urn: urn(type, name), custom: true, id: "", parent: "", inputs: { name }, outputs: {}, provider: "" };
    const metadata = { op: op as "create", urn: state.urn, type, new: state, provider: "" };
    return { sequence: 0, timestamp: 0, resOpFailedEvent: { metadata, status, steps: 0 } };
  };
  const said = (name: string, message: string): EngineEvent => {
    const diagnosticEvent = { urn: urn(NETWORK, name), message, color: "never" as const, severity: "error" as const };
    return { sequence: 0, timestamp: 0, diagnosticEvent };
  };

  it("are those that failed without a clear no and left no record in the state", () => {
    const collector = new EventCollector();
    const events = [
      ...[failed("reset", "create", 2), said("reset", "connection reset by peer")],
      ...[failed("again", "create-replacement", 0), said("again", "transport is closing")],
      ...[failed("silent", "create", 2)],
      ...[failed("refused", "create", 2), said("refused", "409: Conflict")],
      ...[failed("recorded", "create", 1), said("recorded", "timed out waiting for it to become ready")],
      ...[failed("changed", "update", 2), said("changed", "connection reset by peer")],
    ];
    for (const event of events) collector.take(event);
    assert.deepEqual(
      collector.unanswered.map(({ resource }) => resource.inputs?.name),
      ["reset", "again", "silent"],
    );
  });
});

describe("A creation of which only an event told", () => {
  const CLUSTER = "kpaas:kubespray:Cluster";
  const PROVIDER = "pulumi:providers:kubernetes";
  const state = parseState(
    JSON.stringify({
      deployment: {
        resources: [
          { urn: urn(NETWORK, "net"), type: NETWORK, id: "net-id" },
          { urn: urn(NETWORK, "other"), type: NETWORK, id: "other-id" },
          { urn: urn(CLUSTER, "cluster"), type: CLUSTER, id: "demo" },
          { urn: urn(PROVIDER, "k8s"), type: PROVIDER, id: "p1", dependencies: [urn(CLUSTER, "cluster")] },
        ],
      },
    }),
  );
  const creation = (resource: Partial<PendingOperation["resource"]>): PendingOperation => ({
    type: "creating",
    resource: { urn: urn("a:b:C", "c"), type: "a:b:C", ...resource },
  });

  it("depends on what its inputs name, so that it is deleted before that", () => {
    const { resource } = completed(creation({ inputs: { fixedIps: [{ networkId: "net-id" }], name: "other" } }), state);
    assert.deepEqual(resource.dependencies, [urn(NETWORK, "net")]);
  });

  it("goes with the cluster that its provider speaks to", () => {
    const { resource } = completed(creation({ provider: `${urn(PROVIDER, "k8s")}::p1` }), state);
    assert.equal(resource.deletedWith, urn(CLUSTER, "cluster"));
  });

  it("keeps what the state says of it", () => {
    const recorded = creation({ dependencies: [], inputs: { networkId: "net-id" } });
    assert.equal(completed(recorded, state), recorded);
  });
});
