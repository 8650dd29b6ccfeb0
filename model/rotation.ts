import type { ServicePlan } from "./plan/types";
import type { Problem } from "./problems";
import type { KeptSecret, Rotated, RotatedPlan } from "./rotated";
import type { ServiceDefinition } from "./service";

/** By service how often its secrets were made: those that are not named have their first ones. */
export type Rotations = Readonly<Record<string, number>>;

/** The numbers of a plan's services. */
export function rotationsOf(services: readonly Pick<ServicePlan, "name" | "rotation">[]): Rotations {
  return Object.fromEntries(services.flatMap(({ name, rotation }) => (rotation === undefined ? [] : [[name, rotation]])));
}

/** A kind of secret of an environment that is exchanged, as a preview tells of it. */
export interface RotationRow {
  readonly service: string;
  readonly secret: string;
  readonly how: "overlap" | "one";
  /** Whose pods are made anew, and about how many seconds nobody answers for each meanwhile. */
  readonly restarts: readonly { readonly service: string; readonly seconds: number }[];
  /** About how many seconds nobody is let in by it; 0 where its successor is valid before it ends. */
  readonly seconds: number;
}

/** What is exchanged of an environment's secrets, in the order in which its services come up, and what is not. */
export interface Rotation {
  readonly rows: readonly RotationRow[];
  readonly left: readonly (Omit<KeptSecret, "how"> & { readonly service: string })[];
}

/** What is generated for a service, and how each of it is exchanged. */
export function rotatedOf(service: RotatedPlan, { rotates = [] }: ServiceDefinition): readonly Rotated[] {
  return typeof rotates === "function" ? rotates(service) : rotates;
}

/** The services that take what another one gives: they have its accounts. */
export function takersOf<S extends Pick<ServicePlan, "needs">>({ offers = [] }: Pick<ServicePlan, "offers">, services: readonly S[]): S[] {
  return services.filter(({ needs = {} }) => Object.keys(needs).some((kind) => offers.includes(kind)));
}

/**
 * Finds what of an environment's secrets is meant, and what is wrong with what was named.
 * @param wanted names of services; undefined: all that have something to exchange
 */
export function rotationOf(
  environment: string,
  services: readonly ServicePlan[],
  definitions: Readonly<Record<string, ServiceDefinition>>,
  wanted?: readonly string[],
): Rotation & { readonly problems: readonly Problem[] } {
  const rows: RotationRow[] = [];
  const left: Rotation["left"][number][] = [];
  const problems: Problem[] = [];
  const wrong = (service: string, reason: string, remedy: string): void => {
    problems.push({ environment, path: "--service", value: service, reason, remedy, severity: "error" });
  };
  const away = (service: ServicePlan) => ({ service: service.name, seconds: definitions[service.name]?.away?.(service) ?? 0 });
  const choice = services.flatMap((each) => {
    const definition = definitions[each.name];
    return definition && rotatedOf(each, definition).some(({ how }) => how !== "never") ? [each.name] : [];
  });
  for (const name of wanted ?? [])
    if (!services.some((each) => each.name === name))
      wrong(name, `${environment} has no such service`, `choose one of ${choice.join(", ")}`);
  for (const service of services) {
    const { name } = service;
    const definition = definitions[name];
    if (definition === undefined || wanted?.includes(name) === false) continue;
    const kinds = rotatedOf(service, definition);
    for (const each of kinds) {
      if (each.how === "never") {
        const { how: _how, ...kept } = each;
        left.push({ service: name, ...kept });
        continue;
      }
      const { secret, how, restarts = [], takenBy = () => true } = each;
      const takers = takersOf(service, services).filter(({ needs = {} }) => takenBy(needs));
      const pods = restarts.flatMap((whose) => (whose === "itself" ? [service] : takers)).map(away);
      rows.push({ service: name, secret, how, restarts: pods, seconds: each.how === "one" ? each.seconds : 0 });
    }
    if (wanted === undefined || kinds.some(({ how }) => how !== "never")) continue;
    const [first] = left.filter((each) => each.service === name);
    if (first === undefined) wrong(name, `nothing secret is generated for ${name}`, "leave it out");
    else wrong(name, `${first.secret} of ${name} is never exchanged: ${first.reason}`, first.remedy);
  }
  return { rows, left, problems };
}

/** The numbers of a lock, under those that a program gives; undefined where all secrets are the first ones. */
export function counted(locked: Rotations = {}, given: Rotations = {}): Rotations | undefined {
  const numbers = Object.entries({ ...locked, ...given }).filter(([, number]) => number > 1);
  return numbers.length === 0 ? undefined : inOrder(numbers);
}

/**
 * The numbers once the secrets of those services are exchanged.
 * @param begun what the lock has
 * @param finished those whose exchange came to its end: where that is behind, it is under way, and is gone on with
 */
export function raised(services: readonly string[], begun: Rotations = {}, finished: Rotations = {}): Rotations {
  const next = services.map((name) => {
    const number = begun[name] ?? 1;
    return [name, number > (finished[name] ?? 1) ? number : number + 1] as const;
  });
  return inOrder(Object.entries({ ...begun, ...Object.fromEntries(next) }));
}

function inOrder(numbers: readonly [service: string, number: number][]): Rotations {
  return Object.fromEntries([...numbers].sort(([a], [b]) => (a < b ? -1 : 1)));
}
