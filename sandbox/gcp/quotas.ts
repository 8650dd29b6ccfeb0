import type { Properties } from "../../plugin/rpc/provider";
import { isMap, number, text } from "../values";
import type { Gcp, Quota } from "./names";
import { processorsOf } from "./types";

/** By the first part of a machine type's name, what its processors are counted under beside those of all. */
const SERIES: Readonly<Partial<Record<string, Quota>>> = {
  ...{ e2: "e2", n1: "e2", f1: "e2", g1: "e2" },
  ...{ n2: "n2", n2d: "n2d", t2d: "t2d", c2d: "c2d", c3: "c3" },
};

/** By its type, what a disk's gigabytes are counted under. */
const DISKS: Readonly<Partial<Record<string, Quota>>> = {
  ...{ "pd-balanced": "ssd", "pd-ssd": "ssd", "pd-standard": "standard", "hyperdisk-balanced": "hyperdisk" },
};

const seriesOf = (type: string): Quota | undefined => SERIES[type.split("-")[0] ?? ""];

/** Refuses a machine whose processors would go over a quota, or the gigabytes that it boots from. */
export function chargeMachine(cloud: Gcp, inputs: Properties): void {
  const type = text(inputs, "machineType");
  const types = cloud.store.list("instance").map((one) => text(one, "machineType"));
  const processors = (counted: readonly string[]): number => counted.reduce((sum, each) => sum + processorsOf(each), 0);
  cloud.charge("processors", processorsOf(type), processors(types));
  const series = seriesOf(type);
  if (series !== undefined) cloud.charge(series, processorsOf(type), processors(types.filter((each) => seriesOf(each) === series)));
  chargeGigabytes(cloud, bootDisk(inputs));
}

/** Refuses gigabytes that would go over the quota of the disk's type. */
export function chargeGigabytes(cloud: Gcp, disk: Properties): void {
  const quota = DISKS[text(disk, "type") || "pd-standard"];
  if (quota === undefined) return;
  const there = [...cloud.store.list("disk"), ...cloud.store.list("instance").map(bootDisk)];
  const used = there.filter((each) => DISKS[text(each, "type") || "pd-standard"] === quota);
  cloud.charge(
    quota,
    number(disk, "size") ?? 0,
    used.reduce((sum, each) => sum + (number(each, "size") ?? 0), 0),
  );
}

/** The disk that a machine is made with. */
function bootDisk({ bootDisk }: Properties): Properties {
  const { initializeParams } = isMap(bootDisk) ? bootDisk : {};
  return isMap(initializeParams) ? initializeParams : {};
}
