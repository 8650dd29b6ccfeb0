import assert from "node:assert/strict";
import { permissionsOf } from "../../../cli/permissions";
import { appliedState, parseApplied } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import { controllersPolicy } from "../../../providers/aws/controllers-policy";
import { inCluster } from "../../../providers/aws/in-cluster";
import { balancersOf } from "../../../providers/aws/plan";
import { awsEnvironment, awsPlan, buildAws } from "../../support/aws";
import { planFile } from "../../support/environment";
import { awsFirewall } from "../../support/firewalls/aws";
import { type FileContent, merge } from "../../support/plan";
import { OUTSIDE, PROBES } from "../../support/probes";
import { differences, reaches } from "../../support/reachability";

const BALANCED = { platform: { loadBalancer: { kind: "cloud", services: true } } };

describe("AWS's controller for balancers", () => {
  it("finds machines by what their kubelets register, from the start, and changes nothing where it does not run", () => {
    const [without, plan] = [awsPlan("highAvailability"), awsPlan("highAvailability", BALANCED)];
    const byZone = Object.fromEntries(plan.machines.map(({ name, zone }) => [name, `aws:///${zone}/{id}`]));
    for (const [name, node] of Object.entries(plan.cluster.nodes)) assert.equal(node.providerId, byZone[name]);
    assert.doesNotMatch(JSON.stringify(without.cluster), /providerId/);
    const bare = ({ nodes, ...rest }: typeof plan.cluster) => ({
      ...rest,
      nodes: Object.fromEntries(Object.entries(nodes).map(([name, { providerId: _, ...node }]) => [name, node])),
    });
    assert.deepEqual(bare(plan.cluster), without.cluster);
    assert.deepEqual(plan.inventory, without.inventory);
  });

  it("leaves the ingress to the infrastructure's balancers, at the planned addresses", () => {
    const [without, plan] = [awsPlan("highAvailability"), awsPlan("highAvailability", BALANCED)];
    assert.deepEqual(balancersOf(plan), balancersOf(without));
    assert.deepEqual(plan.platform.ingress, without.platform.ingress);
    assert.deepEqual(inCluster.controller?.annotations(plan, {}), {});
  });

  it("is told its cluster and region, and to leave security groups alone", () => {
    assert.equal(
      inCluster.controller?.secret?.data(awsPlan("minimal", BALANCED), {})["cloud.conf"],
      '[Global]\nRegion = "ap-northeast-2"\nKubernetesClusterID = "seoul"\nDisableSecurityGroupIngress = "true"\n',
    );
  });

  it("has node ports open to the network and to whom the file lets in, and nothing else", async () => {
    const open = async (over: FileContent) => {
      const infrastructure = { access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["203.0.113.0/24"] } };
      return reaches(awsFirewall(await buildAws(awsPlan("highAvailability", merge({ infrastructure }, over)))), OUTSIDE, PROBES);
    };
    const [before, after] = [await open({}), await open(BALANCED)];
    const why = "Services behind balancers, and their checks";
    const what = /^(?!visitor )\S+ general-\S+ (6|17)\/(30000|30080|30443|32767)$/;
    assert.deepEqual(differences(before, after, [{ of: "own", what, why }]), []);
    assert.ok(after.size > before.size);
  });

  it("may make balancers that are met from outside only where the file lets everybody in", () => {
    const schemes = (over: FileContent) => {
      const { Statement } = controllersPolicy(awsPlan("minimal", merge(BALANCED, over)));
      return Statement.find(({ Sid }) => Sid === "MakeBalancers")?.Condition?.StringEquals?.["elasticloadbalancing:Scheme"];
    };
    const access = (...ingressCidrs: string[]) => ({ infrastructure: { access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs } } });
    assert.equal(schemes(access("0.0.0.0/0")), undefined);
    assert.equal(schemes(access("203.0.113.0/24")), "internal");
    assert.equal(schemes({ infrastructure: { network: { floating: "none" } } }), "internal");
  });

  it("is shown with what the credentials may do, where control planes may do something", async () => {
    const plan = awsPlan("minimal", BALANCED);
    assert.deepEqual((await permissionsOf(plan)).controlPlanes, controllersPolicy(plan));
    assert.equal((await permissionsOf(awsPlan("minimal", { infrastructure: { aws: { controllers: false } } }))).controlPlanes, undefined);
  });

  it("changes nothing that does not bear the cluster's tag, and gives it to nothing but what is made", () => {
    const { Statement } = controllersPolicy(awsPlan("minimal"));
    for (const { Sid, Action, Condition } of Statement) {
      if (Sid === "Look") assert.ok(Action.every((each) => /:Describe/.test(each)));
      else assert.match(JSON.stringify(Condition), /kubernetes\.io\/cluster\/seoul":"owned"|ec2:CreateAction/, Sid);
      if (Action.some((each) => /Tags$/.test(each) && !/Describe/.test(each)))
        assert.match(JSON.stringify(Condition), /:CreateAction/, Sid);
    }
  });

  it("is not switched on or off once kubelets run, whose nodes it would not find", () => {
    for (const [was, becomes] of [
      [{}, BALANCED],
      [BALANCED, {}],
    ] as const) {
      const before = awsEnvironment("highAvailability", was);
      const after = awsEnvironment("highAvailability", becomes, before.lock);
      const applied = parseApplied(JSON.parse(JSON.stringify(appliedState(before.plan))), "seoul");
      assert.deepEqual(
        findDangers(applied, after.plan, before.plan.cluster).map(({ path, action }) => `${action} ${path}`),
        ["never platform.loadBalancer.services"],
      );
    }
    const grown = awsEnvironment("minimal", BALANCED);
    const more = { cluster: { pools: { general: { nodes: { a: { generation: 2 }, z: {} } } } } };
    const applied = parseApplied(JSON.parse(JSON.stringify(appliedState(grown.plan))), "seoul");
    const dangers = findDangers(applied, awsPlan("minimal", merge(BALANCED, more), grown.lock), grown.plan.cluster);
    assert.ok(!dangers.some(({ path }) => path.startsWith("platform.loadBalancer")));
  });

  it("is refused where control planes may do nothing, and beside a kubelet that is told of another machine", () => {
    const infrastructure = { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a"] };
    const errors = (over: FileContent) =>
      planFile(merge({ name: "demo", infrastructure, ...BALANCED }, over))
        .problems.filter(({ severity }) => severity === "error")
        .map(({ path }) => path);
    assert.deepEqual(errors({}), []);
    assert.deepEqual(errors({ infrastructure: { aws: { controllers: false } } }), ["infrastructure.aws.controllers"]);
    const kubelet = (value: unknown) => errors({ cluster: { variables: { kubelet_config_extra_args: value } } });
    assert.deepEqual(kubelet({ providerID: "aws:///a/i-1" }), ["cluster.variables.kubelet_config_extra_args"]);
    assert.deepEqual(kubelet({ maxOpenFiles: 1 }), []);
  });
});

const CLOUD = { platform: { storage: { kind: "cloud", classes: { fast: { type: "gp2" } } } } };

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
    assert.deepEqual(parameters({ ...CLOUD, infrastructure: { aws: { kmsKey } } }, "gp2"), {
      type: "gp2",
      encrypted: "true",
      kmsKeyId: kmsKey,
    });
    const { Statement } = controllersPolicy(awsPlan("minimal", { ...CLOUD, infrastructure: { aws: { kmsKey } } }));
    const lends = Statement.find(({ Action }) => Action.includes("kms:CreateGrant"));
    assert.deepEqual([lends?.Resource, lends?.Condition], [kmsKey, { Bool: { "kms:GrantIsForAWSResource": "true" } }]);
    assert.ok(Statement.some(({ Action, Resource }) => Action.includes("kms:GenerateDataKeyWithoutPlaintext") && Resource === kmsKey));
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
