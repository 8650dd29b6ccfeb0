import { z } from "zod";
import { isFields } from "../data";
import { refuseNewer } from "../formats";
import { type ClusterSpec, DUES, HOST_GROUPS } from "./types";

const text = z.string();

/** What is recorded of a node, but for the machine behind it. */
export const nodeFields = {
  key: text,
  generation: z.int().min(1),
  roles: z.array(z.enum(["control-plane", "etcd", "worker"])),
  address: text,
  zone: text.exactOptional(),
  etcdMember: text.exactOptional(),
  providerId: text.exactOptional(),
  labels: z.record(text, text),
  taints: z.array(text),
  volumes: z
    .array(
      z.strictObject({
        name: text,
        device: text,
        mount: text.exactOptional(),
        fileSystem: z.enum(["ext4", "xfs"]).exactOptional(),
      }),
    )
    .exactOptional(),
  firewall: text.exactOptional(),
  runtime: text.exactOptional(),
  installed: z.strictObject({ kubespray: text, kubernetes: text }).exactOptional(),
  reboot: text.exactOptional(),
  patch: text.exactOptional(),
};

const endpoint = z.strictObject({
  host: text,
  port: z.number(),
  kind: z.enum(["loadBalancer", "virtualIp", "node"]).exactOptional(),
});

/** What is recorded of a host beside the cluster, but for the machine behind it. */
export const hostFields = { address: text, groups: z.array(z.enum(HOST_GROUPS)) };

/** What is recorded of a cluster, but for its nodes and hosts. */
export const clusterFields = {
  name: text,
  kubespray: text,
  kubernetes: text,
  controlPlane: z.array(text),
  etcd: z.array(text),
  variables: z.record(text, z.unknown()),
  apiEndpoint: endpoint,
  movesTo: endpoint.exactOptional(),
  due: z.array(z.enum(DUES)).exactOptional(),
  onDelete: z.enum(["forget", "reset"]),
};

const recordedSchema = z.object({
  ...clusterFields,
  nodes: z.record(text, z.object(nodeFields)),
  hosts: z.record(text, z.object(hostFields)).exactOptional(),
});

/**
 * A cluster as the outputs of its resource record it: what was last reached. Undefined where no cluster has been made yet, which a creation
 * that reached no node has not.
 * @throws RefusedError where a later version recorded it
 */
export function parseRecordedCluster(outputs: unknown): ClusterSpec | undefined {
  refuseNewer("cluster", outputs, isFields(outputs) ? String(outputs.name) : "");
  const { data } = recordedSchema.safeParse(outputs);
  return data !== undefined && Object.keys(data.nodes).length > 0 ? data : undefined;
}
