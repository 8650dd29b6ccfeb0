import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which datacenter is meant. */
export interface GetDatacenterArgs {
  /** Its name or path. @default the only one there is */
  readonly name?: string;
}

/** A datacenter. */
export interface GetDatacenterResult {
  readonly id: string;
}

/** Looks a datacenter up. */
export function getDatacenter(args: GetDatacenterArgs = {}, opts?: InvokeOptions): Promise<GetDatacenterResult> {
  return call("getDatacenter", args, opts);
}
