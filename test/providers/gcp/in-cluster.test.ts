import assert from "node:assert/strict";
import type { PartObject } from "../../../model/cloud-parts";
import { at } from "../../../model/data";
import { controllerRoles } from "../../../providers/gcp/controllers-role";
import { inCluster } from "../../../providers/gcp/in-cluster";
import { permissions } from "../../../providers/gcp/permissions";
import { planFile } from "../../support/environment";
import { buildGcp, gcpPlan } from "../../support/gcp";
import { type FileContent, merge } from "../../support/plan";

const CLOUD = { platform: { storage: { kind: "cloud" } } };

function objects(over: FileContent = {}): readonly PartObject[] {
  const environment = gcpPlan("minimal", merge(CLOUD, over));
  const service = environment.services.find(({ name }) => name === "cloudStorage");
  assert.ok(service && inCluster.volumes?.objects);
  const image = (role: string) => ({ repository: `registry.example/${role}`, tag: service.images[role] ?? "" });
  return inCluster.volumes.objects({ environment, service, image });
}

function argumentsOf(kind: string, container: string, over?: FileContent): readonly string[] {
  const found = objects(over).find((each) => each.kind === kind);
  const containers = at(found, "spec.template.spec.containers") as readonly { readonly name: string; readonly args: readonly string[] }[];
  return containers.find(({ name }) => name === container)?.args ?? [];
}

/** What is wrong with a file, by path. */
function problems(over: FileContent): string[] {
  const infrastructure = { provider: "gcp", region: "asia-northeast3", zones: ["asia-northeast3-a"], gcp: { project: "acme-platform" } };
  return planFile(merge({ name: "demo", infrastructure, ...CLOUD }, over))
    .problems.filter(({ severity }) => severity === "error")
    .map(({ path, reason }) => `${path}: ${reason}`);
}

describe("GCP's driver of persistent disks", () => {
  it("has its rights by the control planes' account: to look at everything, to change what is the environment's", async () => {
    const g = await buildGcp(gcpPlan("minimal", CLOUD));
    const [look, change] = ["control-plane", "disks"].map((name) => g.get(`seoul-role-${name}`).inputs.permissions as string[]);
    assert.ok(look?.every((permission) => /\.(get|list)$/.test(permission)));
    assert.deepEqual(
      change?.filter(
        (permission) =>
          !/^compute\.(disks\.(create|delete|resize|setLabels|use|useReadOnly)|instances\.(attach|detach)Disk)$/.test(permission),
      ),
      [],
    );
    assert.equal(g.get("seoul-grant-control-plane").inputs.condition, undefined, "lists are asked of the project, which has no such name");
    const { condition, member } = g.get("seoul-grant-disks").inputs as { condition: { title: string; expression: string }; member: string };
    assert.equal(
      condition.expression,
      '(resource.type == "compute.googleapis.com/Disk" && resource.name.extract("/disks/{name}").startsWith("seoul-pvc-")) || ' +
        '(resource.type == "compute.googleapis.com/Instance" && resource.name.extract("/instances/{name}").startsWith("seoul-"))',
    );
    assert.match(member, /seoul-control-plane@/);
    for (const { name, inputs } of g.resources.filter(({ type }) => type === "gcp:compute/instance:Instance"))
      assert.ok(String(inputs.name).startsWith("seoul-"), name);
  });

  it("calls disks by what it may change, however long the environment's name is, and marks them as the environment's", () => {
    const [name, uid] = ["a-name-of-exactly-30-characters", "01234567-89ab-cdef-0123-456789abcdef"];
    const prefix = argumentsOf("Deployment", "csi-provisioner", { name: name.slice(0, 30) }).find((each) =>
      each.startsWith("--volume-name-prefix="),
    );
    const [, start = ""] = /=(.*)$/.exec(prefix ?? "") ?? [];
    assert.ok(`${start}-${uid}`.length <= 63, start);
    const [, change] = controllerRoles(gcpPlan("minimal", merge(CLOUD, { name: name.slice(0, 30) })));
    assert.ok(change?.within?.expression.includes(`startsWith("${start}-")`));
    assert.ok(argumentsOf("Deployment", "driver").includes("--extra-labels=team=platform,kpaas-environment=seoul"));
  });

  it("asks the metadata in its machines' own network, so that it stays closed to pods on every node", async () => {
    const plan = gcpPlan("highAvailability", CLOUD);
    for (const kind of ["Deployment", "DaemonSet"])
      assert.equal(
        at(
          objects().find((each) => each.kind === kind),
          "spec.template.spec.hostNetwork",
        ),
        true,
      );
    const storage = plan.services.find(({ name }) => name === "cloudStorage");
    assert.deepEqual(storage?.needs, { cloud: { part: "volumes", metadata: false } });
    const g = await buildGcp(plan);
    for (const { name, roles } of plan.machines) {
      if (roles.includes("bastion")) continue;
      const userData = String((g.get(`seoul-machine-${name}`).inputs.metadata as Record<string, string>)["user-data"]);
      const dropped = userData.indexOf("ip daddr 169.254.169.254 counter drop");
      // The resolver that GCP's machines have is at the same address.
      const resolves = userData.indexOf("ip daddr 169.254.169.254 meta l4proto { tcp, udp } th dport 53 accept");
      assert.ok(resolves > 0 && resolves < dropped, name);
    }
  });

  it("has no rights where it does not run, and neither have the credentials that would grant them", async () => {
    const g = await buildGcp(gcpPlan("minimal"));
    assert.deepEqual(
      g.resources.filter(({ type }) => /IAM/.test(type)).map(({ name }) => name),
      [],
    );
    const may = (over: FileContent) =>
      permissions(gcpPlan("minimal", over)).includedPermissions.includes("resourcemanager.projects.setIamPolicy");
    assert.equal(may({}), false);
    assert.equal(may(CLOUD), true);
    assert.equal(may({ infrastructure: { gcp: { controllers: true } } }), true, "for a driver of the file's own");
  });

  it("makes volumes of the class's type, or the usual one", () => {
    const plan = gcpPlan("minimal", CLOUD);
    assert.deepEqual(inCluster.volumes?.parameters(undefined, plan), { type: "pd-balanced" });
    assert.deepEqual(inCluster.volumes?.parameters("pd-ssd", plan), { type: "pd-ssd" });
  });

  it("is refused where it could do nothing: without rights, of no type of GCP's, of one that the workers take none of", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(problems({ infrastructure: { gcp: { controllers: false } } }), [
      "infrastructure.gcp.controllers: is false, and the driver of persistent disks has its rights by the control planes' account",
    ]);
    assert.deepEqual(problems({ platform: { storage: { classes: { fast: { type: "pd-fast" } } } } }), [
      "platform.storage.classes.fast.type: is no type of a volume that machines can have on GCP",
    ]);
    const alone = {
      infrastructure: { gcp: { bootVolumeType: "hyperdisk-balanced" } },
      cluster: { controlPlane: { size: "c4-standard-4" }, pools: { worker: { size: "c4-standard-8" } } },
    };
    assert.deepEqual(problems(alone), [
      "cluster.pools.worker.size: takes no disk of the type pd-balanced, which the storage class cp-storageclass is",
    ]);
  });
});
