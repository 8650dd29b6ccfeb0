import { expiringCertificates } from "./certificates";
import { minorNumber } from "./releases";
import type { ClusterSpec } from "./types";

/** One thing looked at in a cluster. */
export interface HealthCheck {
  readonly name: "hosts" | "api" | "nodes" | "pods" | "etcd" | "versions" | "certificates" | "backups" | "deployments";
  /** `bad`: it does not work, or will not when something else fails; `warning`: it will have to be seen to. */
  readonly status: "ok" | "warning" | "bad";
  readonly detail: string;
  readonly remedy?: string;
}

/** A member of etcd; the address is its peers'. */
interface LiveMember {
  readonly name: string;
  readonly address?: string;
  readonly healthy: boolean;
  readonly reason?: string;
}

/** A running cluster, as far as its health is told by it. */
export interface LiveHealth {
  readonly kubernetes: string;
  readonly nodes: Readonly<Record<string, { readonly kubelet: string; readonly ready: boolean; readonly cordoned?: boolean }>>;
  readonly etcd?: readonly LiveMember[];
  /** The cluster's own pods (kube-system) that are not Ready; undefined where nobody asked. */
  readonly illPods?: readonly IllPod[];
  readonly certificates: Readonly<Record<string, string>>;
}

/** A pod of the cluster's own that is not Ready. */
export interface IllPod {
  readonly name: string;
  /** Where it is; empty where nowhere. */
  readonly node: string;
  /** Why its containers wait, e.g. `CrashLoopBackOff`; empty where they do not. */
  readonly reason: string;
  readonly restarts: number;
  /** Since when it is not Ready. */
  readonly seconds: number;
}

/** What is known of a cluster. */
export interface HealthFacts {
  /** As it is recorded. */
  readonly spec: ClusterSpec;
  /** As it is; undefined where there is none, a text where that could not be told. */
  readonly live: LiveHealth | string | undefined;
  /** Nodes whose hosts do not answer. */
  readonly silent: readonly string[];
  /** A text where nobody could tell. */
  readonly backups: { readonly lastSuccess?: string; readonly failure?: string; readonly restoring?: string } | string;
  readonly now: Date;
}

type Found = Omit<HealthCheck, "name">;

/** How a cluster is, in the order in which one would look. */
export function healthOf(facts: HealthFacts): HealthCheck[] {
  const { live } = facts;
  const seen = typeof live === "object" ? live : undefined;
  const of = (name: HealthCheck["name"], found: readonly Found[], well: string): HealthCheck[] =>
    (found.length > 0 ? found : [{ status: "ok" as const, detail: well }]).map((each) => ({ name, ...each }));
  return [
    ...of("hosts", hosts(facts), `all ${Object.keys(facts.spec.nodes).length} answer`),
    ...of(
      "api",
      seen ? [] : [{ status: "bad", detail: api(live), remedy: "look at the control planes: `kpaas ssh`, then crictl ps -a" }],
      "answers",
    ),
    ...(seen ? of("nodes", nodes(facts.spec, seen), `all ${Object.keys(seen.nodes).length} are Ready`) : []),
    ...(seen?.illPods ? of("pods", pods(seen.illPods), "all of kube-system's work") : []),
    ...(seen ? of("etcd", etcd(facts.spec, seen), `${told(facts.spec.etcd.length)} healthy`) : []),
    ...(seen ? of("versions", versions(facts.spec, seen), `Kubernetes ${seen.kubernetes} everywhere`) : []),
    ...(seen ? of("certificates", certificates(seen, facts.now), `the first ends on ${firstEnd(seen)}`) : []),
    ...of("backups", backups(facts), "the last one is as old as it may be at most"),
  ];
}

/** Whether a cluster works and can stand what it is made to stand. */
export function isHealthy(checks: readonly HealthCheck[]): boolean {
  return checks.every(({ status }) => status !== "bad");
}

function hosts({ silent }: HealthFacts): Found[] {
  if (silent.length === 0) return [];
  return [{ status: "bad", detail: `${silent.join(", ")} do not answer`, remedy: "look at their machines' consoles" }];
}

function api(live: HealthFacts["live"]): string {
  return typeof live === "string" ? live : "no control plane carries a cluster";
}

function nodes({ nodes: wanted }: ClusterSpec, live: LiveHealth): Found[] {
  const expected = Object.keys(wanted).filter((name) => wanted[name]?.roles.some((role) => role !== "etcd"));
  const missing = expected.filter((name) => !live.nodes[name]);
  const strange = Object.keys(live.nodes).filter((name) => !wanted[name]);
  const down = Object.keys(live.nodes).filter((name) => !live.nodes[name]?.ready);
  const cordoned = Object.keys(live.nodes).filter((name) => live.nodes[name]?.cordoned === true);
  return [
    ...some(missing, "bad", "are no nodes of the cluster", "run `kpaas refresh`: the next preview shows what makes them anew"),
    ...some(down, "bad", "are not Ready", "look at their kubelets: journalctl -u kubelet"),
    ...some(cordoned, "warning", "take no new pods", "kubectl uncordon, once it is known why"),
    ...some(strange, "warning", "are nodes that nobody recorded", "add them to the file, or remove them from the cluster"),
  ];
}

/** What a container waits for that only has to start. */
const STARTING: ReadonlySet<string> = new Set(["", "ContainerCreating", "PodInitializing"]);

/** How long, in seconds, a pod may not be Ready: what leads the control plane ends and starts anew wherever its API servers do. */
const PATIENCE = 120;

/** Pods of the cluster's own in words; bad are those that nothing but a hand will mend. One that has no node yet may be one too many. */
export function illPodTexts(pods: readonly IllPod[]): { readonly text: string; readonly isBad: boolean }[] {
  return pods.map(({ name, node, reason, restarts, seconds }) => {
    const told = [reason || "not Ready", ...(restarts > 0 ? [`${restarts} restarts`] : [])].join(", ");
    const startsAnew = STARTING.has(reason) || reason === "CrashLoopBackOff";
    const isBad = node !== "" && (!startsAnew || seconds > PATIENCE);
    return { text: `${name}${node === "" ? "" : ` on ${node}`} (${told})`, isBad };
  });
}

function pods(ill: readonly IllPod[]): Found[] {
  const texts = illPodTexts(ill);
  const those = (bad: boolean) => texts.filter(({ isBad }) => isBad === bad).map(({ text }) => text);
  return [
    ...some(those(true), "bad", "do not work", "look at them: kubectl -n kube-system describe pod, and logs --previous"),
    ...some(those(false), "warning", "are not Ready yet", "look again; where that lasts: kubectl -n kube-system describe pod"),
  ];
}

function etcd({ etcd: members, nodes: wanted }: ClusterSpec, live: LiveHealth): Found[] {
  if (!live.etcd) return [{ status: "bad", detail: "no member tells how it is", remedy: "look at them: systemctl status etcd" }];
  // One that never began has no name yet, and is told by its address.
  const isAt = (member: string, { name, address }: LiveMember): boolean =>
    name === (wanted[member]?.etcdMember ?? member) || (address !== undefined && address === wanted[member]?.address);
  const found = live.etcd;
  const ill = found.filter(({ healthy }) => !healthy);
  const missing = members.filter((member) => !found.some((one) => isAt(member, one)));
  const strange = found.filter((one) => !members.some((member) => isAt(member, one)));
  const [size, healthy] = [live.etcd.length, live.etcd.length - ill.length];
  const quorum = Math.floor(size / 2) + 1;
  return [
    ...(healthy < quorum
      ? [
          {
            status: "bad" as const,
            detail: `has lost its quorum: ${healthy} of ${size} members are healthy`,
            remedy: "bring members back, or `kpaas cluster restore`",
          },
        ]
      : healthy === quorum && ill.length > 0
        ? [
            {
              status: "bad" as const,
              detail: `${healthy} of ${size} members are healthy: none more may fail`,
              remedy: "bring the others back",
            },
          ]
        : []),
    ...ill.map(({ name, reason }) => ({
      status: "bad" as const,
      detail: `${name} is not healthy${reason ? `: ${reason}` : ""}`,
      remedy: "look at it: journalctl -u etcd",
    })),
    ...some(missing, "bad", "are no members", "run `kpaas refresh`: the next preview shows what makes them anew"),
    ...some(
      strange.map(({ name }) => name),
      "warning",
      "are members that nobody recorded",
      "where a change broke off, `kpaas up` goes on with it; else remove them: etcdctl member remove",
    ),
    ...(size > 1 && size % 2 === 0
      ? [
          {
            status: "warning" as const,
            detail: `has ${size} members, an even number: it stands no more than ${size - 1} would`,
            remedy: "finish the change that was begun: `kpaas up`",
          },
        ]
      : []),
  ];
}

/** A kubelet may be three minors behind the API server, and never ahead of it. */
const SKEW = 3;

function versions({ kubernetes }: ClusterSpec, live: LiveHealth): Found[] {
  const lag = (name: string): number => minorNumber(live.kubernetes) - minorNumber(live.nodes[name]?.kubelet ?? "");
  const names = Object.keys(live.nodes);
  const apart = names.filter((name) => lag(name) < 0 || lag(name) > SKEW);
  const other = names.filter((name) => !apart.includes(name) && plain(live.nodes[name]?.kubelet ?? "") !== plain(live.kubernetes));
  const kubelets = (those: readonly string[]) => those.map((name) => `${name} (${live.nodes[name]?.kubelet})`);
  return [
    ...some(kubelets(apart), "bad", `are too far from the API server's ${live.kubernetes}`, "bring them to its version: `kpaas up`"),
    ...some(kubelets(other), "warning", `have another version than the API server's ${live.kubernetes}`, "finish the upgrade: `kpaas up`"),
    ...(plain(live.kubernetes) === kubernetes
      ? []
      : [
          {
            status: "warning" as const,
            detail: `the API server has ${live.kubernetes}, and ${kubernetes} is recorded`,
            remedy: "run `kpaas refresh`",
          },
        ]),
  ];
}

function plain(version: string): string {
  return version.replace(/^v/, "");
}

function certificates(live: LiveHealth, now: Date): Found[] {
  const ended = expiringCertificates(live.certificates, now, 0);
  const soon = expiringCertificates(live.certificates, now);
  const later = (all: readonly string[], gone: readonly string[]) => all.filter((each) => !gone.includes(each));
  const renew = "`kpaas cluster renew-certificates`, or the next `kpaas up`";
  return [
    ...some(ended.renewable, "bad", "have ended", renew),
    ...some(ended.lasting, "bad", `have ended, and ${FOR_GOOD.detail}`, FOR_GOOD.remedy),
    ...some(later(soon.renewable, ended.renewable), "warning", "end soon", renew),
    ...some(later(soon.lasting, ended.lasting), "warning", `end soon, and ${FOR_GOOD.detail}`, FOR_GOOD.remedy),
  ];
}

const FOR_GOOD = { detail: "no renewal makes them anew", remedy: "plan another environment, or a rotation by hand" };

function firstEnd({ certificates: dates }: LiveHealth): string {
  return Object.values(dates).sort()[0]?.slice(0, 10) ?? "an unknown day";
}

const DAY = 24 * 60 * 60 * 1000;

function backups({ spec, backups: seen, now }: HealthFacts): Found[] {
  const settings = spec.variables.kpaas_backup;
  if (typeof seen === "object" && seen.restoring !== undefined) {
    const detail = `the restore of ${seen.restoring} was begun and has not ended`;
    return [{ status: "bad", detail, remedy: "run the same `kpaas cluster restore` again: it goes on from what was done" }];
  }
  if (settings === undefined) return [{ status: "warning", detail: "none are made", remedy: "set cluster.backups.etcd" }];
  if (typeof seen === "string") return [{ status: "bad", detail: `nobody tells of them: ${seen}`, remedy: "look at the control planes" }];
  const failed =
    seen.failure === undefined
      ? []
      : [{ status: "bad" as const, detail: `the last attempt failed: ${seen.failure}`, remedy: "mend that, then `kpaas cluster backup`" }];
  if (seen.lastSuccess === undefined)
    return [...failed, { status: "bad", detail: "none has been made yet", remedy: "`kpaas cluster backup` makes one" }];
  const schedule = (settings as { readonly schedule?: unknown }).schedule;
  const age = now.getTime() - Date.parse(seen.lastSuccess);
  if (age <= longestGap(String(schedule ?? "")) + DAY) return failed;
  return [
    ...failed,
    {
      status: "bad",
      detail: `the last one is of ${seen.lastSuccess.slice(0, 16)}Z`,
      remedy: "look at the timer: systemctl status kpaas-etcd-backup.timer",
    },
  ];
}

/** How long at most passes between two runs of a schedule, in milliseconds: by the day, the week, the month or the year. */
function longestGap(schedule: string): number {
  const [, , day = "*", month = "*", weekday = "*"] = schedule.split(" ");
  return DAY * (month !== "*" ? 366 : day !== "*" ? 31 : weekday !== "*" ? 7 : 1);
}

function some(names: readonly string[], status: Found["status"], detail: string, remedy: string): Found[] {
  return names.length === 0 ? [] : [{ status, detail: `${names.join(", ")} ${detail}`, remedy }];
}

function told(count: number): string {
  return count === 1 ? "its one member is" : `all ${count} members are`;
}
