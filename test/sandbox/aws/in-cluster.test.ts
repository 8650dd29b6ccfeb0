import assert from "node:assert/strict";
import type { Question, Values } from "../../../model/findable";
import { controllersPolicy } from "../../../providers/aws/controllers-policy";
import { inCluster } from "../../../providers/aws/in-cluster";
import { state } from "../../../providers/aws/state";
import { AWS } from "../../../sandbox/aws/cloud";
import type { Balanced, PartsAtWork } from "../../../sandbox/cloud/in-cluster";
import { partsAtWork } from "../../../sandbox/cloud/parts-at-work";
import { createCloudProvider } from "../../../sandbox/cloud/provider";
import { Store } from "../../../sandbox/store";
import { awsPlan, SMALL_WORLD } from "../../support/aws";
import { CloudClient, type Created } from "../../support/cloud-client";
import { ProviderClient } from "../../support/provider-client";
import { temporaryFolders } from "../../support/temporary";

const OWN = "kubernetes.io/cluster/seoul";
const ANNOTATION = "service.beta.kubernetes.io/aws-load-balancer-";

const plan = (ingressCidrs: readonly string[]) =>
  awsPlan("minimal", {
    infrastructure: { access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs } },
    platform: { loadBalancer: { kind: "cloud", services: true } },
  });

describe("the simulated controller for balancers on AWS", () => {
  const folders = temporaryFolders();
  let cloud: CloudClient;
  let parts: PartsAtWork;
  let machine: Created;
  let inner: Created;
  const settings = inCluster.controller?.secret?.data(plan([]), {})["cloud.conf"] ?? "";
  const balancers = () => new Store(`${cloud.folder}/aws`).list("loadBalancer");
  const service = (annotations: Record<string, string>, more: Partial<Balanced> = {}): Balanced => ({
    ...{
      uid: "0a-1",
      name: "default_mine",
      wanted: undefined,
      ranges: [],
      nodes: [],
      machines: [`aws:///a/${machine.id}`, "aws:///a/i-0gone"],
    },
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`${ANNOTATION}${key}`, value])),
    ...more,
  });

  /** How the first that keeps a subnet is told of. */
  async function inTheWay({ id }: Created): Promise<string> {
    const { held = {}, all, one, describe: told } = state.inTheWay ?? assert.fail();
    const ids = all.ids(await asked({ token: all.token, args: () => held["aws:ec2/subnet:Subnet"]?.({ id }) ?? {} }));
    return told(await asked(one(ids[0]))) ?? "nobody";
  }
  async function asked(question: Question): Promise<Values> {
    const { token, args } = "token" in question ? question : assert.fail();
    return (await cloud.client.invoke(token, args({}, {}))).properties;
  }

  /** What control planes may do where these may come in. */
  async function world(ingressCidrs: readonly string[]): Promise<void> {
    const folder = folders();
    cloud = new CloudClient(await ProviderClient.serve(createCloudProvider(AWS, folder)), folder, AWS, SMALL_WORLD);
    cloud.world({});
    parts = partsAtWork(AWS, folder);
    const vpc = await cloud.create("Vpc", { cidrBlock: "10.0.0.0/16" });
    await cloud.create("InternetGateway", { vpcId: vpc.id });
    const subnet = (cidrBlock: string, role: string) =>
      cloud.create("Subnet", {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone: "a",
        tags: { [OWN]: "owned", [`kubernetes.io/role/${role}`]: "1" },
      });
    inner = await subnet("10.0.0.0/24", "internal-elb");
    await subnet("10.0.1.0/24", "elb");
    machine = await cloud.create("Instance", {
      ami: "ami-0123456789abcdef0",
      instanceType: "m6i.large",
      subnetId: inner.id,
      privateIp: "10.0.0.10",
    });
    const role = await cloud.create("Role", { name: "cp", assumeRolePolicy: "{}" });
    await cloud.create("RolePolicy", { name: "controllers", role: role.id, policy: JSON.stringify(controllersPolicy(plan(ingressCidrs))) });
  }
  afterEach(() => cloud.client.close());

  it("makes them once, leads to machines by their ids, and keeps the network until they are gone", async () => {
    await world(["0.0.0.0/0"]);
    const inside = service({ type: "nlb", internal: "true" });
    const name = parts.balance(inside, settings);
    assert.match(name, /\.elb\..*\.amazonaws\.com$/);
    assert.equal(parts.balance(inside, settings), name);
    assert.match(parts.balance(service({ type: "nlb" }, { uid: "0a-2" }), settings), /amazonaws/);
    assert.deepEqual(
      balancers().map(({ internal, leadsTo }) => [internal, leadsTo]),
      [true, false].map((internal) => [internal, [machine.id]]),
    );
    await cloud.delete(machine);
    await assert.rejects(cloud.delete(inner), /DependencyViolation|dependencies/);
    assert.match(
      await inTheWay(inner),
      /^network interface eni-\S+ "ELB net\/a0a1" \(10\.0\.0\.\d+\) of a network load balancer made for amazon-elb$/,
    );
    parts.release(new Set(["0a-2"]), new Set());
    await cloud.delete(inner);
    assert.equal(balancers().length, 1);
  });

  it("refuses what AWS and the control planes' policy refuse", async () => {
    await world(["203.0.113.0/24"]);
    const refused = (annotations: Record<string, string>, more: Partial<Balanced> = {}, config = settings) => {
      try {
        return parts.balance(service(annotations, more), config);
      } catch (error) {
        return (error as Error).message;
      }
    };
    assert.match(refused({}), /not authorized to perform: ec2:CreateSecurityGroup/);
    assert.match(refused({ type: "nlb" }), /not authorized to perform: elasticloadbalancing:CreateLoadBalancer/);
    assert.match(refused({ type: "nlb", internal: "true" }, { wanted: "10.0.0.9" }), /LoadBalancerIP cannot be specified/);
    assert.match(refused({ type: "nlb", internal: "true", "eip-allocations": "a,b" }), /same number of EIP/);
    assert.match(refused({ type: "nlb", internal: "true" }, {}, ""), /ClusterID/);
    assert.deepEqual(balancers(), []);
  });
});
