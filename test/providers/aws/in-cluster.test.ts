import assert from "node:assert/strict";
import { inCluster } from "../../../providers/aws/in-cluster";
import { awsPlan, buildAws } from "../../support/aws";
import { planFile } from "../../support/environment";
import type { FileContent } from "../../support/plan";

const CLOUD = { platform: { storage: { kind: "cloud", classes: { fast: { type: "io2" } } } } };

describe("AWS's driver of volumes", () => {
  it("reaches the metadata from pods of control planes, and nobody else does", async () => {
    const plan = awsPlan("highAvailability", CLOUD);
    const g = await buildAws(plan);
    const storage = plan.services.find(({ chart }) => chart?.name === "aws-ebs-csi-driver");
    assert.deepEqual(storage?.needs, { cloud: { part: "volumes", metadata: true } });
    for (const { name, roles } of plan.machines) {
      const { metadataOptions, userData } = g.get(`seoul-machine-${name}`).inputs;
      const asks = roles.includes("control-plane");
      assert.equal((metadataOptions as { httpPutResponseHopLimit: number }).httpPutResponseHopLimit, asks ? 2 : 1, name);
      if (!roles.includes("bastion")) assert.equal(String(userData).includes("ip daddr 169.254.169.254 counter drop"), !asks, name);
    }
  });

  it("encrypts every volume, by the file's key where it names one", () => {
    const parameters = (over: FileContent, type?: string) => inCluster.volumes?.parameters(type, awsPlan("minimal", over));
    assert.deepEqual(parameters(CLOUD), { type: "gp3", encrypted: "true" });
    const kmsKey = "arn:aws:kms:ap-northeast-2:123456789012:key/1";
    assert.deepEqual(parameters({ ...CLOUD, infrastructure: { aws: { kmsKey } } }, "io2"), {
      type: "io2",
      encrypted: "true",
      kmsKeyId: kmsKey,
    });
  });

  it("is refused where control planes may do nothing", () => {
    const infrastructure = { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a"], aws: { controllers: false } };
    const { problems } = planFile({ name: "demo", infrastructure, ...CLOUD });
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path }) => path),
      ["infrastructure.aws.controllers"],
    );
  });
});
