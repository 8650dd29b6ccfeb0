import assert from "node:assert/strict";
import { registerHooks } from "node:module";
import { stringify } from "yaml";
import type { JobLogin } from "../../../../model/cloud";
import { at, fields, list } from "../../../../model/data";
import type { ExportedCluster } from "../../../../model/fleet/export/cluster";
import { githubWorkflows } from "../../../../model/fleet/export/github";
import { gitlabJobs } from "../../../../model/fleet/export/gitlab";
import type { JobsOf } from "../../../../model/fleet/export/jobs";
import { unkeepable, unworkableInJobs } from "../../../../model/fleet/export/problems";
import { oneWave } from "../../../../model/fleet/one-wave";
import type { FleetPlan, Wave } from "../../../../model/fleet/plan";
import { clouds } from "../../../../providers/clouds";
import { golden } from "../../../support/golden";

/** It is written for bundlers, and imports JSON without saying so. */
async function githubsParser() {
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(url, url.endsWith(".json") ? { ...context, format: "json", importAttributes: { type: "json" } } : context),
  });
  try {
    return await import("@actions/workflow-parser");
  } finally {
    hooks.deregister();
  }
}

const text = (content: object) => stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
const alone = (name: string) => ({ name, after: [] });
function wave(name: string, names: readonly string[], more: Partial<Wave> = {}): Wave {
  return { name, clusters: names.map(alone), canaries: 0, bakeSeconds: 0, maxFailures: 0, approval: false, ...more };
}
function cluster(name: string, provider: keyof typeof clouds, more: Partial<ExportedCluster> = {}): ExportedCluster {
  const login: JobLogin | undefined = clouds[provider].credentials?.jobs;
  const stacks = [{ name, secretsProvider: "awskms://alias/kpaas" }];
  const own = { name, provider, region: "ap-northeast-2", stacks, isLocked: true, secrets: [], usesAgent: false };
  return { ...own, ...(login === undefined ? {} : { login }), ...more };
}
const plan: FleetPlan = {
  ...{ fleet: "korea", health: {} },
  waves: [
    wave("canary", ["busan"], { bakeSeconds: 600 }),
    wave("preview", ["jeju"]),
    wave("rest", ["seoul", "ulsan"], { approval: true, canaries: 1 }),
  ],
};
const secret = { path: "infrastructure.access.ssh.privateKey", reference: { env: "SSH_KEY" } };
const mixed: JobsOf = {
  ...{ plan, backend: "postgres://kpaas@db.example.org/states" },
  clusters: new Map(
    [cluster("busan", "aws", { secrets: [secret] }), cluster("jeju", "openstack"), cluster("seoul", "gcp"), cluster("ulsan", "azure")].map(
      (each) => [each.name, each],
    ),
  ),
};
const small: JobsOf = {
  plan: { ...plan, waves: [wave("canary", ["busan"])] },
  backend: "s3://states",
  clusters: new Map([["busan", cluster("busan", "aws")]]),
};

describe("a fleet as workflows of GitHub Actions", () => {
  const workflows = githubWorkflows(mixed, {});

  it("is what GitHub's own parser takes", async () => {
    const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await githubsParser();
    for (const [name, workflow] of workflows) {
      const { context, value } = parseWorkflow({ name, content: text(workflow) }, new NoOperationTraceWriter());
      assert.ok(value);
      const { errors = [] } = await convertWorkflowTemplate(context, value);
      assert.deepEqual(
        [...context.errors.getErrors(), ...errors].map((error) => ("Message" in error ? error.Message : error.message)),
        [],
        name,
      );
    }
    const wrong = { on: "push", jobs: { a: { "runs-on": "x", needs: "b", steps: [{ runs: "true" }] } } };
    const { context } = parseWorkflow({ name: "wrong", content: stringify(wrong) }, new NoOperationTraceWriter());
    assert.ok(context.errors.getErrors().length > 0, "it finds mistakes");
  });

  it("runs a wave after the other, excludes another run, and looks whether somebody is asked before it begins", () => {
    const up = workflows.get("kpaas-fleet-korea.yaml");
    const needs = Object.entries(fields(at(up, "jobs"))).map(([name, job]) => [name, at(job, "needs"), at(job, "environment")]);
    assert.deepEqual(needs, [
      ["preview", undefined, "korea-preview"],
      ["wave-canary", ["preview"], "korea-wave-canary"],
      ["wave-preview", ["preview", "wave-canary"], "korea-wave-preview"],
      ["wave-rest", ["preview", "wave-preview"], "korea-wave-rest"],
    ]);
    assert.deepEqual(at(up, "concurrency"), { group: "kpaas-fleet-korea", "cancel-in-progress": false });
    const look = list(at(up, "jobs.preview.steps"))
      .map(fields)
      .find(({ name }) => name === "Look who is asked");
    assert.match(
      String(look?.run),
      /environments\/korea-wave-preview" .*wait_timer >= 10.*\n.*environments\/korea-wave-rest" .*required_reviewers/,
    );
  });

  it("pins every action, gives no permission to all, and names secrets alone", () => {
    for (const workflow of workflows.values()) {
      const written = text(workflow);
      for (const [, used] of written.matchAll(/uses: (\S+)/g)) assert.match(used ?? "", /^[\w./-]+@[0-9a-f]{40}#v\d+\.\d+\.\d+$/);
      assert.deepEqual(at(workflow, "permissions"), {});
      assert.match(written, /SSH_KEY: \$\{\{ secrets\.SSH_KEY \}\}/);
      assert.doesNotMatch(written, /AWS_SECRET_ACCESS_KEY|GOOGLE_CREDENTIALS|ARM_CLIENT_SECRET/);
    }
  });

  it("reads like this", () => {
    const lines = [...githubWorkflows(small, { runsOn: ["self-hosted", "korea"] })].flatMap(([name, workflow]) => [
      `# ${name}`,
      ...text(workflow).trimEnd().split("\n"),
    ]);
    golden("fleet/github", lines);
  });
});

describe("a fleet as jobs of GitLab CI", () => {
  const image = `registry.example.org/kpaas@sha256:${"0".repeat(64)}`;
  const files = gitlabJobs(mixed, { image, tags: ["korea"] }, "deploy");
  const entry = files.get("kpaas-fleet-korea.gitlab-ci.yml");
  const waves = fields(files.get("kpaas-fleet-korea-waves.gitlab-ci.yml"));

  it("has keywords, stages and needs that there are", () => {
    const known = `image tags interruptible variables id_tokens cache before_script after_script stage needs rules environment when
      start_in allow_failure script artifacts resource_group trigger`.split(/\s+/);
    const { stages, ...jobs } = waves;
    for (const [name, job] of [...Object.entries(jobs), ...Object.entries(fields(entry))]) {
      assert.deepEqual(
        Object.keys(fields(job)).filter((word) => !known.includes(word)),
        [],
        name,
      );
      for (const need of list(at(job, "needs"))) assert.ok(Object.hasOwn(jobs, String(at(need, "job"))), name);
    }
    for (const job of Object.values(jobs)) assert.ok(list(stages).includes(at(job, "stage")));
  });

  it("runs a wave after the other, bakes between, asks before, and is begun by the one job that excludes another run", () => {
    const { stages, ...jobs } = waves;
    assert.deepEqual(
      Object.entries(jobs).map(([name, job]) => [name, list(at(job, "needs")).map((need) => at(need, "job")), at(job, "when")]),
      [
        ["preview", [], undefined],
        ["wave-canary", ["preview"], undefined],
        ["wave-canary: bake", ["wave-canary"], "delayed"],
        ["wave-preview", ["preview", "wave-canary: bake"], undefined],
        ["wave-rest", ["preview", "wave-preview"], "manual"],
      ],
    );
    const job = fields(entry)["kpaas fleet korea"];
    assert.equal(at(job, "resource_group"), "kpaas-fleet-korea");
    assert.deepEqual(at(job, "trigger"), { include: [{ local: "deploy/kpaas-fleet-korea-waves.gitlab-ci.yml" }], strategy: "depend" });
  });

  it("reads like this", () => {
    const lines = [...gitlabJobs(small, { image }, "")].flatMap(([name, content]) => [`# ${name}`, ...text(content).trimEnd().split("\n")]);
    golden("fleet/gitlab", lines);
  });
});

describe("what jobs cannot keep", () => {
  it("is refused with its path", () => {
    const maintenance = { timeZone: "Asia/Seoul" };
    const odd: FleetPlan = {
      ...plan,
      waves: [
        wave("a", ["x"], { bakeSeconds: 90, maintenance }),
        wave("b", ["y"], { bakeSeconds: 8 * 86_400 }),
        wave("c", ["v", "w"], { canaries: 1, bakeSeconds: 14_400 }),
      ],
    };
    const paths = (via: "github" | "gitlab") => unkeepable(odd, { maintenance }, via).map(({ path }) => path);
    assert.deepEqual(paths("github"), ["waves.0.bake", "waves.2.bake", "maintenance"]);
    assert.deepEqual(paths("gitlab"), ["waves.1.bake", "waves.2.bake", "maintenance"]);
    const wrong = cluster("busan", "aws", { usesAgent: true, stacks: [{ name: "busan" }] });
    const said = unworkableInJobs("korea", [wrong], undefined, "github").map(({ environment, path }) => `${environment} ${path}`);
    assert.deepEqual(said, ["korea via.github.backend", "busan infrastructure.access.ssh.agent"]);
  });
});

describe("one wave of a fleet", () => {
  it("is approved by its name, and waits for nothing outside it", () => {
    const after = [
      { cluster: "busan", reason: "" },
      { cluster: "seoul", reason: "" },
    ];
    const last = { ...wave("rest", ["seoul"], { approval: true }), clusters: [alone("seoul"), { name: "ulsan", after }] };
    const { waves } = oneWave({ ...plan, waves: [wave("canary", ["busan"]), last] }, "rest");
    assert.deepEqual(
      waves.map(({ name, approval, clusters }) => [name, approval, clusters]),
      [["rest", false, [alone("seoul"), { name: "ulsan", after: [{ cluster: "seoul", reason: "" }] }]]],
    );
    assert.throws(() => oneWave(plan, "all"), /has no wave all.*canary, preview, rest/s);
  });
});
