import type { CloudDefinition } from "../cloud";
import type { Range } from "../cloud-takes";
import { fields } from "../data";
import type { Findings } from "../problems";
import { everyMachine, isOwn, machinePath } from "./machines";
import type { Environment, WantedGroup } from "./types";

type Taker = Pick<CloudDefinition, "name" | "title" | "takes">;

/** What the cloud would refuse by its name, or by how large it is. */
export function checkTaken(environment: Environment, cloud: Taker, findings: Findings): void {
  checkRegion(environment, cloud, findings);
  checkSizes(environment, cloud, findings);
  checkBoot(environment, cloud, findings);
  checkVolumes(environment, cloud, findings);
  checkClasses(environment, cloud, findings);
}

function checkRegion({ region }: Environment, { title, takes }: Taker, findings: Findings): void {
  const form = takes?.region;
  if (form !== undefined && region !== undefined && !form.is.test(region))
    findings.error("infrastructure.region", `is no name that a region of ${title} has`, form.remedy, region);
}

function checkSizes(environment: Environment, { name, title, takes }: Taker, findings: Findings): void {
  const form = takes?.size;
  if (form === undefined) return;
  // What the file's own table gives a name is wrong there, whoever has it.
  const table = fields(new Map(Object.entries(environment.cloud)).get("sizes"));
  const named = Object.entries(table).flatMap(([key, size]) =>
    typeof size === "string" ? [{ path: `infrastructure.${name}.sizes.${key}`, size }] : [],
  );
  const given = new Set(named.map(({ size }) => size));
  const used = everyMachine(environment)
    .filter(({ machine }) => !given.has(machine.size))
    .map(({ group, machine }) => ({ path: sizePath(group, machine.size) ?? machinePath(group, machine, "size"), size: machine.size }));
  const told = new Set<string>();
  for (const { path, size } of [...named, ...used]) {
    if (told.has(path)) continue;
    told.add(path);
    if (!form.is.test(size)) findings.error(path, `is no size that ${title} knows`, form.remedy, size);
    else if (form.arm?.test(size))
      findings.error(path, "has Arm processors, and machines are made for x86-64", "choose a size with others", size);
  }
}

/** The field that gives all machines of a group their size; undefined where they differ. */
function sizePath(group: WantedGroup, size: string): string | undefined {
  return isOwn(group) || group.machines.every((each) => each.size === size) ? `${group.path}.size` : undefined;
}

function checkBoot({ cloud: options }: Environment, { name, title, takes }: Taker, findings: Findings): void {
  const { option, GiB } = takes?.boot ?? {};
  if (option === undefined || GiB === undefined) return;
  const size = new Map(Object.entries(options)).get(option);
  if (typeof size === "number" && !within(size, GiB))
    findings.error(`infrastructure.${name}.${option}`, `${title}'s machines boot from ${rangeText(GiB)}`, "choose a size in between", size);
}

function checkVolumes({ groups }: Environment, { title, takes }: Taker, findings: Findings): void {
  if (takes?.volumes === undefined) return;
  const { types, byDefault } = takes.volumes;
  for (const group of groups)
    for (const [index, { type = byDefault, sizeGiB }] of group.volumes.entries()) {
      // The share of the NFS server is a field of its own.
      const path = isOwn(group) ? group.path : `${group.path}.volumes.${index}`;
      const GiB = types[type];
      if (GiB === undefined) findings.error(`${path}.type`, ...noType(title, types), type);
      else if (sizeGiB !== undefined && !within(sizeGiB, GiB))
        findings.error(`${path}.sizeGiB`, `a volume of ${title}'s type ${type} has ${rangeText(GiB)}`, "choose a size in between", sizeGiB);
    }
}

function checkClasses({ platform: { storage } }: Environment, { title, takes }: Taker, findings: Findings): void {
  const { types, classesApart = false } = takes?.volumes ?? {};
  if (types === undefined || classesApart || storage.kind !== "cloud") return;
  for (const [name, { type }] of Object.entries(storage.classes))
    if (type !== undefined && types[type] === undefined)
      findings.error(`platform.storage.classes.${name}.type`, ...noType(title, types), type);
}

function noType(title: string, types: Readonly<Record<string, Range>>): [reason: string, remedy: string] {
  return [`is no type of a volume that machines can have on ${title}`, `use one of ${Object.keys(types).join(", ")}`];
}

function within(size: number, [least, most]: Range): boolean {
  return least <= size && size <= most;
}

function rangeText([least, most]: Range): string {
  return `${least} to ${most} GiB`;
}
