import assert from "node:assert/strict";
import { remediesFor } from "../../engine/remedies";
import { RefusedError } from "../../model/problems";
import { AWS } from "../../sandbox/aws/cloud";
import { AZURE } from "../../sandbox/azure/cloud";
import type { SimulatedCloud } from "../../sandbox/cloud/cloud";
import { GCP } from "../../sandbox/gcp/cloud";
import { NHN } from "../../sandbox/nhn/cloud";
import { OPENSTACK } from "../../sandbox/openstack/cloud";
import { VSPHERE } from "../../sandbox/vsphere/cloud";
import { plannedFile } from "../support/environment";
import { LARGE_FILES } from "../support/large-environments";
import { merge } from "../support/plan";
import { Simulated } from "../support/simulated";
import { temporaryFolders } from "../support/temporary";

/** By cloud, each of its quotas: asked for before anything is made, or such that the cloud alone refuses. */
const QUOTAS: Readonly<Record<string, { readonly asked: string; readonly unasked: string; readonly unused?: string }>> = {
  openstack: {
    asked:
      "instances cores ram serverGroups volumes gigabytes networks subnets routers ports floatingIps securityGroups securityGroupRules",
    unasked: "loadBalancers",
  },
  // Its identity service does not tell whose quota is meant.
  nhn: {
    asked: "instances cores ram serverGroups",
    unasked: "volumes gigabytes ports floatingIps securityGroups securityGroupRules",
    unused: "networks subnets routers loadBalancers",
  },
  aws: { asked: "processors addresses vpcs balancers", unasked: "rules volumes" },
  gcp: { asked: "processors e2 n2 n2d t2d c2d c3 ssd standard hyperdisk addresses networks firewalls", unasked: "disks" },
  azure: { asked: "processors families addresses", unasked: "disks rules" },
  vsphere: { asked: "", unasked: "" },
};

/** What an environment has to be of for a quota to count. */
const OF: Readonly<Record<string, object>> = {
  ...Object.fromEntries(
    ["n2", "n2d", "t2d", "c2d"].map((series) => [series, { cluster: { pools: { general: { size: `${series}-standard-4` } } } }]),
  ),
  c3: { cluster: { pools: { general: { size: "c3-standard-4" } } }, infrastructure: { gcp: { bootVolumeType: "pd-balanced" } } },
  standard: { infrastructure: { gcp: { bootVolumeType: "pd-standard" } } },
  hyperdisk: {
    cluster: { pools: { general: { size: "c3-standard-4", volumes: [{ name: "osd", sizeGiB: 10, type: "hyperdisk-balanced" }] } } },
  },
};

const SIMULATED: Readonly<Record<string, Pick<SimulatedCloud, "quotas">>> = {
  openstack: OPENSTACK,
  nhn: NHN,
  aws: AWS,
  gcp: GCP,
  azure: AZURE,
  vsphere: VSPHERE,
};
const words = (list: string): string[] => list.split(" ").filter((word) => word !== "");

describe("a simulated cloud's quotas", function () {
  this.timeout(120_000);
  const folder = temporaryFolders();

  for (const [cloud, { asked, unasked, unused = "" }] of Object.entries(QUOTAS)) {
    const planOf = (quota: string) => plannedFile(merge(LARGE_FILES[cloud] ?? {}, { ...OF[quota] })).plan;
    /** What an environment ends with that may have nothing. */
    const failing = async (quota: string, whenChecked: boolean): Promise<{ readonly error: unknown; readonly it: Simulated }> => {
      const it = new Simulated(cloud, folder());
      if (!whenChecked) it.quotas({ [quota]: 0 });
      const error = await it
        .make(planOf(quota), () => whenChecked && it.quotas({ [quota]: 0 }))
        .then(
          () => undefined,
          (each: unknown) => each,
        );
      return { error, it };
    };

    it(`are these: ${cloud}`, () => {
      assert.deepEqual(words(`${asked} ${unasked} ${unused}`).sort(), Object.keys(SIMULATED[cloud]!.quotas).sort());
    });

    it(`stop an environment before anything is made, where they can be asked for: ${cloud}`, async () => {
      for (const quota of words(asked)) {
        const { error, it } = await failing(quota, false);
        assert.ok(error instanceof RefusedError, `${quota}: ${error}`);
        assert.match(error.message, /quota is 0/, quota);
        assert.deepEqual(it.objects(), [], quota);
      }
    });

    it(`are what the cloud refuses with, in words that the reader is told a way out of: ${cloud}`, async () => {
      for (const quota of words(`${asked} ${unasked}`)) {
        const { error } = await failing(quota, true);
        assert.ok(error instanceof Error && !(error instanceof RefusedError), `${quota}: ${error}`);
        const { message } = error;
        assert.match(message, /Error creating /, `${quota}: ${message}`);
        assert.ok(remediesFor(message, false, cloud).length > 0, `nobody says what to do about: ${message}`);
        assert.doesNotMatch(message, /PRIVATE KEY|password|token/i);
      }
    });
  }
});
