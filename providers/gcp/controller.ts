import type { CloudController, PartObject, PartSurroundings } from "../../model/cloud-parts";
import { shortHash } from "../../model/names";
import type { Flow } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { account, balancerController, READ, type Rule, rule } from "../cluster-objects";
import { gcfg } from "../gcfg";
import { gcpName, nodeTag } from "./names";
import { gcpOf, PROBES, placeOf } from "./plan";

/** Names in what the infrastructure tells. */
export const TOLD = { outside: "ingressAddress" } as const;

/** The controller, its account, its roles and its lease. */
const CONTROLLER = "cloud-controller-manager";

/** The Secret that it reads, and where it finds it as a file. */
const SECRET = "gce-cloud-config";
const CONFIG = "gce.conf";
const FOLDER = "/etc/kubernetes/gce";

/** By the UID in it what all balancers share is called; the controller would make one up. */
const UID = "ingress-uid";

/**
 * The controller for balancers (github.com/kubernetes/cloud-provider-gcp), in its machine's own network on control planes, by whose account it asks. It
 * takes a node for the instance of its name, puts workers into groups of its own, and opens the firewall by network tags.
 */
export const controller: CloudController = {
  objects,
  secret: { name: SECRET, data: config, readBy: [CONTROLLER] },
  flows,
  // A machine may be in one group that is balanced.
  leadsToIngress: true,
  annotations: () => ({ "networking.gke.io/load-balancer-type": "Internal" }),
  outside: ({ network }) => (network.floating.ingress === undefined ? undefined : {}),
  outsideAddress: (told) => told[TOLD.outside] ?? "",
};

/** Whether nodes live, Google asks: kube-proxy, and at a Service's own port where it counts who has pods of it. What the controller asks is behind HTTPS. */
function flows(): Flow[] {
  return [...new Set([...PROBES.inside, ...PROBES.outside])].map((range) => ({
    from: `cidr:${range}`,
    to: "worker",
    protocol: "tcp",
    ports: [10256, "30000-32767"],
    reason: "health checks of Services behind the cloud's balancers",
  }));
}

/** Where everything is, as it reads it. What it is not told, it would ask the metadata. */
function config(plan: EnvironmentPlan): Record<string, string> {
  const { project } = gcpOf(plan);
  const { existing } = plan.network;
  return {
    [CONFIG]: gcfg({
      global: {
        "project-id": project,
        "local-zone": plan.zones[0],
        "network-name": existing === undefined ? gcpName(plan, "network") : placeOf(existing.network, project).name,
        "subnetwork-name": existing === undefined ? gcpName(plan, "nodes") : placeOf(existing.subnet, project).name,
        "stack-type": "IPV4",
        // Nodes in all zones of the region.
        multizone: "true",
        "node-tags": nodeTag(plan),
      },
    }),
  };
}

/** Finalizers are written as a Service's status is. Of a node it changes nothing: that the other controllers would, which do not run. */
const RULES: readonly Rule[] = [
  rule("", "nodes services", READ),
  rule("", "services/status", ["patch", "update"]),
  rule("", "events", ["create", "patch", "update"]),
];

/** Others' are beside its own. */
const OWN: readonly Rule[] = [
  { ...rule("", "configmaps", READ), resourceNames: [UID] },
  rule("coordination.k8s.io", "leases", ["create"]),
  { ...rule("coordination.k8s.io", "leases", ["get", "update"]), resourceNames: [CONTROLLER] },
];

function objects(given: PartSurroundings): readonly PartObject[] {
  const { environment, service } = given;
  const uid = [shortHash([environment.environment, "services"]), shortHash([environment.environment, "cluster"])].join("");
  return [
    ...account(service.namespace, CONTROLLER, { inCluster: RULES, inNamespace: OWN }),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: UID }, data: { uid, "provider-uid": uid } },
    balancerController(given, {
      name: CONTROLLER,
      command: "/cloud-controller-manager",
      args: ["--cloud-provider=gce", `--cloud-config=${FOLDER}/${CONFIG}`],
      secret: SECRET,
      folder: FOLDER,
      port: 10258,
    }),
  ];
}
