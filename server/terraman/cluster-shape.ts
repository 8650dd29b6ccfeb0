import type { Row } from "../data/tables";
import { seoulTime } from "./shapes";

/** A cluster as K-PaaS's programs read it. */
export function shapeOf({ id, name, type, provider, description, status, sshKey, apiUrl, created, modified }: Row<"clusters">) {
  return {
    ...EMPTY,
    ...{ clusterId: id, clusterApiUrl: apiUrl, name, clusterType: type, providerType: provider, description, sshKey, status },
    ...{ created: seoulTime(created), lastModified: seoulTime(modified), isActive: status === "A" },
  };
}

/** What a cluster has that nothing is known of. Its token comes back in no answer. */
export const EMPTY = {
  ...{
    resultCode: null,
    resultMessage: null,
    httpStatusCode: null,
    detailMessage: null,
    userAuthId: null,
    namespace: null,
    clusterId: null,
  },
  ...{
    clusterApiUrl: null,
    name: null,
    clusterToken: null,
    clusterType: null,
    providerType: null,
    description: null,
    kubernetesVersion: null,
  },
  ...{ podCount: null, created: null, sshKey: null, lastModified: null, isActive: false, status: "D", nodeCount: null },
};
