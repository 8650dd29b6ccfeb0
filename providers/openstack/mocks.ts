import { fields, list } from "../../model/data";
import type { Computed } from "../define-cloud";

/** What OpenStack computes of the resources of our component, for tests that have no provider. */
export const mocks: Computed = {
  "openstack:compute/instance:Instance": (_name, inputs) => ({ accessIpV4: fixedAddress(inputs) ?? "10.20.255.1" }),
  "openstack:networking/port:Port": (name) => ({ macAddress: "fa:16:3e:00:00:01", allFixedIps: [`${name}-address`] }),
  "openstack:networking/floatingIp:FloatingIp": (name) => ({ address: `198.51.100.${checksum(name)}` }),
  "openstack:loadbalancer/loadBalancer:LoadBalancer": (name) => ({ vipPortId: `${name}-vip-port` }),
  "openstack:compute/volumeAttach:VolumeAttach": () => ({ device: "/dev/vdb" }),
};

function fixedAddress({ networks }: Readonly<Record<string, unknown>>): unknown {
  return fields(list(networks)[0]).fixedIpV4;
}

function checksum(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 250, 7) + 1;
}
