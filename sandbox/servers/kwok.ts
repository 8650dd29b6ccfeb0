type Match = readonly [key: string, operator: "Exists" | "DoesNotExist" | "In" | "NotIn", ...values: string[]];

function stage(name: string, kind: "Node" | "Pod", matches: readonly Match[], next: Record<string, unknown>): Record<string, unknown> {
  const matchExpressions = matches.map(([key, operator, ...values]) => ({ key, operator, ...(values.length > 0 ? { values } : {}) }));
  const spec = { resourceRef: { apiGroup: "v1", kind }, selector: { matchExpressions }, next };
  return { apiVersion: "kwok.x-k8s.io/v1alpha1", kind: "Stage", metadata: { name }, spec };
}

const READY = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const GOING = ".metadata.deletionTimestamp";
const condition = (type: string, status = "True"): string =>
  `{type: ${type}, status: "${status}", reason: Simulated, message: simulated, lastTransitionTime: {{ Quote Now }}}`;

const POD_RUNS = `
phase: Running
startTime: {{ Quote Now }}
conditions: [${["Initialized", "Ready", "ContainersReady"].map((type) => condition(type)).join(", ")}]
containerStatuses:
{{ range .spec.containers }}
- {name: {{ Quote .name }}, image: {{ Quote .image }}, ready: true, started: true, restartCount: 0, state: {running: {startedAt: {{ Quote Now }}}}}
{{ end }}
{{ with NodeIPWith .spec.nodeName }}
hostIP: {{ Quote . }}
{{ end }}
{{ with PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ Quote . }}
podIPs: [{ip: {{ Quote . }}}]
{{ end }}
`;

const POD_ENDS = `
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ Quote .name }}
  image: {{ Quote .image }}
  ready: false
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ Quote Now }}, finishedAt: {{ Quote Now }}}}
{{ end }}
`;

/** What kwok plays, as its configuration file: nodes are ready, pods run at once, those of Jobs succeed, deleted ones go. */
export function kwokConfiguration(): string {
  const present: Match = [GOING, "DoesNotExist"];
  const stages = [
    stage("node-ready", "Node", [[READY, "NotIn", "True"]], { statusTemplate: `phase: Running\nconditions: [${condition("Ready")}]\n` }),
    stage("pod-runs", "Pod", [present, [".status.phase", "In", "Pending"]], { statusTemplate: POD_RUNS }),
    stage("pod-ends", "Pod", [present, [".status.phase", "In", "Running"], [".metadata.ownerReferences.[].kind", "In", "Job"]], {
      statusTemplate: POD_ENDS,
    }),
    stage("pod-goes", "Pod", [[GOING, "Exists"]], { delete: true }),
  ];
  return stages.map((one) => JSON.stringify(one)).join("\n---\n");
}
