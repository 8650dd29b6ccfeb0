import type { ComponentRow } from "./row";

/** What K-PaaS's installation scripts bring and none of the documents names. */
export const scripts: readonly ComponentRow[] = [
  [
    "NHN's load balancer controller",
    "not",
    "it sets no IP ACL and takes no planned address, so the platform would be open to the world at an address that nobody knows before; it leaves addresses behind, and has the user's password in the cluster",
    "docs/nhn.md",
  ],
  [
    "NAVER's load balancer controller",
    "not",
    "NAVER runs its own in clusters of its Kubernetes service alone and publishes none for others; of the one that K-PaaS's scripts name, neither manifest nor source is in its repositories. Machines there are existing hosts, with MetalLB",
    "components/platform/metallb/",
  ],
];
