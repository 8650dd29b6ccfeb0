import assert from "node:assert/strict";
import { parse } from "yaml";
import { Kubeflow } from "../../../components/platform/kubeflow/kubeflow";
import { plainContainers } from "../../../components/platform/kubeflow/parts/names";
import { fromNamespace, selectorLabels } from "../../../components/platform/objects";
import type { Graph } from "../../../testing/graph";
import { type Bag, unwrapSecret } from "../../../testing/mocks";
import { environmentFile, planFile, plannedFile } from "../../support/environment";
import { waitsFor } from "../../support/waits";
import { type Build, run } from "./builds";
import { at, CANARY, ofKind, servicePlan } from "./fixtures";
import { given, held } from "./kubeflow-build";

describe("Kubeflow for several", () => {
  const PRINCIPAL = "cluster.local/ns/istio-ingress/sa/istio-ingressgateway";
  const shared = {
    profiles: { shop: { owner: "kim", editors: ["lee"], viewers: ["park"] } },
    parts: ["notebooks", "volumes", "katib", "kserve", "training", "tensorboard"],
    mesh: { rootNamespace: "istio-system", trustDomain: "cluster.local", labels: {} },
    gateway: { gateway: "istio-ingress/kubeflow", namespace: "istio-ingress", principal: PRINCIPAL },
  } as const;
  const SCREENS = [
    "ml-pipeline-ui",
    "jupyter-web-app",
    "tensorboards-web-app",
    "volumes-web-app",
    "katib-ui",
    "kserve-models-web-app",
    "centraldashboard",
  ];
  /** With what is made in the namespace of the tenant. */
  const whole: Build = (common, opts) => {
    const made = new Kubeflow("ml", { ...given(common), plan: servicePlan("kubeflow"), shared }, opts);
    made.enterTenants("ml-tenants", { shop: made }, opts);
  };
  const specs = (graph: Graph, kind: string): Record<string, Bag> =>
    Object.fromEntries(
      ofKind(graph, kind).map(({ inputs }) => [
        `${String(at(inputs, "metadata", "namespace"))}/${String(at(inputs, "metadata", "name"))}`,
        inputs.spec as Bag,
      ]),
    );
  const POLICY = "security.istio.io/v1:AuthorizationPolicy";
  let graph: Graph;
  before(async () => {
    graph = await run(whole);
  });

  it("has whoever is behind the gate ask it by itself, whichever host a request came by, and be met by the mesh's gateway alone", () => {
    const policies = specs(graph, POLICY);
    for (const screen of SCREENS) {
      const selector = { matchLabels: { "app.kubernetes.io/name": screen, "app.kubernetes.io/part-of": "k-paas" } };
      assert.deepEqual(policies[`kubeflow/${screen}-gate`], {
        ...{ selector, action: "CUSTOM", provider: { name: "kubeflow-login" }, rules: [{}] },
      });
      assert.deepEqual(policies[`kubeflow/${screen}`], {
        ...{ selector, action: "ALLOW", rules: [{ from: [{ source: { principals: [PRINCIPAL] } }] }] },
      });
    }
    assert.deepEqual(at(policies["kubeflow/profiles-kfam"], "rules", "0", "from", "0", "source", "principals"), [
      "cluster.local/ns/kubeflow/sa/centraldashboard",
    ]);
    assert.deepEqual(Object.keys(policies).length, 19);
  });

  it("lets owner and editors in to what runs in a profile, viewers not, and the namespace's own pods", () => {
    const policies = specs(graph, POLICY);
    assert.deepEqual(policies["shop/kubeflow-gate"], {
      ...{ action: "CUSTOM", provider: { name: "kubeflow-login" }, rules: [{ from: [{ source: { principals: [PRINCIPAL] } }] }] },
    });
    assert.deepEqual(policies["shop/kubeflow"], {
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: [PRINCIPAL] } }],
          when: [{ key: "request.headers[x-auth-request-email]", values: ["kim", "lee"] }],
        },
        { from: [{ source: { namespaces: ["shop"] } }] },
      ],
    });
  });

  it("has the pods that are met in it in the mesh, and all others outside: they speak TLS of their own", () => {
    const inside = ofKind(graph, "apps/v1:Deployment").flatMap(({ inputs }) =>
      at(inputs, "spec", "template", "metadata", "labels", "sidecar.istio.io/inject") === "false"
        ? []
        : [String(at(inputs, "metadata", "name"))],
    );
    assert.deepEqual(inside.sort(), [
      "centraldashboard",
      "jupyter-web-app",
      "katib-ui",
      "kserve-models-web-app",
      "kubeflow-login",
      "ml-pipeline-ui",
      "ml-pipeline-ui-artifact",
      "profiles-kfam",
      "tensorboards-web-app",
      "volumes-web-app",
    ]);
    assert.equal(ofKind(graph, "networking.k8s.io/v1:Ingress").length, 0);
    const [routes] = Object.values(specs(graph, "networking.istio.io/v1:VirtualService"));
    const paths = (at(routes, "http") as Bag[]).map((each) => at(each, "match", "0", "uri", "prefix"));
    assert.deepEqual(paths, ["/oauth2/", "/pipeline", "/jupyter/", "/tensorboards/", "/volumes/", "/katib/", "/kserve-endpoints/", "/"]);
  });

  it("opens the gate to whoever asks it, and screens to the mesh's gateway, in the network too", () => {
    const peers = (name: string) =>
      (at(graph.get(`ml-${name}`).inputs, "spec", "ingress", "0", "from") as Bag[]).map(
        (each) => at(each, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") ?? "its own",
      );
    assert.deepEqual(peers("allow-gate"), ["istio-ingress", "its own", "shop"]);
    for (const screen of SCREENS) assert.deepEqual(peers(`allow-${screen}`), ["istio-ingress"]);
  });

  it("writes in the namespaces of profiles alone, and gives nobody there what leads requests or judges them", () => {
    const changing = (rules: unknown) =>
      (rules as { verbs: string[]; resources: string[] }[]).flatMap(({ verbs, resources }) =>
        verbs.some((verb) => !["get", "list", "watch", "readArtifact"].includes(verb)) ? resources : [],
      );
    const everywhere = ofKind(graph, "rbac.authorization.k8s.io/v1:ClusterRole").flatMap(({ inputs }) => changing(inputs.rules));
    assert.deepEqual(new Set(everywhere), new Set(["subjectaccessreviews", "tokenreviews", "scheduledworkflows", "workflows"]));
    // These are words to Pipelines' API server, and no objects of the cluster's.
    const PIPELINES = ["pipelines", "pipelineversions", "experiments", "runs", "jobs"];
    for (const role of ["admin", "edit", "view"]) {
      const resources = changing(graph.get(`ml-tenants-shop-kubeflow-${role}-role`).inputs.rules);
      assert.deepEqual(
        resources,
        role === "view"
          ? []
          : [
              ...PIPELINES,
              ...["notebooks", "persistentvolumeclaims", "tensorboards", "persistentvolumeclaims", "pvcviewers", "experiments"],
              ...["inferenceservices", "servingruntimes", "pytorchjobs", "tfjobs", "xgboostjobs", "jaxjobs"],
            ],
      );
    }
    const members = ofKind(graph, "rbac.authorization.k8s.io/v1:RoleBinding").flatMap(({ inputs }) => {
      const user = at(inputs, "metadata", "annotations", "user");
      return user === undefined ? [] : [`${String(user)} ${String(at(inputs, "metadata", "annotations", "role"))}`];
    });
    assert.deepEqual(members.sort(), ["kim admin", "lee edit", "park view"]);
  });

  it("has notebooks do in their profile's pipelines what its editors may, and nothing in the Kubernetes API", () => {
    const groupsOf = (role: string) =>
      (graph.get(`ml-tenants-shop-${role}-role`).inputs.rules as Bag[]).filter(
        ({ apiGroups }) => String(apiGroups) === "pipelines.kubeflow.org",
      );
    const { rules } = graph.get("ml-tenants-shop-default-editor-role").inputs;
    assert.ok((rules as Bag[]).length > 4);
    assert.deepEqual(rules, groupsOf("kubeflow-edit"));
  });

  it("makes notebooks of a file that its program fills in, with no brace but those of names", async () => {
    const template = await held("ml-notebook-choices", "notebook_template.yaml", whole);
    assert.deepEqual([...template.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name).sort(), [
      ...["creator", "name", "name", "name", "namespace", "serviceAccount"],
    ]);
    const notebook = parse(template.replace(/\{[^}]*\}/g, "x")) as Bag;
    const pod = at(notebook, "spec", "template", "spec") as Bag;
    const [{ env, volumeMounts }] = pod.containers as [{ env: Bag[]; volumeMounts: Bag[] }];
    // What the SDK of Pipelines looks for by itself.
    const told = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    assert.equal(told.KF_PIPELINES_ENDPOINT, "https://ml-pipeline-door.kubeflow.svc.cluster.local:8888");
    assert.equal(told.KF_PIPELINES_SA_TOKEN_PATH, `${String(volumeMounts[0]?.mountPath)}/token`);
    const [token, trust] = at(pod, "volumes", "0", "projected", "sources") as [Bag, Bag];
    assert.equal(at(token, "serviceAccountToken", "audience"), "pipelines.kubeflow.org");
    assert.equal(at(trust, "configMap", "name"), "kubeflow-trust");
    const { spawnerFormDefaults } = JSON.parse(await held("ml-notebook-choices", "spawner_ui_config.yaml", whole)) as {
      spawnerFormDefaults: Bag;
    };
    assert.equal(at(spawnerFormDefaults, "workspaceVolume", "value", "newPvc", "spec", "storageClassName"), "cp-storageclass");
  });

  describe("with pipelines of each profile", () => {
    const two = { ...shared, profiles: { ...shared.profiles, bank: { owner: "ann" } } };
    const both: Build = (common, opts) => {
      const made = new Kubeflow("ml", { ...given(common), plan: servicePlan("kubeflow"), shared: two }, opts);
      made.enterTenants("ml-tenants", { shop: made, bank: made }, opts);
    };
    const container = (deployment: string): Bag => at(graph.get(deployment).inputs, "spec", "template", "spec", "containers", "0") as Bag;
    const env = (deployment: string): Record<string, unknown> =>
      Object.fromEntries((container(deployment).env as Bag[]).map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));

    it("gives each a key of the store for its own path, which its runs alone have, and the UI none", async () => {
      const { identities } = JSON.parse(await held("ml-store-settings", "s3.json", both)) as { identities: Bag[] };
      assert.deepEqual(
        identities.map(({ name, actions }) => [name, (actions as string[])[0]]),
        [
          ["kubeflow", "Admin"],
          ["profile-shop", "Read:mlpipeline/private-artifacts/shop/*"],
          ["profile-bank", "Read:mlpipeline/private-artifacts/bank/*"],
        ],
      );
      for (const { actions, name } of identities.slice(1))
        for (const action of actions as string[])
          assert.match(action, new RegExp(`^[A-Z][a-z]+:mlpipeline/private-artifacts/${String(name).slice("profile-".length)}/\\*$`));
      const keys = identities.map(({ credentials }) => at(credentials, "0", "secretKey"));
      assert.equal(new Set(keys).size, 3);
      assert.equal(await held("ml-tenants-bank-store-keys", "secretkey", both), keys[2]);
      assert.match(await held("ml-tenants-bank-launcher", "defaultPipelineRoot", both), /private-artifacts\/bank\//);
      const ui = env("ml-ml-pipeline-ui");
      assert.deepEqual(
        Object.keys(ui).filter((name) => /MINIO|AWS/.test(name)),
        [],
      );
      assert.equal(ui.ALLOWED_ARTIFACT_DOMAIN_REGEX, "^ml-pipeline-ui-artifact\\.(shop)$");
    });

    it("believes who somebody is of the UI alone, and of others a token: the door drops the word, and lets nothing by that asks nobody", async () => {
      const config = JSON.parse(await held("ml-door-settings", "envoy.json", whole)) as Bag;
      const manager = (index: number): Bag =>
        at(config, "static_resources", "listeners", String(index), "filter_chains", "0", "filters", "0", "typed_config") as Bag;
      assert.deepEqual(at(manager(0), "route_config", "request_headers_to_remove"), ["x-auth-request-email"]);
      assert.equal(at(manager(1), "route_config", "request_headers_to_remove"), undefined);
      for (const each of [0, 1]) {
        const routes = at(manager(each), "route_config", "virtual_hosts", "0", "routes") as Bag[];
        const ways = routes.map((route) => String(at(route, "match", "safe_regex", "regex")));
        // Envoy does not start with an expression of more than 100 steps: about its letters.
        assert.ok(ways.every((way) => way.length < 90));
        const passes = (path: string) => ways.some((way) => new RegExp(`^(?:${way})$`).test(path));
        for (const path of ["/apis/v2beta1/runs", "/apis/v2beta1/runs/1:archive", "/apis/v2beta1/pipelines/upload", "/apis/v1beta1/auth"])
          assert.ok(passes(path), path);
        for (const path of [
          ...["/apis/v1alpha1/runs/1/nodes/2/log", "/apis/v1beta1/tasks", "/apis/v1beta1/%74asks", "/apis/v2beta1/workflows"],
          ...["/apis/v2beta1/runs/1/nodes/2/artifacts/a:read", "/apis/v2beta1/runs/1%2fnodes%2f2%2fartifacts%2fa:read", "/metrics"],
        ])
          assert.ok(!passes(path), path);
      }
      const from = (policy: string) =>
        (at(graph.get(policy).inputs, "spec", "ingress", "0", "from") as Bag[]).map(
          (each) =>
            at(each, "podSelector", "matchLabels", "app.kubernetes.io/name") ??
            at(each, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"),
        );
      assert.deepEqual(from("ml-allow-api"), ["ml-pipeline-door", "ml-pipeline-persistenceagent", "ml-pipeline-scheduledworkflow"]);
      assert.deepEqual(from("ml-allow-door"), ["shop"]);
      assert.deepEqual(from("ml-allow-door-of-ui"), ["ml-pipeline-ui"]);
      const api = JSON.parse(await held("ml-settings", "config.json", whole)) as Bag;
      assert.deepEqual([api.MULTIUSER, api.KUBEFLOW_USERID_HEADER, api.CacheEnabled], ["true", "x-auth-request-email", "false"]);
    });

    it("minds runs in all namespaces, and has them outside of the mesh, with the least rights of their own", async () => {
      assert.equal((container("ml-workflow-controller").args as string[]).includes("--namespaced"), false);
      assert.ok((container("ml-ml-pipeline-persistenceagent").args as string[]).includes("--namespace="));
      const defaults = JSON.parse(await held("ml-workflow-settings", "workflowDefaults", whole)) as Bag;
      assert.equal(at(defaults, "spec", "podMetadata", "labels", "sidecar.istio.io/inject"), "false");
      const subject = at(graph.get("ml-tenants-shop-runner-binding").inputs, "subjects", "0");
      assert.deepEqual(subject, { kind: "ServiceAccount", name: "pipeline-runner", namespace: "shop" });
      assert.deepEqual(at(graph.get("ml-tenants-shop-runner-role").inputs, "rules", "0", "resourceNames"), ["mlpipeline-minio-artifact"]);
      assert.throws(() => graph.get("ml-runner"), /ml-runner/);
    });
  });

  describe("with Katib", () => {
    it("has its webhooks asked about profiles alone, about pods of Jobs only, by a certificate that the API server knows", async () => {
      const hooks = (["Mutating", "Validating"] as const).flatMap((kind) =>
        ofKind(graph, `admissionregistration.k8s.io/v1:${kind}WebhookConfiguration`).flatMap(({ inputs }) => inputs.webhooks as Bag[]),
      );
      assert.equal(hooks.length, 13);
      const trusted = Buffer.from(await held("ml-ca", "ca.crt", whole)).toString("base64");
      for (const hook of hooks) {
        assert.equal(at(hook, "clientConfig", "caBundle"), trusted);
        assert.deepEqual(at(hook, "namespaceSelector", "matchExpressions", "0", "values"), ["shop"]);
      }
      const pods = hooks.find(({ name }) => name === "mutator.pod.katib.kubeflow.org");
      assert.equal(at(pods, "objectSelector", "matchExpressions", "0", "key"), "batch.kubernetes.io/job-name");
      assert.ok(waitsFor(graph, "ml-katib-controller-mutating").has("ml-katib-controller"));
    });

    it("meets the database by TLS, whose driver reads that behind the schema's name", async () => {
      assert.equal(await held("ml-katib-login", "KATIB_MYSQL_DB_DATABASE", whole), "kubeflow?tls=true&charset=utf8mb4,utf8");
      assert.equal(await held("ml-katib-login", "DB_PASSWORD", whole), `${CANARY}-db`);
    });

    it("suggests by containers that restricted profiles take, and has collectors held to what trials are", async () => {
      const config = JSON.parse(await held("ml-katib-settings", "katib-config.yaml", whole)) as Bag;
      assert.equal(at(config, "init", "controller", "injectSecurityContext"), true);
      for (const each of at(config, "runtime", "suggestions") as Bag[]) {
        assert.equal(at(each, "securityContext", "runAsNonRoot"), true);
        assert.equal(each.serviceAccountName, "default-editor");
      }
    });

    it("opens suggestions to its controller and the metrics' program to profiles, both ways", () => {
      const { spec } = graph.get("ml-reach-from-katib-controller").inputs;
      assert.deepEqual(at(spec, "egress", "0", "ports", "0", "port"), 6789);
      const policies = specs(graph, "networking.k8s.io/v1:NetworkPolicy");
      assert.equal(at(policies["shop/kubeflow-katib-suggestions"], "ingress", "0", "ports", "0", "port"), 6789);
      assert.equal(at(policies["shop/kubeflow-katib-metrics"], "egress", "0", "ports", "0", "port"), 6789);
    });

    it("labels the namespaces of profiles as it wants them, of no others", () => {
      const mesh = { istio: true, istioGateway: true };
      const kubeflow = { parts: ["pipelines", "katib"], profiles: { shop: { owner: "kim" } } };
      const { plan } = plannedFile(
        environmentFile({ platform: { services: { ...mesh, kubeflow }, tenants: { shop: { mesh: "strict" }, lab: {} } } }),
      );
      const label = "katib.kubeflow.org/metrics-collector-injection";
      assert.deepEqual(
        plan.tenants?.map(({ name, labels }) => [name, labels[label]]),
        [
          ["lab", undefined],
          ["shop", "enabled"],
        ],
      );
    });
  });

  describe("with KServe", () => {
    it("serves models by Deployments without ways in, as containers that restricted profiles take", async () => {
      const settings = async (key: string) => JSON.parse(await held("ml-kserve-settings", key, whole)) as Bag;
      assert.equal((await settings("deploy")).defaultDeploymentMode, "Standard");
      const { disableIngressCreation, disableIstioVirtualHost } = await settings("ingress");
      assert.deepEqual([disableIngressCreation, disableIstioVirtualHost], [true, true]);
      assert.equal((await settings("security")).autoMountServiceAccountToken, false);
      const runtimes = ofKind(graph, "serving.kserve.io/v1alpha1:ClusterServingRuntime");
      const formats = runtimes.map(({ inputs }) => at(inputs, "spec", "supportedModelFormats", "0", "name"));
      assert.deepEqual(formats.sort(), ["huggingface", "lightgbm", "sklearn", "xgboost"]);
      const [fetches] = ofKind(graph, "serving.kserve.io/v1alpha1:ClusterStorageContainer");
      // What a Secret's key names has a placeholder for its scheme: without it the container would say nothing of its user.
      const prefixes = at(fetches?.inputs ?? {}, "spec", "supportedUriFormats") as Bag[];
      assert.ok(prefixes.some(({ prefix }) => prefix === "<scheme-placeholder>://"));
      const containers = [
        ...runtimes.map(({ inputs }) => at(inputs, "spec", "containers", "0")),
        at(fetches?.inputs ?? {}, "spec", "container"),
      ];
      for (const container of containers) {
        assert.equal(at(container as Bag, "securityContext", "runAsUser"), 1000);
        assert.equal(at(container as Bag, "securityContext", "seccompProfile", "type"), "RuntimeDefault");
      }
    });

    it("fetches models by an account of the profile from that one's part of the store, which their pods reach", async () => {
      const account = graph.get("ml-tenants-shop-pipelines-models").inputs;
      assert.deepEqual([account.secrets, account.automountServiceAccountToken], [[{ name: "pipelines-models" }], false]);
      const held = graph.get("ml-tenants-shop-pipelines-models-keys").inputs;
      const said = at(held, "metadata", "annotations") as Bag;
      assert.equal(said["serving.kserve.io/s3-endpoint"], "seaweedfs.kubeflow.svc:9000");
      const fields = unwrapSecret(held.stringData) as Bag;
      assert.deepEqual(Object.keys(fields), ["awsAccessKeyID", "awsSecretAccessKey"]);
      assert.equal(fields.awsAccessKeyID, "profile-shop");
      const bound = ofKind(graph, "rbac.authorization.k8s.io/v1:RoleBinding").filter(({ inputs }) =>
        JSON.stringify(inputs.subjects).includes("pipelines-models"),
      );
      assert.deepEqual(bound, []);
      const way = graph.get("ml-tenants-shop-pipelines-models-way").inputs.spec;
      assert.deepEqual(at(way, "podSelector", "matchExpressions"), [{ key: "serving.kserve.io/inferenceservice", operator: "Exists" }]);
      const to = [{ ...fromNamespace("kubeflow"), podSelector: { matchLabels: { ...selectorLabels("seaweedfs") } } }];
      assert.deepEqual(at(way, "egress"), [{ to, ports: [{ protocol: "TCP", port: 8333 }] }]);
    });

    it("reads two Secrets of a profile by their names, and none elsewhere", () => {
      const rules = graph.get("ml-tenants-shop-kserve-controller-manager-role").inputs.rules as Bag[];
      const secrets = rules.filter(({ resources }) => (resources as string[]).includes("secrets"));
      assert.deepEqual(secrets, [
        { apiGroups: [""], resources: ["secrets"], verbs: ["get"], resourceNames: ["storage-config", "pipelines-models"] },
      ]);
      const everywhere = graph.get("ml-kserve-controller-manager-everywhere").inputs.rules as Bag[];
      assert.ok(!everywhere.some(({ resources }) => (resources as string[]).includes("secrets")));
    });
  });

  describe("with training", () => {
    it("leaves the kinds out whose controllers read Secrets and give rights", () => {
      const { inputs } = graph.get("ml-training-operator");
      const args = at(inputs, "spec", "template", "spec", "containers", "0", "args") as string[];
      assert.deepEqual(
        args.filter((arg) => arg.startsWith("--enable-scheme=")).map((arg) => arg.split("=")[1]),
        ["pytorchjob", "tfjob", "xgboostjob", "jaxjob"],
      );
    });

    it("watches the Secrets of a namespace that has one and no pods", () => {
      const apart = ofKind(graph, "core/v1:Secret").filter(({ inputs }) => at(inputs, "metadata", "namespace") === "kubeflow-training");
      assert.deepEqual(
        apart.map(({ inputs }) => [at(inputs, "metadata", "name"), Object.keys(unwrapSecret(inputs.stringData) as Bag)]),
        [["training-operator-apart", ["about"]]],
      );
      const { inputs } = graph.get("ml-training-operator");
      const env = at(inputs, "spec", "template", "spec", "containers", "0", "env") as Bag[];
      assert.equal(env.find(({ name }) => name === "MY_POD_NAMESPACE")?.value, "kubeflow-training");
      // By this name it would write its own authority in place of ours.
      const names = ofKind(graph, "admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration").map(({ inputs: each }) =>
        String(at(each, "metadata", "name")),
      );
      assert.ok(names.includes("kubeflow-training-operator") && !names.includes("validator.training-operator.kubeflow.org"));
    });

    it("has workers wait for their master in a container that restricted profiles take", async () => {
      const template = await held("ml-training-wait", "initContainer.yaml", whole);
      assert.match(template, /securityContext: \{"runAsNonRoot":true,"runAsUser":1000,/);
      assert.match(template, /image: "[^"]*alpine:/);
    });
  });

  it("has the mesh hold TensorBoards to what restricted profiles take, where they are there, and nothing else", () => {
    assert.deepEqual(plainContainers(["pipelines", "notebooks"]), []);
    assert.deepEqual(plainContainers(["pipelines", "notebooks", "tensorboard"]), [
      { name: "tensorboard", program: "/usr/local/bin/tensorboard" },
    ]);
  });

  it("shows a volume's files as a plain user that restricted profiles take, without a token", async () => {
    const spec = JSON.parse(await held("ml-volumes-viewer", "viewer-spec.yaml", whole)) as Bag;
    assert.deepEqual(at(spec, "podSpec", "securityContext", "runAsUser"), 1000);
    assert.equal(at(spec, "podSpec", "automountServiceAccountToken"), false);
    assert.equal(at(spec, "podSpec", "volumes", "0", "persistentVolumeClaim", "claimName"), "$NAME");
  });

  it("has the images of what is there: of its parts, and of notebooks those that the file names", () => {
    const mesh = { istio: true, istioGateway: true };
    const images = (kubeflow: object): Readonly<Record<string, string>> =>
      plannedFile(
        environmentFile({ platform: { services: { ...mesh, kubeflow }, tenants: { shop: { mesh: "strict" } } } }),
      ).plan.services.find(({ name }) => name === "kubeflow")?.images ?? {};
    const roles = (kubeflow: object, begin: RegExp) => Object.keys(images(kubeflow)).filter((role) => begin.test(role));
    assert.deepEqual(roles({}, /^(notebook|katib|kserve|training|tensorboard|dashboard|members)/), []);
    const profiles = { shop: { owner: "kim" } };
    assert.deepEqual(roles({ profiles }, /^(notebook|katib|kserve|training|tensorboard|dashboard|members)/), ["dashboard", "members"]);
    assert.deepEqual(roles({ profiles, parts: ["pipelines", "katib"] }, /^notebook/), []);
    const own = images({
      ...{ profiles, parts: ["pipelines", "notebooks"] },
      notebookImages: { jupyter: ["registry.intra/science:1", "registry.intra/science:2"] },
    });
    assert.deepEqual(
      ["notebookJupyter", "notebookJupyter 1", "notebookJupyter 2", "notebookR"].map((role) => own[role]?.split("/").at(-1)),
      [undefined, "science:1", "science:2", "rstudio-tidyverse:v1.10.0"],
    );
  });

  it("refuses profiles without a mesh, or of what is no tenant in it, and notebooks that are nobody's", () => {
    const mesh = { istio: true, istioGateway: true };
    const found = (kubeflow: object, services: object = mesh, tenants: object = { shop: { mesh: "strict" } }) =>
      planFile(environmentFile({ platform: { services: { ...services, kubeflow }, tenants } }))
        .problems.map(({ path, reason }) => `${path} ${reason}`)
        .filter((each) => /kubeflow|istio/.test(each));
    const profiles = { shop: { owner: "kim" } };
    assert.deepEqual(found({ profiles, parts: ["pipelines", "notebooks"] }), []);
    assert.match(found({ profiles }, {}).join("\n"), /istio/);
    for (const [wrong, reason] of [
      [found({ profiles: { bank: { owner: "kim" } } }), /profiles\.bank names no tenant/],
      [found({ profiles }, mesh, { shop: { mesh: "permissive" } }), /profiles\.shop names a tenant whose pods are met past the mesh/],
      [found({ profiles }, mesh, { shop: { mesh: "strict", isolate: false } }), /profiles\.shop names a tenant/],
      [found({ parts: ["pipelines", "notebooks"] }), /parts\.1 is each user's own, and there are no profiles/],
      [found({ notebookImages: { r: ["registry.intra/r:1"] } }), /notebookImages is of notebooks, which are not among its parts/],
      [found({ profiles, parts: ["pipelines", "volumes"] }), /parts\.1 does not work without notebooks/],
      [found({ profiles, parts: ["pipelines", "tensorboard"] }), /parts\.1 does not work without notebooks/],
      [found({ parts: ["notebooks"] }), /parts must name pipelines/],
      [found({ profiles: { shop: { owner: "system:admin" } } }), /profiles\.shop\.owner must be the name of a user of the realm/],
      [found({ profiles: {} }), /profiles must name a tenant/],
    ] as const)
      assert.match(wrong.join("\n"), reason);
  });
});
