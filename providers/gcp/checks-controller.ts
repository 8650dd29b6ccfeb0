import type { Environment } from "../../model/environment/types";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Findings } from "../../model/problems";
import { instancePrefixes, partsOf } from "./controllers-role";
import { shutOut } from "./firewalls";
import { gcpLimits } from "./names";
import { gcpOptions, placeOf } from "./plan";

/** What keeps the cloud's controller from making balancers for Services. */
export function checkController({ name, cloud, network }: Environment, findings: Findings): void {
  const { project, controllers } = gcpOptions(cloud);
  if (controllers === false)
    findings.error(
      "infrastructure.gcp.controllers",
      "without it control planes may make no balancers, which platform.loadBalancer.services needs",
      "take it out, or take the services out: balancers of the infrastructure lead to the ingress",
      false,
    );
  for (const [field, value] of [
    ["network", network.existing?.network],
    ["subnets.node", network.existing?.subnet],
  ] as const)
    if (value !== undefined && placeOf(value, project).project !== project)
      findings.error(
        `infrastructure.network.existing.${field}`,
        "lies in another project than the environment, where the cloud's controller may do nothing",
        "use a network of the environment's own project, or take platform.loadBalancer.services out",
        value,
      );
  if (/^k8s(-|$)/.test(name))
    findings.error(
      "name",
      "begins as what the cloud's controller makes does, k8s",
      "choose another name, or take platform.loadBalancer.services out",
      name,
    );
}

/** Operators that a condition may hold: https://cloud.google.com/iam/docs/conditions-overview. Four of them are there in any case. */
const OPERATORS = 12;

/** What only the plan shows of it. */
export function checkControllerPlan(plan: EnvironmentPlan, findings: Findings): void {
  // An instance is called as its node is.
  for (const { key, name } of plan.machines)
    if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      findings.error(
        "cluster",
        `the machine ${key} would be called ${name} on GCP, as its node, which takes small letters, digits and hyphens, a letter first`,
        "choose another name of its pool, or another key",
        key,
      );
  const ranges = shutOut(plan).length;
  if (ranges > gcpLimits.rule.ranges)
    findings.error(
      "infrastructure.access.ingressCidrs",
      `leave ${ranges} ranges out, and a firewall rule names ${gcpLimits.rule.ranges} at most`,
      "join some of them",
    );
  const prefixes = instancePrefixes(plan).length;
  if (partsOf(plan).includes("volumes") && prefixes > OPERATORS - 2)
    findings.error(
      "cluster.pools",
      `machines have ${prefixes} beginnings of names, and a condition of the driver's role holds ${OPERATORS - 2} at most`,
      "join some of them",
    );
}
