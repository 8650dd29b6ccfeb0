import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { upEnvironment } from "../../engine/operations";
import type { RealApi } from "../../sandbox/kubernetes/real/api";
import { at, type Fields, nameOf } from "../../sandbox/kubernetes/values";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { RealCluster } from "../support/real-cluster";
import { freePorts, makeCertificates, programForTests, stopServer } from "../support/real-server";
import { EVERY_ROW, ROWS_TENANTS } from "../support/rows";
import { serversForTests } from "../support/servers";

/** What Katib's program has compiled in: it reads its certificate there. */
const KATIB_CERTIFICATE = "/tmp/cert";

const IMAGE = "docker.io/library/one:1";
const RESTRICTED = { allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 1000, capabilities: { drop: ["ALL"] } };
const POD = {
  ...{ automountServiceAccountToken: false, restartPolicy: "Never" },
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
  containers: [{ name: "training-container", image: IMAGE, command: ["/one"], securityContext: RESTRICTED }],
};
const JOB = {
  ...{ apiVersion: "batch/v1", kind: "Job" },
  spec: { template: { metadata: { labels: { "sidecar.istio.io/inject": "false" } }, spec: POD } },
};
const GOAL = {
  ...{ type: "minimize", goal: 0.001, objectiveMetricName: "loss" },
  metricStrategies: [{ name: "loss", value: "min" }],
};
const CONDITION = (type: string) => `status.conditions.#(type=="${type}")#|#(status=="True")#`;
const ENDS = { successCondition: CONDITION("Complete"), failureCondition: CONDITION("Failed") };

/** Kubeflow's own controllers, each as its account, on a real API server that holds an environment's objects. No node runs what they make. The tests are one story, in order. */
describe("Kubeflow's controllers with our rights", function () {
  this.timeout(900_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-e2e-"));
  const world = join(root, ".kpaas", "sandbox", "world", "flow");
  const running: ChildProcess[] = [];
  let cluster: RealCluster;
  let api: RealApi;

  before(async function () {
    await engineForTests.call(this);
    cluster = await RealCluster.start(join(root, "servers"), world, await serversForTests.call(this));
    api = cluster.api;
  });
  afterEach(() => Promise.all(running.splice(0).map(stopServer)));
  after(async () => {
    await cluster?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  /** Starts one of them, with what is written of it to tell what it was refused. */
  const start = async (program: string, account: string, args: readonly string[], env: Readonly<Record<string, string>>) => {
    const kubeconfig = join(root, `${account}.json`);
    writeFileSync(kubeconfig, JSON.stringify(await cluster.kubeconfigOf("kubeflow", account)), { mode: 0o600 });
    const controller = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, KUBECONFIG: kubeconfig, TMPDIR: root, ...env },
    });
    running.push(controller);
    const told = { log: "" };
    for (const stream of [controller.stdout, controller.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        told.log += text;
      });
    return told;
  };

  /** Waits until a controller has made all of it in the profile. */
  const made = async (told: { readonly log: string }, wanted: Readonly<Record<string, string>>): Promise<void> => {
    for (const [kind, name] of Object.entries(wanted))
      for (let tries = 0; ; tries++) {
        const there = (await api.list(kind)).filter((object) => at(object, "metadata.namespace") === "shop").map(nameOf);
        if (there.includes(name)) break;
        assert.ok(tries < 120, `${kind} ${name}: ${there.join()}\n${told.log.slice(-4000)}`);
        await pause(500);
      }
    // What it does next, too.
    await pause(3000);
    assert.doesNotMatch(told.log, /forbidden/i);
  };

  const apply = (object: Fields) => api.apply(object, object);

  it("have the objects of an environment with profiles before them", async () => {
    const services = { istio: true, istioGateway: true, kubeflow: EVERY_ROW.kubeflow };
    const { plan } = plannedFile({
      name: "flow",
      infrastructure: { provider: "openstack" },
      platform: { services, tenants: ROWS_TENANTS },
    });
    await upEnvironment({ plan, root, sandbox: true, approvals: [] });
    // The API server reaches none of them here: what they would fill in is written out below.
    for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
      for (const each of await api.list(`admissionregistration.k8s.io/v1/${kind}`)) await api.delete(each);
  });

  it("notebook-controller makes a notebook", async function () {
    const program = programForTests.call(this, "notebook-controller", "put Kubeflow 1.10.0's on PATH");
    const [metrics = 0, probe = 0] = await freePorts(2);
    const env = {
      USE_ISTIO: "true",
      ISTIO_GATEWAY: "istio-ingress/kubeflow",
      ISTIO_HOST: "kubeflow.example.org",
      CLUSTER_DOMAIN: "cluster.local",
    };
    const told = await start(
      program,
      "notebook-controller",
      [`--metrics-addr=127.0.0.1:${metrics}`, `--probe-addr=127.0.0.1:${probe}`],
      env,
    );
    const spec = { template: { spec: { ...POD, restartPolicy: "Always", serviceAccountName: "default-editor" } } };
    await apply({ apiVersion: "kubeflow.org/v1beta1", kind: "Notebook", metadata: { name: "one", namespace: "shop" }, spec });
    await made(told, {
      "apps/v1/StatefulSet": "one",
      "v1/Service": "one",
      "networking.istio.io/v1beta1/VirtualService": "notebook-shop-one",
    });
  });

  it("tensorboard-controller makes a TensorBoard", async function () {
    const program = programForTests.call(this, "tensorboard-controller", "put Kubeflow 1.10.0's on PATH");
    const [probe = 0] = await freePorts(1);
    const env = {
      TENSORBOARD_IMAGE: IMAGE,
      ISTIO_GATEWAY: "istio-ingress/kubeflow",
      ISTIO_HOST: "kubeflow.example.org",
      RWO_PVC_SCHEDULING: "true",
    };
    const args = ["--metrics-bind-address=0", `--health-probe-bind-address=127.0.0.1:${probe}`];
    const told = await start(program, "tensorboard-controller", args, env);
    const resources = { requests: { storage: "1Gi" } };
    const claim = { accessModes: ["ReadWriteOnce"], storageClassName: "cp-storageclass", resources };
    await apply({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "logs", namespace: "shop" }, spec: claim });
    const spec = { logspath: "pvc://logs/run" };
    await apply({
      apiVersion: "tensorboard.kubeflow.org/v1alpha1",
      kind: "Tensorboard",
      metadata: { name: "two", namespace: "shop" },
      spec,
    });
    await made(told, { "apps/v1/Deployment": "two", "v1/Service": "two", "networking.istio.io/v1beta1/VirtualService": "two" });
  });

  it("pvcviewer-controller makes a viewer of a volume", async function () {
    const program = programForTests.call(this, "pvcviewer-controller", "put Kubeflow 1.10.0's on PATH");
    makeCertificates(join(root, "k8s-webhook-server", "serving-certs"));
    const [probe = 0] = await freePorts(1);
    const args = ["--metrics-bind-address=0", `--health-probe-bind-address=127.0.0.1:${probe}`];
    const told = await start(program, "pvcviewer-controller", args, { ISTIO_GATEWAY: "istio-ingress/kubeflow" });
    const networking = { targetPort: 8080, basePrefix: "/pvcviewers", rewrite: "/", timeout: "30s" };
    const volumes = [{ name: "viewer-volume", persistentVolumeClaim: { claimName: "logs" } }];
    const spec = { pvc: "logs", podSpec: { ...POD, restartPolicy: "Always", volumes }, networking, rwoScheduling: true };
    await apply({ apiVersion: "kubeflow.org/v1alpha1", kind: "PVCViewer", metadata: { name: "three", namespace: "shop" }, spec });
    await made(told, {
      "apps/v1/Deployment": "pvcviewer-three",
      "v1/Service": "pvcviewer-three",
      "networking.istio.io/v1beta1/VirtualService": "pvcviewer-three",
    });
  });

  it("katib-controller has values suggested for an experiment, and makes the job of a trial", async function () {
    const program = programForTests.call(this, "katib-controller", "put Katib 0.19.0's on PATH");
    const [webhook = 0, metrics = 0, health = 0] = await freePorts(3);
    const [settings] = (await api.list("v1/ConfigMap")).filter((each) => nameOf(each) === "katib-config");
    const config = JSON.parse(String((at(settings ?? {}, "data") as Fields)["katib-config.yaml"]));
    Object.assign(config.init.controller, {
      webhookPort: webhook,
      healthzAddr: `127.0.0.1:${health}`,
      metricsAddr: `127.0.0.1:${metrics}`,
    });
    const file = join(root, "katib-config.yaml");
    writeFileSync(file, JSON.stringify(config));
    mkdirSync(KATIB_CERTIFICATE, { recursive: true });
    makeCertificates(KATIB_CERTIFICATE);
    try {
      const told = await start(program, "katib-controller", [`--katib-config=${file}`], { KATIB_CORE_NAMESPACE: "kubeflow" });
      const spec = {
        ...{ objective: GOAL, algorithm: { algorithmName: "random" }, resumePolicy: "Never" },
        ...{ parallelTrialCount: 1, maxTrialCount: 1, maxFailedTrialCount: 1 },
        parameters: [{ name: "x", parameterType: "double", feasibleSpace: { min: "0", max: "4", distribution: "uniform" } }],
        metricsCollectorSpec: { collector: { kind: "StdOut" } },
        trialTemplate: {
          ...{ primaryContainerName: "training-container", trialParameters: [{ name: "x", reference: "x" }], trialSpec: JOB, ...ENDS },
        },
      };
      await apply({ apiVersion: "kubeflow.org/v1beta1", kind: "Experiment", metadata: { name: "four", namespace: "shop" }, spec });
      await made(told, {
        "kubeflow.org/v1beta1/Suggestion": "four",
        "apps/v1/Deployment": "four-random",
        "v1/Service": "four-random",
      });
      // Whoever suggests runs nowhere here, so the trial is written as the experiment would have it.
      await apply({
        ...{ apiVersion: "kubeflow.org/v1beta1", kind: "Trial" },
        metadata: { name: "four-one", namespace: "shop", labels: { "katib.kubeflow.org/experiment": "four" } },
        spec: {
          ...{ objective: GOAL, parameterAssignments: [{ name: "x", value: "1" }], primaryContainerName: "training-container" },
          ...{ metricsCollector: { collector: { kind: "StdOut" } }, ...ENDS },
          runSpec: { ...JOB, metadata: { name: "four-one", namespace: "shop" } },
        },
      });
      await made(told, { "batch/v1/Job": "four-one" });
    } finally {
      rmSync(KATIB_CERTIFICATE, { recursive: true, force: true });
    }
  });
});
