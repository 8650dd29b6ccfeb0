import { clouds } from "../../providers/clouds";
import type { FileContent } from "./plan";

const access = { adminCidrs: ["203.0.113.0/24"] };

/** By cloud that makes machines, what files say of an infrastructure there. */
export const INFRASTRUCTURES: Readonly<Record<string, FileContent>> = {
  openstack: { provider: "openstack", zones: ["az-1", "az-2", "az-3"], access },
  nhn: {
    provider: "nhn",
    region: "KR1",
    zones: ["kr-pub-a", "kr-pub-b"],
    image: "Ubuntu Server 22.04.5 LTS (2025.07.15)",
    network: { cidr: "192.168.0.0/24", existing: { network: "Default Network", subnets: { node: "Default Network" } } },
    access,
    nhn: { bootVolumeType: "General SSD" },
  },
  aws: { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"], access },
  gcp: {
    provider: "gcp",
    region: "asia-northeast3",
    zones: ["asia-northeast3-a", "asia-northeast3-b", "asia-northeast3-c"],
    gcp: { project: "acme-platform" },
    access,
  },
  azure: { provider: "azure", region: "koreacentral", zones: ["1", "2", "3"], access },
  vsphere: { provider: "vsphere", zones: ["az-1", "az-2", "az-3"], network: { cidr: "10.20.0.0/16", dns: ["10.20.0.2"] }, access },
};

const { KPAAS_TEST_CLOUD: only } = process.env;

/** The clouds of them that the long tests are about: all, or the one that KPAAS_TEST_CLOUD names. */
export const CHOSEN: readonly string[] = Object.keys(INFRASTRUCTURES).filter((cloud) => only === undefined || cloud === only);

/** The package of a cloud's provider, which its objects' folder in a sandbox's world is called as too; none where it makes nothing. */
export function packageOf(cloud: string): string {
  const { sdk = "" } = Object.values<{ readonly name: string; readonly sdk?: string }>(clouds).find(({ name }) => name === cloud) ?? {};
  return sdk.slice(sdk.lastIndexOf("/") + 1);
}
