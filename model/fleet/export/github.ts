import type { Action } from "../../cloud";
import type { GithubSettings } from "../via";
import {
  type JobsOf,
  jobName,
  KEPT,
  kpaas,
  loginsOf,
  PATHS,
  previewEnvironment,
  secretsOf,
  type WaveJob,
  waveEnvironment,
  waveJobs,
  words,
} from "./jobs";

/* A fleet as workflows of GitHub Actions. */

/** The actions that are used, each by the commit of its version. */
const CHECKOUT: Action = { action: "actions/checkout", commit: "3d3c42e5aac5ba805825da76410c181273ba90b1", version: "v7.0.1" };
const SETUP_NODE: Action = { action: "actions/setup-node", commit: "820762786026740c76f36085b0efc47a31fe5020", version: "v7.0.0" };
const UPLOAD: Action = { action: "actions/upload-artifact", commit: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", version: "v7.0.0" };
const DOWNLOAD: Action = { action: "actions/download-artifact", commit: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", version: "v8.0.1" };
const CACHE = { commit: "27d5ce7f107fe9357f9df03efb73ab90386fccae", version: "v5.0.5" } as const;

/** How many minutes a job may take: GitHub's own runners end one after so long, others later. */
const LONGEST = { own: 360, others: 1_440 } as const;
/** Characters of a comment, with some room. */
const COMMENT = 65_000;

/** The workflows by their files' names. An action's version stands behind its commit and `#`. */
export function githubWorkflows(jobs: JobsOf, { branch = "main", runsOn }: GithubSettings): Map<string, object> {
  const { fleet } = jobs.plan;
  const common = { "runs-on": runsOn ?? "ubuntu-24.04" };
  const name = `kpaas-fleet-${fleet}`;
  return new Map([
    [`${name}.yaml`, upWorkflow(jobs, branch, common, runsOn === undefined ? LONGEST.own : LONGEST.others)],
    [`${name}-preview.yaml`, previewWorkflow(jobs, common)],
  ]);
}

/** Stands between an action's commit and its version, where a comment begins. */
const COMMENTED = "#";

function upWorkflow(jobs: JobsOf, branch: string, common: object, longest: number): object {
  const { fleet } = jobs.plan;
  const waves = waveJobs(jobs.plan);
  const typed = words(jobs);
  const preview = {
    ...common,
    "timeout-minutes": 120,
    environment: previewEnvironment(fleet),
    permissions: { contents: "read", "id-token": "write", actions: "read" },
    env: environmentOf(jobs),
    steps: [
      ...prepare(jobs),
      ...protectionStep(fleet, waves),
      step("Preview", `${kpaas(typed.preview)} | tee -a "$GITHUB_STEP_SUMMARY"`),
      { name: "Keep the preview", uses: used(UPLOAD), with: { name: "preview", path: "preview.json", "if-no-files-found": "error" } },
      keepStep(fleet),
    ],
  };
  const each = waves.map(({ wave, before }) => [
    jobName(wave.name),
    {
      ...common,
      needs: ["preview", ...(before === undefined ? [] : [jobName(before.name)])],
      "timeout-minutes": longest,
      environment: waveEnvironment(fleet, wave.name),
      permissions: { contents: "read", "id-token": "write" },
      env: environmentOf(jobs),
      steps: [
        ...prepare(jobs),
        { name: "Take the preview", uses: used(DOWNLOAD), with: { name: "preview" } },
        step(`Bring ${wave.name} up`, kpaas(typed.up(wave.name))),
        { name: "Report", if: "always()", run: 'if [ -f report.md ]; then cat report.md >> "$GITHUB_STEP_SUMMARY"; fi' },
        keepStep(fleet),
      ],
    },
  ]);
  return {
    name: `kpaas fleet ${fleet}`,
    on: { push: { branches: [branch], paths: [...PATHS] }, workflow_dispatch: {} },
    permissions: {},
    concurrency: { group: `kpaas-fleet-${fleet}`, "cancel-in-progress": false },
    defaults: { run: { shell: "bash" } },
    jobs: { preview, ...Object.fromEntries(each) },
  };
}

function previewWorkflow(jobs: JobsOf, common: object): object {
  const { fleet } = jobs.plan;
  // What comes from a fork has no secrets, and would only fail.
  const own = "github.event.pull_request.head.repo.full_name == github.repository";
  const comment = [
    `head -c ${COMMENT} preview.md > comment.md`,
    'gh pr comment "$NUMBER" --repo "$GITHUB_REPOSITORY" --edit-last --create-if-none --body-file comment.md',
  ];
  return {
    name: `kpaas fleet ${fleet}: preview`,
    on: { pull_request: { paths: [...PATHS] } },
    permissions: {},
    concurrency: { group: `kpaas-fleet-${fleet}-preview-${expression("github.event.pull_request.number")}`, "cancel-in-progress": true },
    defaults: { run: { shell: "bash" } },
    jobs: {
      preview: {
        if: own,
        ...common,
        "timeout-minutes": 120,
        environment: previewEnvironment(fleet),
        permissions: { contents: "read", "id-token": "write", "pull-requests": "write" },
        env: environmentOf(jobs),
        steps: [
          ...prepare(jobs),
          step("Preview", `${kpaas(words(jobs).look)} > preview.md`),
          {
            name: "Show it",
            if: "always()",
            env: { GH_TOKEN: expression("github.token"), NUMBER: expression("github.event.pull_request.number") },
            run: [...comment, 'cat preview.md >> "$GITHUB_STEP_SUMMARY"'].join("\n"),
          },
        ],
      },
    },
  };
}

/** Checks the project out, installs it, logs in, and takes what an earlier run has kept. */
function prepare({ plan, clusters }: JobsOf): object[] {
  const logins = loginsOf(clusters).flatMap(({ region = "", login }) =>
    (login?.github?.actions ?? []).map(({ uses, with: given }) => ({
      name: "Log in",
      uses: used(uses),
      with: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value === "REGION" ? region : evaluated(value)])),
    })),
  );
  return [
    { name: "Check out", uses: used(CHECKOUT), with: { "persist-credentials": false } },
    { name: "Set node up", uses: used(SETUP_NODE), with: { "node-version": "24" } },
    step("Install", "npm ci"),
    ...logins,
    {
      name: "Take what was kept",
      uses: usedCache("restore"),
      with: { ...cached(plan.fleet), "restore-keys": `kpaas-fleet-${plan.fleet}-` },
    },
  ];
}

/** An environment without rules is made by the first job that names it: then nobody would be asked. */
function protectionStep(fleet: string, waves: readonly WaveJob[]): object[] {
  const wanted = waves.flatMap(({ wave, bakeSeconds }) => {
    const rules = [
      ...(wave.approval ? ['any(.type == "required_reviewers" and (.reviewers | length) > 0)'] : []),
      ...(bakeSeconds > 0 ? [`any(.type == "wait_timer" and .wait_timer >= ${bakeSeconds / 60})`] : []),
    ];
    if (rules.length === 0) return [];
    const name = waveEnvironment(fleet, wave.name);
    const query = `[.protection_rules[]] | ${rules.map((rule) => `(${rule})`).join(" and ")}`;
    const told = [
      ...(wave.approval ? ["required reviewers"] : []),
      ...(bakeSeconds > 0 ? [`a wait timer of ${bakeSeconds / 60} minutes`] : []),
    ];
    return [
      `gh api "repos/$GITHUB_REPOSITORY/environments/${name}" --jq '${query}' | grep -qx true || { echo "::error::The environment ${name} must have ${told.join(" and ")}"; exit 1; }`,
    ];
  });
  if (wanted.length === 0) return [];
  return [{ name: "Look who is asked", env: { GH_TOKEN: expression("github.token") }, run: wanted.join("\n") }];
}

function keepStep(fleet: string): object {
  return { name: "Keep host keys and open operations", if: "always()", uses: usedCache("save"), with: cached(fleet) };
}

function cached(fleet: string): object {
  const once = ["run_id", "run_attempt", "job"].map((name) => expression(`github.${name}`)).join("-");
  return { path: KEPT.join("\n"), key: `kpaas-fleet-${fleet}-${once}` };
}

function environmentOf(jobs: JobsOf): Record<string, string> {
  const login = loginsOf(jobs.clusters).flatMap((cluster) => Object.entries(cluster.login?.github?.variables ?? {}));
  return {
    PULUMI_BACKEND_URL: jobs.backend,
    ...Object.fromEntries(secretsOf(jobs).map((name) => [name, expression(`secrets.${name}`)])),
    ...Object.fromEntries(login.map(([name, value]) => [name, evaluated(value)])),
  };
}

function step(name: string, run: string): object {
  return { name, run };
}

function used({ action, commit, version }: Action): string {
  return `${action}@${commit}${COMMENTED}${version}`;
}

function usedCache(part: "restore" | "save"): string {
  return used({ action: `actions/cache/${part}`, ...CACHE });
}

/** What the forge has under a name, or the text itself. */
function evaluated(value: string): string {
  return value.startsWith("vars.") ? expression(value) : value;
}

function expression(text: string): string {
  return `\${{ ${text} }}`;
}
