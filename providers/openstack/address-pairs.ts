import { formatRange, parseAddress, parseCidr, rangeToCidrs } from "../../model/ipv4";
import { podsUnwrapped } from "../../model/plan/flows";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Findings } from "../../model/problems";
import { openstackLimits } from "./names";
import { isOpenStack, ownField } from "./plan";

/** The part of a plan the address pairs follow from. */
export type PairsPlan = Pick<EnvironmentPlan, "network" | "apiEndpoint" | "platform" | "cluster" | "cloud">;

/**
 * The addresses besides its own that a machine may send from and receive at, as neutron's allowed address pairs. None unless something needs it:
 *
 * - workers, when MetalLB answers for its range from whichever worker leads: the range as blocks, and the ingress's address on its own, since
 *   OVN binds a floating address only to a pair that equals the reserved port's address;
 * - control planes, for the virtual address of the API;
 * - every node, for pods and services when Calico sends their packets as they are, and for what the file names.
 */
export function allowedAddresses(plan: PairsPlan, machine: Pick<MachinePlan, "roles">): string[] {
  const addresses: string[] = [];
  const has = (role: string) => machine.roles.some((each) => each === role);
  if (has("worker") && plan.platform.loadBalancer.kind === "metallb") {
    addresses.push(plan.platform.ingress.address, ...rangeToCidrs(plan.platform.loadBalancer.range).map(withoutHostPrefix));
  }
  if (has("control-plane") && plan.apiEndpoint.kind === "virtualIp") addresses.push(plan.apiEndpoint.address);
  if ((has("control-plane") || has("worker")) && podsUnwrapped(plan.cluster.variables)) {
    addresses.push(plan.network.podCidr, plan.network.serviceCidr);
  }
  if (has("control-plane") || has("worker")) addresses.push(...named(plan).map(withoutHostPrefix));
  return [...new Set(addresses)];
}

function named({ cloud }: Pick<PairsPlan, "cloud">): readonly string[] {
  return isOpenStack(cloud) ? (cloud.allowedAddresses ?? []) : [];
}

/** Neutron gives a port so many pairs by default: a range that falls into more blocks cannot be answered for. */
export function checkAddressPairs(plan: PairsPlan & Pick<EnvironmentPlan, "machines">, findings: Findings): void {
  for (const [index, text] of named(plan).entries()) {
    if (parseAddress(text) !== undefined || parseCidr(text) !== undefined) continue;
    findings.error(
      ownField(plan, `allowedAddresses.${index}`),
      "is no address, and no network with no bits set beyond its prefix",
      "write 10.20.0.99 or 10.20.0.96/28",
      text,
    );
  }
  const range = plan.network.loadBalancerRange;
  const most = Math.max(0, ...plan.machines.map((machine) => allowedAddresses(plan, machine).length));
  if (range === undefined || most <= openstackLimits.addressPairs) return;
  findings.error(
    "platform.loadBalancer.range",
    `falls into so many blocks that a machine's port would need ${most} address pairs; the cloud gives it ${openstackLimits.addressPairs}`,
    `choose a range that begins and ends where a block does, such as 10.20.0.192-10.20.0.223${
      named(plan).length > 0 ? `, or name less at ${ownField(plan, "allowedAddresses")}` : ""
    }`,
    formatRange(range),
  );
}

/** Neutron keeps a single address as such. */
function withoutHostPrefix(cidr: string): string {
  return cidr.replace(/\/32$/, "");
}
