import { parseCidr } from "../../model/ipv4";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";

/** What cloud-init is told of a machine, and how it is sent in the machine's configuration (`guestinfo.…`). */
export interface GuestInfo {
  /** Unique in vCenter, and another one is another machine to cloud-init. */
  readonly instance: string;
  /** In OpenSSH's format. */
  readonly publicKey: string;
  /** User data; undefined where it needs none. */
  readonly userData?: string | undefined;
}

/** The configuration by which the data source for VMware finds its metadata, with the network that is fixed, and the user data. */
export function guestInfo(
  plan: Pick<EnvironmentPlan, "network">,
  machine: MachinePlan,
  { instance, publicKey, userData }: GuestInfo,
): Record<string, string> {
  const metadata = {
    "instance-id": instance,
    "local-hostname": machine.name,
    "public-keys-data": [publicKey],
    network: networkConfig(plan, machine),
    "wait-on-network": { ipv4: true, ipv6: false },
  };
  return { ...encoded("metadata", JSON.stringify(metadata)), ...(userData === undefined ? {} : encoded("userdata", userData)) };
}

/** The one card with the planned address, in netplan's second version: whatever the guest calls it, and no DHCP. */
export function networkConfig({ network }: Pick<EnvironmentPlan, "network">, { address }: Pick<MachinePlan, "address">): object {
  const [{ cidr, gateway }] = network.subnets;
  const prefix = parseCidr(cidr)?.prefix ?? 24;
  return {
    version: 2,
    ethernets: {
      nodes: {
        match: { name: "e*" },
        dhcp4: false,
        dhcp6: false,
        addresses: [`${address}/${prefix}`],
        ...(gateway === undefined ? {} : { routes: [{ to: "0.0.0.0/0", via: gateway }] }),
        ...(network.dns.length === 0 ? {} : { nameservers: { addresses: [...network.dns] } }),
      },
    },
  };
}

function encoded(what: "metadata" | "userdata", text: string): Record<string, string> {
  return { [`guestinfo.${what}`]: Buffer.from(text).toString("base64"), [`guestinfo.${what}.encoding`]: "base64" };
}
