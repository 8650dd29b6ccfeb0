import { z } from "zod";
import { backupOf } from "../../model/backup-scope";
import { entryOf, findRelease, knownReleases, type Release, type ReleaseService } from "../../model/catalog";
import { chartsOf } from "../../model/charts/charts-of";
import { at, type Fields, fields } from "../../model/data";
import { endOfLifeOf, productIn } from "../../model/end-of-life";
import * as kinds from "../../model/environment/fields";
import { parseEnvironmentFile } from "../../model/environment/parse";
import { profiles } from "../../model/environment/profiles";
import { resolveEnvironment } from "../../model/environment/resolve";
import { spanOf } from "../../model/plan/compatibility";
import { productOf } from "../../model/plan/end-of-life";
import { Findings } from "../../model/problems";
import { fieldOf, offererOf, type Registry } from "../../model/registry";
import { rotatedOf } from "../../model/rotation";
import { autoscalingOf, kebab, type ServiceDefinition } from "../../model/service";
import { nameOf, ofKind, policyRows, portRows, type ServiceObjects, secretRows, volumeRows, workloadRows } from "./objects";

/** Between these lies what is written; what is around them is written by hand and stays as it is. */
export const MARKS = ["<!-- facts: written from its definition, the catalogue and its objects by a test -->", "<!-- /facts -->"] as const;

/** What a page is written from. */
export interface ServiceFacts {
  readonly service: ServiceDefinition;
  readonly registry: Registry;
  /** What is made of it, in an environment with every service; by cloud, where it is the cloud's own. */
  readonly made: ServiceObjects;
  /** Every field of the environment file, with its description. */
  readonly fields: readonly (readonly [path: string, description: string | undefined])[];
}

/** The page's file below docs/services/. */
export function pageOf({ name }: Pick<ServiceDefinition, "name">): string {
  return `${kebab(name)}.md`;
}

/** What a page begins with that nobody has written by hand yet. */
export function pageStart({ title, about }: ServiceDefinition): string {
  const capital = (text: string) => `${text[0]?.toUpperCase()}${text.slice(1)}`;
  // Names of programs stay as their makers write them.
  return `# ${title.replace(/^the /, "The ")}\n\n${capital(about)}.\n\n${MARKS.join("\n")}\n`;
}

/** What stands between the marks. */
export function serviceFacts(facts: ServiceFacts): string {
  const { service, registry, made } = facts;
  const parts: readonly (readonly [heading: string, ...body: string[]])[] = [
    ["Facts", ...table(["", ""], summary(facts))],
    ["Settings", ...settings(facts)],
    ["Images", ...images(service)],
    ["Workloads", ...table(["name", "kind", ""], workloadRows(made, service.single))],
    ["Ports", ...table(["Service", "type", "ports"], portRows(made))],
    ["Volumes", ...table(["claim", "size", ""], volumeRows(made))],
    ["Secrets", ...table(["Secret", "holds"], secretRows(made))],
    ["Who reaches whom", ...table(["pods", "way", "with whom, at which ports"], policyRows(made))],
    [
      "What is encrypted",
      ...table(
        ["port", ""],
        Object.entries(service.speaks ?? {}).map(([port, how]) => [port, how]),
      ),
    ],
    ["What says nothing of what it counts", ...unscraped(service)],
    ["Backing up", backingUp(service, registry)],
    ["Rotating", ...rotating(service)],
    ["Upgrading", upgrading(service)],
    ["Removing", removing(facts)],
  ];
  const kept = parts.filter(([, ...body]) => body.length > 0);
  return kept.map(([heading, ...body], index) => `${index === 0 ? "## " : "### "}${heading}\n\n${body.join("\n")}\n`).join("\n");
}

/** Why Prometheus does not ask it, or single workloads of it, where it measures the others. */
function unscraped({ unscraped: why }: ServiceDefinition): string[] {
  if (why === undefined) return [];
  return typeof why === "string" ? [`To Prometheus: ${why}.`] : table(["workload", "why Prometheus does not ask it"], Object.entries(why));
}

function releases(): Release[] {
  return knownReleases.flatMap((number) => findRelease(number) ?? []);
}

/** Those that have versions of their own of the service: a step has what the release before it has, but for what it is for. */
function releasesOf({ name }: ServiceDefinition): Release[] {
  const [newest] = releases();
  return releases().filter(({ leadsTo, services }) => leadsTo === undefined || services[name]?.version !== newest?.services[name]?.version);
}

/** Its entries of a release, by cloud where it is the cloud's own. */
function entriesOf(service: ServiceDefinition, release: Release): [where: string, entry: ReleaseService][] {
  const { cloudPart, name } = service;
  if (cloudPart !== undefined)
    return Object.entries(release.clouds ?? {}).flatMap(([cloud, parts]) =>
      parts[cloudPart] ? [[cloud, entryOf(service, release, cloud)]] : [],
    );
  return name in release.services || service.entry ? [["", entryOf(service, release, "")]] : [];
}

/** The profiles that have it where the file is silent, by itself or with whoever cannot do without it. */
export function thereByDefault({ name, when }: ServiceDefinition, registry: Registry): string {
  if (when) return "as the fields beside it say";
  const having = Object.keys(profiles).filter((profile) => {
    const { file } = parseEnvironmentFile({ name: "any", profile, infrastructure: { provider: "openstack" } }, registry, new Findings());
    return resolveEnvironment(file, registry).platform.services.some((each) => each.name === name);
  });
  return having.length === Object.keys(profiles).length ? "in every profile" : having.map((each) => `\`${each}\``).join(", ") || "no";
}

function summary({ service, registry, made }: ServiceFacts): string[][] {
  const { replicas, keeps, needs = {}, wants = {}, offers = [], host, fixed = {}, managedAt } = service;
  const [newest] = releases();
  const entries = newest ? entriesOf(service, newest) : [];
  const all = Object.values(registry.services);
  const level = ofKind(made, "Namespace").map((each) => labelOf(each, "pod-security.kubernetes.io/enforce"))[0];
  const accounts = ofKind(made, "ClusterRoleBinding").filter((each) => labelOf(each, "helm.sh/chart") === undefined);
  const claimed = all
    .filter(({ needs: theirs, wants }) => offers.some((kind) => kind in { ...theirs, ...wants }))
    .map(({ title }) => title);
  const rows: [string, string][] = [
    ["field", `\`${fieldOf(service)}\``],
    ["there by default", thereByDefault(service, registry)],
    ["instances", instances(replicas)],
    [
      "version",
      releasesOf(service)
        .map(
          (release) =>
            `${release.release}: ${
              entriesOf(service, release)
                .map(([where, { version }]) => `${where} ${version}`.trim())
                .join(", ") || "none"
            }`,
        )
        .join("<br>"),
    ],
    [
      "until",
      [
        ...new Set(
          releasesOf(service).flatMap((release) =>
            entriesOf(service, release).flatMap(([where, entry]) => until(service, entry).map((each) => `${where} ${each}`.trim())),
          ),
        ),
      ].join("<br>") || "nobody says until when it is mended",
    ],
    [
      "for Kubernetes",
      [...new Set(entries.flatMap(([where, { kubernetes: minors }]) => (minors ? [`${where} ${spanOf(minors)}`.trim()] : [])))].join(", "),
    ],
    [
      "chart",
      entries
        .flatMap(([, entry]) => chartsOf(entry).map(({ name, version, repository }) => `${name} ${version}, ${repository}`))
        .join("<br>") || "none: objects of our own",
    ],
    ["licence", [...new Set(entries.map(([, { licence, source }]) => `${licence}, ${source}`))].join("<br>")],
    [
      "namespace",
      [...new Set(entries.map(([, { namespace }]) => `\`${namespace}\``))].join(", ") +
        (level === undefined ? "" : `, Pod Security \`${String(level)}\``),
    ],
    [
      "reached at",
      host === undefined
        ? inside(made)
        : `\`https://${host}.DOMAIN\`${service.options !== undefined && "reach" in service.options(z, kinds) ? ", as its settings say" : ""}`,
    ],
    ["administered at", managedAt ? `port ${managedAt.port} of \`${managedAt.workload}\`, by a [forward](../services.md)` : ""],
    [
      "takes of",
      [
        ...Object.keys(needs).map(
          (kind) => `${kind}: ${offererOf(kind, all)?.title ?? (kind === "trust" ? "`platform.tls`" : "the environment's cloud")}`,
        ),
        ...Object.keys(wants).map((kind) => `${kind}: ${offererOf(kind, all)?.title ?? "nobody"}, where that is on`),
      ].join("<br>"),
    ],
    [
      "gives",
      offers.length === 0 ? "" : `${offers.join(", ")}${claimed.length === 0 ? ": nobody takes it yet" : `: to ${claimed.join(", ")}`}`,
    ],
    ["keeps", keeps ?? ""],
    ["rights in the Kubernetes API", accounts.map((each) => `\`${String(at(each, "roleRef.name"))}\` (${nameOf(each)})`).join(", ")],
    [
      "never changes",
      Object.keys(fixed)
        .map((field) => `\`${fieldOf(service)}.${field}\``)
        .join(", "),
    ],
  ];
  return rows.filter(([, text]) => text !== "");
}

/** How it is reached that has no host name. */
function inside(made: ServiceObjects): string {
  const services = ofKind(made, "Service");
  if (services.some((each) => at(each, "spec.type") === "LoadBalancer")) return "from outside, by a Service of type LoadBalancer";
  return services.length === 0 ? "" : "inside the cluster only";
}

function labelOf(object: Fields, key: string): unknown {
  return fields(at(object, "metadata.labels"))[key];
}

function until(service: ServiceDefinition, { chart, version, images }: ReleaseService): string[] {
  const own = { product: productOf({ name: service.name, ...(chart ? { chart } : {}) }), version, called: version };
  const held = Object.values(images).flatMap((image) => productIn(image) ?? []);
  return [own, ...held.map((each) => ({ ...each, called: `${each.product} ${each.version}` }))].flatMap((each) => {
    const known = endOfLifeOf(each.product, each.version);
    return known ? [`${each.called}: ${known.date ?? "no end is announced"} ([source](${known.source}), as of ${known.asOf})`] : [];
  });
}

function settings({ service, fields: known }: ServiceFacts): string[] {
  const field = fieldOf(service);
  const [newest] = releases();
  const entry = newest && entriesOf(service, newest)[0]?.[1];
  const grows = entry !== undefined && autoscalingOf(service, entry.version).by !== "nobody";
  const has: Readonly<Record<string, boolean>> = {
    replicas: service.replicas !== 1,
    size: service.keeps !== undefined,
    values: entry?.chart !== undefined,
    autoscaling: grows,
    nodeSelector: service.stays === undefined,
    tolerations: service.stays === undefined,
  };
  // What comes with another service has none of its own.
  const follows = service.when !== undefined && field.startsWith("platform.services.");
  // What all have alike is in docs/environment-file.md.
  const own = known.filter(
    ([path]) =>
      !follows &&
      path.startsWith(`${field}.`) &&
      !/\.(resources|autoscaling|daemons\.\w+)\./.test(path) &&
      (has[path.slice(field.length + 1)] ?? true),
  );
  const rows = [...new Map(own).entries()].map(([path, description = ""]) => [
    `\`${path.slice(field.length + 1)}\``,
    description.replaceAll("|", "\\|"),
  ]);
  const { resources, sizeGiB, parts = {} } = entry?.defaults ?? {};
  const shown = (amount: object) => JSON.stringify(amount).replace(/"/g, "").replace(/[:,]/g, "$& ");
  const amounts = [
    ...(sizeGiB === undefined ? [] : [`a volume of ${sizeGiB} GiB`]),
    ...(resources === undefined ? [] : [`for each container ${shown(resources)}`]),
    ...Object.entries(parts).map(([name, amount]) => `for ${name} ${shown(amount)}`),
  ];
  return [
    ...(rows.length > 0 ? [`Below \`${field}\`:`, ""] : []),
    ...table(["field", ""], rows),
    ...(amounts.length > 0 ? ["", `By the release: ${amounts.join("; ")}.`] : []),
  ];
}

function images(service: ServiceDefinition): string[] {
  const [newest] = releases();
  const rows = (newest ? entriesOf(service, newest) : []).flatMap(([where, entry]) =>
    Object.entries(entry.images).map(([role, image]) => [where, role, `\`${image}\``]),
  );
  return service.cloudPart === undefined
    ? table(
        ["", "image"],
        rows.map(([, ...rest]) => rest),
      )
    : table(["cloud", "", "image"], rows);
}

/** What a definition says of its backups; none says anything yet. */
/** How many instances there are. */
export function instances(replicas: ServiceDefinition["replicas"]): string {
  if (typeof replicas === "object") return "one; three where the profile has several; three or five where asked for";
  return { profile: "as the profile", quorum: "one; three where the profile has several", 1: "one" }[replicas];
}

function backingUp(service: ServiceDefinition, registry: Registry): string {
  const { name, keeps } = service;
  // What depends on options is told as it is without any.
  const backup = backupOf({}, service);
  if (backup?.kind === "pod" || backup?.kind === "pods") {
    const without = backup.without === undefined ? "" : ` Not in it: ${backup.without}.`;
    return `\`kpaas backup ENV --service ${name}\` keeps ${backup.holds}, and \`kpaas restore\` brings it back ([more](../backup.md)).${without}`;
  }
  if (backup?.kind === "within") return `With ${registry.services[backup.service]?.title}, in whose backup it is ([more](../backup.md)).`;
  if (backup?.kind === "none") return `\`kpaas\` makes no backup of it: ${backup.reason}. Instead: ${backup.remedy}.`;
  return keeps === "cache" ? "Nothing: what it keeps can be had again." : "Nothing: it keeps no data of its own.";
}

/** How its secrets are exchanged, of one instance with the newest release's version and no options. */
function rotating(service: ServiceDefinition): string[] {
  const [newest] = releases();
  const version = (newest && entriesOf(service, newest)[0]?.[1].version) ?? "";
  const rows = rotatedOf({ version, replicas: 1, options: {} }, service).map((each) => [
    each.secret,
    each.how === "never"
      ? `never: ${each.reason}. Instead: ${each.remedy}.`
      : each.how === "overlap"
        ? "the new one is valid before the old one ends"
        : `one only: not valid for about ${each.seconds} seconds`,
    each.how === "never" ? "" : (each.restarts ?? []).map((whose) => (whose === "itself" ? service.title : "who takes of it")).join(", "),
  ]);
  if (rows.length === 0) return [];
  const how = `By \`kpaas rotate ENV --service ${service.name}\` ([more](../rotation.md)):`;
  return [how, "", ...table(["secret", "how", "restarts"], rows)];
}

function upgrading({ keeps, cloudPart }: ServiceDefinition): string {
  const by = `By the release, and with it alone ([the catalogue](../catalogue.md)); \`kpaas preview\` shows what it restarts.`;
  if (cloudPart !== undefined) return by;
  return keeps === "data" ? `${by} Back it up before: a newer version may change its data, and there is no way back then.` : by;
}

function removing({ service, registry }: ServiceFacts): string {
  const { when, keeps, offers = [] } = service;
  if (when !== undefined) return `It follows from \`${fieldOf(service)}\` and what stands beside it.`;
  const others = Object.values(registry.services).filter((each) => fieldOf(each) !== fieldOf(service));
  const takers = others.filter(({ needs = {} }) => offers.some((kind) => kind in needs));
  return [
    `\`${fieldOf(service)}: false\`${keeps === "data" ? ", with the approval `ENV:drop-database` that the refusal prints: its data go with it, but for claims where `retain: [volumes]` was brought up before" : ""}.`,
    ...(takers.length > 0 ? [`Refused while there is who takes of it: ${takers.map(({ title }) => title).join(", ")}.`] : []),
  ].join(" ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}
