import { contains, overlaps, parseAddress, parseCidr } from "../ipv4";
import { reachesBeyond } from "../plan/floating";
import type { Findings } from "../problems";
import type { Environment } from "./types";
import { unusable } from "./unusable-addresses";

const floatingPath = "infrastructure.network.floating";

/** Addresses and keys that were made beforehand. */
export function checkReach(environment: Environment, findings: Findings): void {
  checkKeys(environment, findings);
  checkFloating(environment, findings);
}

function checkKeys({ access, hosts }: Environment, findings: Findings): void {
  for (const name of ["agent", "sudoPassword"] as const)
    if (hosts === undefined && access[name] !== undefined)
      findings.error(
        `infrastructure.access.ssh.${name}`,
        "is for hosts that are there already, and these machines are made: they open to their key, and sudo asks nothing",
        "take it out",
      );
  const given = access.keyPair === undefined ? "publicKey" : "keyPair";
  if (access[given] !== undefined && access.privateKey === undefined) {
    findings.error(
      "infrastructure.access.ssh.privateKey",
      `is required beside ${given}: without it nothing can log in to the machines`,
      "refer to the private key, or leave both out to have a pair generated",
    );
  }
  if (access.keyPair !== undefined && access.publicKey !== undefined) {
    findings.error(
      "infrastructure.access.ssh.publicKey",
      "a key pair that is there already has its public key",
      "take publicKey out, or keyPair to have a pair made of it",
    );
  }
}

function checkFloating(environment: Environment, findings: Findings): void {
  const { access, network, cluster } = environment;
  if (network.floating === undefined || network.floating === "none") return;
  const uses = {
    api: [access.adminCidrs.length > 0, "nobody outside may reach the API", "name who may at infrastructure.access.adminCidrs"],
    ingress: [
      reachesBeyond(access.ingressCidrs, network.cidr),
      "nobody outside may reach the ingress",
      "name who may at infrastructure.access.ingressCidrs",
    ],
    bastion: [access.bastion, "there is no bastion", "set infrastructure.access.bastion to true"],
  } as const;
  const ranges = [
    [network.cidr, "the machines' network"],
    [cluster.podCidr, "cluster.network.podCidr"],
    [cluster.serviceCidr, "cluster.network.serviceCidr"],
  ] as const;
  const taken = new Map<number, string>();
  for (const what of ["api", "ingress", "bastion"] as const) {
    const text = network.floating[what];
    const address = text === undefined ? undefined : parseAddress(text);
    if (address === undefined) continue;
    const path = `${floatingPath}.${what}`;
    const [used, reason, remedy] = uses[what];
    const inside = ranges.find(([cidr]) => {
      const block = parseCidr(cidr);
      return block !== undefined && contains(block, address);
    });
    const holder = taken.get(address);
    if (unusable.some(({ block }) => overlaps(block, { first: address, last: address })))
      findings.error(path, "is no address that anybody is reached at", "give a floating address of the cloud", text);
    else if (inside) findings.error(path, `lies in ${inside[1]} ${inside[0]}`, "give an address of the external network", text);
    else if (holder !== undefined) findings.error(path, `is that of ${holder} already`, "give each an address of its own", text);
    else if (!used) findings.error(path, `${reason}, so nothing has this address`, `${remedy}, or take the address out`, text);
    taken.set(address, `${floatingPath}.${what}`);
  }
}
