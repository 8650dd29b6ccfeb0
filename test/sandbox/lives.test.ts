import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { OperationResult } from "../../engine/types";
import type { HarborRows } from "../../plugin/harbor/simulated/rows";
import { INFRASTRUCTURES } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { BARE } from "../support/layers";
import { nhnFile } from "../support/nhn";
import { type LifeChange, oneLife } from "../support/one-life";
import type { FileContent } from "../support/plan";

/** An environment's life, and what is to be seen of it while it is up. */
interface Life {
  readonly file: FileContent;
  readonly look?: (up: OperationResult, world: string) => void;
  readonly change?: LifeChange;
  readonly rotated?: readonly string[];
}

/** The smallest environment of a cloud in one zone. */
const smallest = (cloud: string, zone: string): FileContent => ({
  name: "seoul",
  infrastructure: { ...INFRASTRUCTURES[cloud], zones: [zone] },
  platform: BARE,
});
const answersAt =
  (endpoint: RegExp) =>
  ({ outputs }: OperationResult): void =>
    assert.match(String(outputs.apiEndpoint), endpoint);
const ADDRESS = /^https:\/\/198\.18\.\d+\.\d+:6443$/;

/** On NHN Cloud, much that the smallest has not. @param projects of its Harbor */
function everythingOnNhn(projects: object): FileContent {
  const databases = { postgresql: { replicas: 3 }, cloudnativePg: true, mariadb: { replicas: 3 }, mariadbOperator: true };
  const applications = { keycloak: true, pipeline: true, sourceControl: true, kubeflow: true };
  const more = { harbor: { projects }, chartmuseum: true, nats: true, gatewayApi: true, ...databases, ...applications };
  return nhnFile("minimal", { platform: { ingress: { kind: "traefik" }, services: { ...BARE.services, ...more } } });
}

/** OpenStack has lives of its own, and so has vSphere. The other profiles: `npm run e2e -- clouds`. */
const LIVES: Readonly<Record<string, Life>> = {
  aws: {
    // Its controller for Services of users' own runs too; the ingress is the infrastructure's.
    file: { ...smallest("aws", "ap-northeast-2a"), platform: { ...BARE, loadBalancer: { kind: "cloud", services: true } } },
    look: (up, world) => {
      answersAt(/^https:\/\/seoul-api-public-[0-9a-f]+\.elb\.ap-northeast-2\.amazonaws\.com:6443$/)(up);
      const { nodes } = JSON.parse(readFileSync(join(world, "cluster.json"), "utf8")) as { nodes: Record<string, Record<string, string>> };
      for (const [name, { providerId, machineId }] of Object.entries(nodes)) {
        assert.equal(providerId, "aws:///ap-northeast-2a/{id}", name);
        assert.match(machineId ?? "", /^i-/);
      }
    },
  },
  gcp: { file: smallest("gcp", "asia-northeast3-a"), look: answersAt(ADDRESS) },
  // Its volumes are Ceph's, on disks of the machines.
  azure: {
    file: {
      ...smallest("azure", "1"),
      cluster: { pools: { worker: { nodes: 3, volumes: [{ name: "osd", sizeGiB: 64 }] } } },
      platform: { ...BARE, storage: { kind: "rookCeph", pool: "worker", objects: true } },
    },
    look: answersAt(ADDRESS),
  },
  // Beside it much that the smallest has not: images, charts, messages, databases on several members, pipeline, source control and Kubeflow; and Traefik in ingress-nginx's place.
  nhn: {
    file: everythingOnNhn({ shop: { robots: { ci: "push", viewer: "pull" } } }),
    rotated: ["mariadb", "postgresql", "pipeline", "sourceControl", "kubeflow"],
    // A project more, and an account less with its password and its Secret, in the Harbor that runs.
    change: {
      file: everythingOnNhn({ shop: { quota: "1Gi", robots: { ci: "pull" } }, bank: {} }),
      changes: { create: 1, update: 2, delete: 3 },
    },
    look: (_up, world) => {
      const { rows } = JSON.parse(readFileSync(join(world, "kubernetes/harbor/rows.json"), "utf8")) as { rows: HarborRows };
      assert.deepEqual(Object.keys(rows.projects).sort(), ["bank", "cp-pipeline", "library", "shop"]);
      assert.equal(rows.projects.shop?.quota, 1024 ** 3);
      assert.deepEqual(
        Object.values(rows.robots)
          .map(({ name, permissions }) => [name, permissions[0]?.access.map(({ action }) => action)] as const)
          .sort(([one], [other]) => (one < other ? -1 : 1)),
        [
          ["cp-pipeline+pipeline", ["pull", "push"]],
          ["shop+ci", ["pull"]],
        ],
      );
    },
  },
};

describe("the smallest environment, on the real engine,", function () {
  this.timeout(300_000);
  before(engineForTests);

  for (const [cloud, { file, look, change, rotated }] of Object.entries(LIVES))
    it(`comes up, is left alone by a second up, and goes without a trace: ${cloud}`, async () => oneLife(file, look, { change, rotated }));
});
