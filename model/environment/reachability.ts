import type { Findings } from "../problems";
import { cloudOf, type Registry } from "../registry";
import type { EnvironmentFile } from "./schema";
import type { Environment } from "./types";

/** Warns of what nobody outside the network may reach because the file says nothing of it. A list that is written, an empty one too, is meant. */
export function warnUnreachable(file: EnvironmentFile, environment: Environment, registry: Registry, findings: Findings): void {
  // Where nothing is kept out, nobody is locked out.
  if (!cloudOf(environment.provider, registry).enforces(environment.cloud)) return;
  const { access, network } = environment;
  const written = file.infrastructure.access ?? {};
  if (written.adminCidrs === undefined)
    findings.warn(
      "infrastructure.access.adminCidrs",
      `nobody outside the network ${network.cidr} may reach the Kubernetes API${access.bastion ? " and the bastion" : ""}`,
      "name who may, such as [203.0.113.0/24], or write [] where nobody is to",
    );
  if (written.ingressCidrs === undefined && access.adminCidrs.length === 0)
    findings.warn(
      "infrastructure.access.ingressCidrs",
      `nobody outside the network ${network.cidr} may reach the platform`,
      `name who may, such as [0.0.0.0/0], or write [${network.cidr}] where the network is enough`,
    );
}
