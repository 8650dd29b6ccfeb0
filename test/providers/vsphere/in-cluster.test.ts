import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { repositoryAndTag } from "../../../components/platform/objects";
import type { PartObject } from "../../../model/cloud-parts";
import { at, fields, list } from "../../../model/data";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { inCluster, TOLD } from "../../../providers/vsphere/in-cluster";
import { VSphereInfrastructure } from "../../../providers/vsphere/infrastructure";
import { DRIVER_NEEDS, permissions } from "../../../providers/vsphere/permissions";
import { value } from "../../support/openstack";
import { type FileContent, merge, samplePlan } from "../../support/plan";
import { fails, surveyed } from "../../support/survey";
import { ANSWERS, build, built, ON_VSPHERE } from "../../support/vsphere";

const USER = "kpaas-storage@vsphere.local";
const storageDriver = { user: USER, password: { env: "STORAGE_PASSWORD" } };
const CLOUD = merge(ON_VSPHERE, {
  infrastructure: { vsphere: { storageDriver } },
  platform: { storage: { kind: "cloud", classes: { gold: { type: "Gold" }, vmfs: { type: "ds:///vmfs/volumes/5c8b/" } } } },
});
const plan = (over: FileContent = {}, profile: "minimal" | "highAvailability" = "highAvailability"): EnvironmentPlan =>
  samplePlan(profile, merge(CLOUD, over));
const zoned = { infrastructure: { vsphere: { storageDriver: { ...storageDriver, zoneCategory: "k8s-zone" } } } };
const volumes = inCluster.volumes!;

/** The driver's objects by `KIND NAME`. */
function objects(environment: EnvironmentPlan, replicas = 1): Record<string, PartObject> {
  const service = environment.services.find(({ name }) => name === "cloudStorage");
  assert.ok(service);
  const image = (role: string) => repositoryAndTag(service.images[role] ?? assert.fail(role));
  const made = volumes.objects?.({ environment, service: { ...service, replicas }, image }) ?? [];
  return Object.fromEntries(made.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

const podOf = (object: PartObject | undefined) => fields(at(object, "spec.template.spec"));
const containersOf = (object: PartObject | undefined) => list(podOf(object).containers).map(fields);
const argsOf = (object: PartObject | undefined) => containersOf(object).flatMap(({ args }) => list(args).map(String));

describe("vSphere's driver of volumes", () => {
  it("is told vCenter, its own user and the datacenter, and who has signed vCenter's certificate; never to take any", () => {
    assert.equal(
      volumes.secret?.data(plan(zoned), { [TOLD.password]: 'p"a\\ss' })["csi-vsphere.conf"],
      [
        "[Global]",
        'cluster-distribution = "K-PaaS"',
        "",
        '[VirtualCenter "vcenter.example.org"]',
        `user = "${USER}"`,
        'password = "p\\"a\\\\ss"',
        'port = "443"',
        'datacenters = "Seoul"',
        "",
        "[Labels]",
        'topology-categories = "k8s-zone"',
        "",
      ].join("\n"),
    );
    const trusting = volumes.secret?.data(plan(), { [TOLD.password]: "p", [TOLD.ca]: "-----BEGIN CERTIFICATE-----" }) ?? {};
    // The syncer reads it there alone.
    assert.match(trusting["csi-vsphere.conf"] ?? "", /^\[Global\]\n.*\nca-file = "\/etc\/cloud\/ca\.pem"\n\n\[VirtualCenter/);
    assert.equal(trusting["ca.pem"], "-----BEGIN CERTIFICATE-----");
    assert.doesNotMatch(JSON.stringify(trusting), /insecure|cluster-id/);
  });

  it("has its password and authority from the infrastructure, as secrets", async () => {
    const cloud = { "storageDriver.password": output("canary-password"), "storageDriver.ca": output("pem") };
    const g = await build(plan(), { cloud });
    const { told } = built(g);
    assert.deepEqual(told?.ids, {});
    assert.deepEqual(Object.keys(told?.secrets ?? {}).sort(), [TOLD.ca, TOLD.password].sort());
    assert.equal(await value(told?.secrets[TOLD.password]), "canary-password");
    assert.deepEqual(g.leaks("canary-password"), []);
    assert.equal(built(await build(samplePlan("minimal", ON_VSPHERE))).told, undefined);
  });

  it("keeps what it attaches: of nodes no disk is the provider's to take off, of others their own are", async () => {
    const environment = plan();
    const g = await build(environment);
    for (const { name, roles } of environment.machines) {
      const ignored = g.get(`seoul-machine-${name}`).options.ignoreChanges;
      assert.ok(ignored.includes(roles.includes("bastion") ? "disks[0]" : "disks"), `${name}: ${ignored.join(", ")}`);
    }
    const shared = await build(samplePlan("highAvailability", ON_VSPHERE));
    for (const { options } of shared.resources.filter(({ type }) => type.endsWith(":VirtualMachine")))
      assert.ok(options.ignoreChanges.includes("disks[0]"));
  });

  it("reaches vCenter from control planes, by its address where the file has one", () => {
    const to = (server: string) =>
      plan({ infrastructure: { vsphere: { server } } }).flows.filter(({ reason }) => reason.startsWith("vCenter"));
    const flow = { from: "control-plane", protocol: "tcp", ports: [443], reason: "vCenter, for vSphere's driver of volumes" };
    assert.deepEqual(to("10.9.0.5"), [{ ...flow, to: "cidr:10.9.0.5/32" }]);
    assert.deepEqual(to("vcenter.example.org"), [{ ...flow, to: "cidr:0.0.0.0/0" }]);
  });

  it("makes a class of a policy, of a datastore, or of whatever its user may use", () => {
    const parameters = (type?: string) => volumes.parameters(type, plan());
    assert.deepEqual(parameters(), {});
    assert.deepEqual(parameters("Gold"), { storagepolicyname: "Gold" });
    assert.deepEqual(parameters("ds:///vmfs/volumes/5c8b/"), { datastoreurl: "ds:///vmfs/volumes/5c8b/" });
  });

  it("asks for a policy, a category and a tag for each zone before anything is made", async () => {
    const known = { "vsphere:index/getTagCategory:getTagCategory": () => ({ id: "category" }) };
    const look = (answers: typeof ANSWERS) =>
      surveyed(() => new VSphereInfrastructure("seoul", { plan: plan(zoned), secrets: {} }), { ...ANSWERS, ...known, ...answers });
    assert.deepEqual(await look({}), []);
    assert.deepEqual(await look({ "vsphere:index/getPolicy:getPolicy": fails('no pbm profile found with name: "Gold"') }), [
      "platform.storage.classes.gold.type: the cloud has no storage policy of that name or path, or none that this user may use",
    ]);
    assert.deepEqual(
      await look({ "vsphere:index/getTag:getTag": fails('tag name "az-1" not found in category ID "category"') }),
      ["infrastructure.zones", "infrastructure.zones", "infrastructure.zones"].map(
        (field) => `${field}: the cloud has no zone's tag of that name or path, or none that this user may use`,
      ),
    );
    assert.deepEqual(await look({ "vsphere:index/getTagCategory:getTagCategory": fails('category name "k8s-zone" not found') }), [
      "infrastructure.vsphere.storageDriver.zoneCategory: the cloud has no category of tags of that name or path, or none that this user may use",
    ]);
  });

  it("needs a user with five short roles, which are printed beside those of this tool's user", () => {
    const printed = permissions(plan());
    const own = printed[USER];
    assert.deepEqual(own, {
      cluster: ["System.Read", "System.View"],
      datacenter: ["System.Read", "System.View"],
      datastore: ["Datastore.FileManagement"],
      folder: ["VirtualMachine.Config.AddExistingDisk", "VirtualMachine.Config.AddRemoveDevice"],
      vCenter: ["Cns.Searchable", "StorageProfile.View"],
    });
    assert.ok(DRIVER_NEEDS.every(({ source }) => source !== ""));
    assert.equal(permissions(samplePlan("highAvailability", ON_VSPHERE))[USER], undefined);
  });
});

describe("the objects of vSphere's driver", () => {
  it("are those that volumes need, in the service's namespace but for what there is one of", () => {
    const all = objects(plan());
    assert.deepEqual(Object.keys(all).sort(), [
      "CSIDriver csi.vsphere.vmware.com",
      ...["ClusterRole vsphere-csi-controller", "ClusterRole vsphere-csi-node"],
      ...["ClusterRoleBinding vsphere-csi-controller", "ClusterRoleBinding vsphere-csi-node"],
      "ConfigMap internal-feature-states.csi.vsphere.vmware.com",
      "DaemonSet vsphere-csi-node",
      "Deployment vsphere-csi-controller",
      ...["Role vsphere-csi-controller", "Role vsphere-csi-node"],
      ...["RoleBinding vsphere-csi-controller", "RoleBinding vsphere-csi-node"],
      ...["ServiceAccount vsphere-csi-controller", "ServiceAccount vsphere-csi-node"],
    ]);
    for (const { kind, clusterWide = false } of Object.values(all)) assert.equal(clusterWide, /^(CSIDriver|Cluster)/.test(kind), kind);
    for (const binding of Object.values(all).filter(({ kind }) => kind.endsWith("Binding")))
      assert.deepEqual(
        list(at(binding, "subjects")).map((each) => fields(each).namespace),
        ["cloud-storage"],
      );
    assert.ok(objects(plan(), 2)["PodDisruptionBudget vsphere-csi-controller"]);
  });

  it("tell the driver how many disks a machine takes as long as it does not know by itself", () => {
    const told = (release: string) => {
      const driver = containersOf(objects(plan({ release }))["DaemonSet vsphere-csi-node"]).find(({ name }) => name === "driver");
      return list(driver?.env).flatMap((each) => (at(each, "name") === "MAX_VOLUMES_PER_NODE" ? [at(each, "value")] : []));
    };
    assert.deepEqual(told("1.6.2"), ["59"]);
    assert.deepEqual(told("1.7.0"), []);
  });

  it("run on control planes as a plain user, and on nodes with no more than mounting needs", () => {
    const { "Deployment vsphere-csi-controller": controller, "DaemonSet vsphere-csi-node": node } = objects(plan());
    const pod = podOf(controller);
    assert.deepEqual(pod.nodeSelector, { "node-role.kubernetes.io/control-plane": "" });
    assert.equal(at(pod, "securityContext.runAsNonRoot"), true);
    assert.equal(pod.hostNetwork, undefined);
    for (const { name, securityContext } of containersOf(controller))
      assert.deepEqual(
        securityContext,
        { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
        String(name),
      );
    const privileged = containersOf(node).filter(({ securityContext }) => at(securityContext, "privileged") === true);
    assert.deepEqual(
      privileged.map(({ name }) => name),
      ["driver"],
    );
    // Of the machine's own ports none is open to others.
    assert.ok(containersOf(node).every(({ ports }) => ports === undefined));
    assert.ok(argsOf(node).includes("--http-endpoint=127.0.0.1:9808"));
  });

  it("change no definitions but the driver's own, and read no Secrets", () => {
    const rules = Object.values(objects(plan())).flatMap(({ kind, rules: own }) => (kind.endsWith("Role") ? list(own).map(fields) : []));
    for (const { resources, verbs, resourceNames } of rules) {
      assert.ok(!list(resources).some((each) => each === "secrets" || each === "*") && !list(verbs).includes("*"));
      if (!list(resources).includes("customresourcedefinitions")) continue;
      if (resourceNames === undefined) assert.deepEqual(verbs, ["create"]);
      else assert.ok(list(resourceNames).every((name) => String(name).endsWith(".cns.vmware.com")));
    }
  });

  it("keep volumes to zones where the file says by which tags", () => {
    const strict = (environment: EnvironmentPlan) =>
      argsOf(objects(environment)["Deployment vsphere-csi-controller"]).includes("--strict-topology");
    assert.equal(strict(plan()), false);
    assert.equal(strict(plan(zoned)), true);
  });
});
