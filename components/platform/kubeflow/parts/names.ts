import type { Labels } from "../../../../model/plan/infrastructure-types";
import type { PlainContainer } from "../../grants";

/** What is known of a part before it is made. */
interface Named {
  /** How the roles of its images begin. */
  readonly images: string;
  /** Labels that the namespaces of profiles have with it. @default none */
  readonly labels?: Labels;
  /** Containers of its programs' making that say nothing of their user. @default none */
  readonly plain?: readonly PlainContainer[];
  /** Parts that it does not work without. @default none */
  readonly needs?: readonly string[];
}

/** The parts that take profiles, by name: `parts/NAME.ts` makes each. */
export const PARTS = {
  notebooks: { images: "notebook" },
  // It shows by which notebooks each is used, and fails where there is no such kind.
  volumes: { images: "volumes", needs: ["notebooks"] },
  katib: { images: "katib", labels: { "katib.kubeflow.org/metrics-collector-injection": "enabled" } },
  kserve: { images: "kserve" },
  training: { images: "training" },
  // Its web app lists the defaults for pods, whose definition comes with notebooks.
  tensorboard: {
    ...{ images: "tensorboard", needs: ["notebooks"] },
    plain: [{ name: "tensorboard", program: "/usr/local/bin/tensorboard" }],
  },
} as const satisfies Readonly<Record<string, Named>>;

export type PartName = keyof typeof PARTS;

/** Whether something that a file names is such a part. */
export function isPart(name: string): name is PartName {
  return name in PARTS;
}

/** Labels that the namespaces of profiles have by the parts that are there. */
export function profileLabels(parts: readonly string[]): Labels {
  return Object.assign({}, ...parts.filter(isPart).map((part) => (PARTS[part] as Named).labels ?? {}));
}

/** Containers that the mesh holds to what Pod Security asks for, by the parts that are there. */
export function plainContainers(parts: readonly string[]): PlainContainer[] {
  return parts.filter(isPart).flatMap((part) => (PARTS[part] as Named).plain ?? []);
}

/** The parts that one does not work without, and that are not among those. */
export function missingParts(part: string, parts: readonly string[]): string[] {
  if (!isPart(part)) return [];
  return ((PARTS[part] as Named).needs ?? []).filter((each) => !parts.includes(each));
}

/** Programs that are there with profiles, by the roles of their images. */
const WITH_PROFILES = ["dashboard", "members"];

/** The images that it has with those parts, of all that a release names. */
export function imagesOf(
  known: Readonly<Record<string, string>>,
  { parts, profiles }: { readonly parts: readonly string[]; readonly profiles: boolean },
): Record<string, string> {
  const out = Object.entries(PARTS).flatMap(([name, { images }]) => (profiles && parts.includes(name) ? [] : [images]));
  const there = (role: string): boolean => (profiles || !WITH_PROFILES.includes(role)) && !out.some((begin) => role.startsWith(begin));
  return Object.fromEntries(Object.entries(known).filter(([role]) => there(role)));
}

/** What notebooks are, by the word of the file. */
export const NOTEBOOK_KINDS = ["jupyter", "code", "r"] as const;
export type NotebookKind = (typeof NOTEBOOK_KINDS)[number];

/** The role of the release's own image of a kind. */
const ROLES: Readonly<Record<NotebookKind, string>> = { jupyter: "notebookJupyter", code: "notebookCode", r: "notebookR" };

/** The images that may be chosen, the first one by default. */
export function notebookImages(images: Readonly<Record<string, string>>, kind: NotebookKind): string[] {
  return Object.entries(images).flatMap(([role, image]) => (role === ROLES[kind] || role.startsWith(`${ROLES[kind]} `) ? [image] : []));
}

/** The images with those that the file names in place of the release's, by kind. */
export function withNotebookImages(
  images: Readonly<Record<string, string>>,
  given: Readonly<Partial<Record<NotebookKind, readonly string[]>>>,
): Record<string, string> {
  const named = NOTEBOOK_KINDS.filter((kind) => (given[kind] ?? []).length > 0 && ROLES[kind] in images);
  const others = Object.entries(images).filter(([role]) => !named.some((kind) => ROLES[kind] === role));
  const own = named.flatMap((kind) => (given[kind] ?? []).map((image, index) => [`${ROLES[kind]} ${index + 1}`, image] as const));
  return Object.fromEntries([...others, ...own]);
}
