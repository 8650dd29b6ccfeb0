import type { GitlabSettings } from "../via";
import { type JobsOf, jobName, KEPT, kpaas, loginsOf, PATHS, previewEnvironment, waveEnvironment, waveJobs, words } from "./jobs";

/* A fleet as jobs of GitLab CI. Secrets are variables of the project or of its environments, which jobs have without naming them. */

/**
 * Two files: one that a project includes, and one with the waves, whose jobs are begun by a single one of the first. That one alone holds the group
 * which two runs of a fleet exclude each other by, from the preview to the last wave.
 * @param folder where the files are, below the project's own
 */
export function gitlabJobs(jobs: JobsOf, settings: GitlabSettings, folder: string): Map<string, object> {
  const { fleet } = jobs.plan;
  const names = { entry: `kpaas-fleet-${fleet}.gitlab-ci.yml`, waves: `kpaas-fleet-${fleet}-waves.gitlab-ci.yml` };
  const path = [folder, names.waves].filter((part) => part !== "").join("/");
  return new Map([
    [names.entry, entry(jobs, settings, path)],
    [names.waves, waves(jobs, settings)],
  ]);
}

function entry(jobs: JobsOf, settings: GitlabSettings, path: string): object {
  const { fleet } = jobs.plan;
  const { branch = "main" } = settings;
  const changes = [...PATHS];
  const send = [
    'if [ -n "$KPAAS_COMMENT_TOKEN" ]; then curl --fail --silent --show-error --output /dev/null --header "PRIVATE-TOKEN: $KPAAS_COMMENT_TOKEN"',
    '--data-urlencode "body@preview.md" "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"; fi',
  ].join(" ");
  return {
    [`kpaas fleet ${fleet}: preview`]: {
      ...common(jobs, settings),
      stage: "test",
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"', changes }],
      environment: { name: previewEnvironment(fleet), action: "prepare" },
      script: [`${kpaas(words(jobs).look)} > preview.md`],
      after_script: [send],
      artifacts: { when: "always", expose_as: "kpaas fleet preview", paths: ["preview.md"], access: "developer", expire_in: "30 days" },
    },
    [`kpaas fleet ${fleet}`]: {
      stage: "deploy",
      rules: [
        { if: `$CI_COMMIT_BRANCH == "${branch}" && $CI_PIPELINE_SOURCE == "push"`, changes },
        { if: `$CI_COMMIT_BRANCH == "${branch}" && $CI_PIPELINE_SOURCE == "web"` },
      ],
      resource_group: `kpaas-fleet-${fleet}`,
      trigger: { include: [{ local: path }], strategy: "depend" },
    },
  };
}

function waves(jobs: JobsOf, settings: GitlabSettings): object {
  const { fleet } = jobs.plan;
  const all = waveJobs(jobs.plan);
  const typed = words(jobs);
  const made: [string, object][] = [
    [
      "preview",
      {
        ...common(jobs, settings),
        stage: "preview",
        environment: { name: previewEnvironment(fleet), action: "prepare" },
        script: [`${kpaas(typed.preview)} > preview.md`],
        artifacts: { paths: ["preview.json", "preview.md"], access: "developer", expire_in: "30 days" },
      },
    ],
  ];
  for (const { wave, bakeSeconds, before } of all) {
    const former = before && jobName(before.name);
    let needs = former;
    if (bakeSeconds > 0 && former !== undefined) {
      needs = `${former}: bake`;
      const begun = { when: "delayed", start_in: `${bakeSeconds} seconds`, script: ["true"] };
      made.push([needs, { ...runner(settings), stage: former, needs: [{ job: former, artifacts: false }], ...begun }]);
    }
    made.push([
      jobName(wave.name),
      {
        ...common(jobs, settings),
        stage: jobName(wave.name),
        needs: [{ job: "preview", artifacts: true }, ...(needs === undefined ? [] : [{ job: needs, artifacts: false }])],
        environment: { name: waveEnvironment(fleet, wave.name) },
        ...(wave.approval ? { when: "manual", allow_failure: false } : {}),
        script: [kpaas(typed.up(wave.name))],
        artifacts: { when: "always", paths: ["report.md"], access: "developer", expire_in: "30 days" },
      },
    ]);
  }
  return { stages: ["preview", ...all.map(({ wave }) => jobName(wave.name))], ...Object.fromEntries(made) };
}

/** What each job that runs kpaas has. */
function common({ plan, clusters, backend }: JobsOf, settings: GitlabSettings): object {
  const logins = loginsOf(clusters).flatMap(({ login }) => login?.gitlab ?? []);
  const audiences = logins.map(({ audience }) => audience);
  return {
    ...runner(settings),
    interruptible: false,
    variables: { PULUMI_BACKEND_URL: backend },
    ...(audiences.length === 0 ? {} : { id_tokens: { KPAAS_ID_TOKEN: { aud: audiences.length === 1 ? audiences[0] : audiences } } }),
    cache: { key: `kpaas-fleet-${plan.fleet}`, paths: [...KEPT], when: "always" },
    before_script: ["npm ci", ...logins.flatMap(({ script }) => script)],
  };
}

function runner({ image, tags }: GitlabSettings): object {
  return { image, ...(tags === undefined ? {} : { tags }) };
}
