import assert from "node:assert/strict";
import { DEFINITIONS, definitionName } from "../../../components/platform/kubeflow/definitions";
import type { Bag } from "../../../testing/mocks";
import { environmentFile, planFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { run } from "./builds";
import { at, CANARY, ofKind } from "./fixtures";
import { ANEW, held, ISSUER, kubeflow } from "./kubeflow-build";

describe("Kubeflow", () => {
  it("makes each of its programs when those are ready that it needs, without asking again and again", async () => {
    const graph = await run(kubeflow());
    const waits = (name: string) => waitsFor(graph, `ml-${name}`);
    for (const { plural } of DEFINITIONS) assert.ok(waits("workflow-controller").has(`ml-${plural}`), plural);
    for (const [later, earlier] of [
      ["seaweedfs", "ml-pipeline-role"],
      ["metadata-grpc-service", "metadata-settings"],
      ["ml-pipeline", "seaweedfs"],
      ["ml-pipeline", "metadata-grpc-service"],
      ["ml-pipeline", "workflow-controller"],
      ["ml-pipeline-persistenceagent", "ml-pipeline"],
      ["ml-pipeline-scheduledworkflow", "ml-pipeline"],
      ["ml-pipeline-ui", "ml-pipeline"],
      ["ml-pipeline-ui", "metadata-envoy-service"],
      ["ingress", "ml-pipeline-ui"],
    ] as const)
      assert.ok(waits(later).has(`ml-${earlier}`), `${later} waits for ${earlier}`);
  });

  it("has none of the passwords that its manifests have, and meets the database by TLS alone", async () => {
    const settings = JSON.parse(await held("ml-settings", "config.json")) as Bag;
    assert.deepEqual(at(settings, "DBConfig", "MySQLConfig"), {
      ...{ Host: "mariadb.mariadb.svc", Port: "3306", DBName: "kubeflow", User: "kubeflow", Password: `${CANARY}-db` },
      ...{ GroupConcatMaxLen: "4194304", ExtraParams: { tls: "true" } },
    });
    const key = "generated-ml-store-key";
    assert.equal(at(settings, "ObjectStoreConfig", "SecretAccessKey"), key);
    assert.equal(await held("ml-store-keys", "secretkey"), key);
    assert.match(await held("ml-store-settings", "s3.json"), new RegExp(`"secretKey":"${key}"`));
    assert.match(await held("ml-metadata-settings", "config.proto"), /ssl_options \{ ca: ".*\/database\.crt" verify_server_cert: true \}/);
    const whole = JSON.stringify((await run(kubeflow())).resources.map(({ inputs }) => inputs));
    assert.doesNotMatch(whole, /minio123|"root"|12341234/);
  });

  it("lets in who has one of the realm's roles, by a proxy in the UI's pod, and nobody to the UI itself", async () => {
    const graph = await run(kubeflow());
    const login = await held("ml-login", "oauth2-proxy.cfg");
    for (const line of [
      `oidc_issuer_url = "${ISSUER}"`,
      'allowed_groups = ["cp-cluster-admin-role","kubeflow-user"]',
      'oidc_groups_claim = "roles"',
      'upstreams = ["http://127.0.0.1:3000/"]',
      "cookie_secure = true",
      `client_secret = "${CANARY}-client"`,
    ])
      assert.ok(login.includes(`${line}\n`), `${line} in ${login}`);
    const open = ofKind(graph, "networking.k8s.io/v1:NetworkPolicy").flatMap(({ inputs }) =>
      ((at(inputs, "spec", "ingress") ?? []) as Bag[]).flatMap(({ ports }) => (ports as Bag[]).map(({ port }) => port)),
    );
    assert.deepEqual(open.sort(), [8080, 8333, 8443, 8887, 8888, 9090]);
  });

  it("runs what its users send as a plain user, and gives them no more of the Kubernetes API than driver and launcher call", async () => {
    const settings = JSON.parse(await held("ml-settings", "config.json")) as Bag;
    assert.deepEqual(
      ["RUN_AS_NON_ROOT", "RUN_AS_USER", "RUN_AS_GROUP"].map((each) => settings[`DEFAULT_SECURITY_CONTEXT_${each}`]),
      ["true", "1000", "1000"],
    );
    const executor = JSON.parse(await held("ml-workflow-settings", "executor")) as Bag;
    assert.equal(at(executor, "securityContext", "runAsNonRoot"), true);
    const rules = (await run(kubeflow())).get("ml-pipeline-runner-role").inputs.rules as Bag[];
    assert.deepEqual(
      rules.map(({ resources, verbs, resourceNames }) => [resources, verbs, resourceNames].flat().join(" ").trim()),
      [
        "secrets get mlpipeline-minio-artifact",
        "configmaps get kfp-launcher",
        "pods get",
        "persistentvolumeclaims create get delete",
        "workflowtaskresults create patch",
      ],
    );
  });

  it("makes the pods anew that read the store's key at their start, when it is exchanged, and no others", async () => {
    const changed = (await run(kubeflow())).changed(await run(kubeflow(), { outputs: ANEW }));
    const pods = ["seaweedfs", "ml-pipeline", "ml-pipeline-ui"];
    for (const each of pods) assert.ok(changed.includes(`ml-${each}`), `${each} of ${changed.join(", ")}`);
    for (const each of ["workflow-controller", "ml-pipeline-persistenceagent", "metadata-grpc-service"])
      assert.ok(!changed.includes(`ml-${each}`), each);
  });

  it("leaves its definitions where it leaves the volume, or what is of them would go", async () => {
    for (const retainData of [false, true]) {
      const graph = await run(kubeflow({ retainData }));
      const made = ofKind(graph, "apiextensions.k8s.io/v1:CustomResourceDefinition");
      assert.deepEqual(made.map(({ inputs }) => String(at(inputs, "metadata", "name"))).sort(), DEFINITIONS.map(definitionName).sort());
      for (const { options } of [...made, graph.get("ml-data"), graph.get("ml-namespace")])
        assert.equal(options.retainOnDelete ?? false, retainData);
      assert.equal(graph.get("ml-data").options.protect, true);
    }
  });

  it("refuses the parts that are not made, each with the reason", () => {
    const found = (parts: string[]) =>
      planFile(environmentFile({ platform: { services: { kubeflow: { parts } } } })).problems.filter(({ path }) =>
        path.startsWith("platform.services.kubeflow.parts"),
      );
    assert.deepEqual(found(["pipelines"]), []);
    const [trainer, others, dashboard] = found(["pipelines", "trainer", "pipes", "dashboard"]);
    assert.match(
      trainer?.reason ?? "",
      /is a part of Kubeflow that is not made here yet: its controller watches the Secrets of every namespace.*training is the Training Operator/,
    );
    assert.match(others?.reason ?? "", /is no part of Kubeflow/);
    assert.match(dashboard?.reason ?? "", /is there with profiles/);
  });
});
