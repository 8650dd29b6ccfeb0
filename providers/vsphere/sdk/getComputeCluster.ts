import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which compute cluster is meant. */
export interface GetComputeClusterArgs {
  readonly datacenterId?: string;
  /** Its name or path. */
  readonly name: string;
}

/** A compute cluster. */
export interface GetComputeClusterResult {
  readonly id: string;
  /** The pool of all that it has. */
  readonly resourcePoolId: string;
}

/** Looks a compute cluster up. */
export function getComputeCluster(args: GetComputeClusterArgs, opts?: InvokeOptions): Promise<GetComputeClusterResult> {
  return call("getComputeCluster", args, opts);
}
