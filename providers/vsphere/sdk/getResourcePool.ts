import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which resource pool is meant. */
export interface GetResourcePoolArgs {
  readonly datacenterId?: string;
  /** Its name or path. */
  readonly name?: string;
  /** With `name`, the pool it lies in. */
  readonly parentResourcePoolId?: string;
}

/** A resource pool. */
export interface GetResourcePoolResult {
  readonly id: string;
}

/** Looks a resource pool up. */
export function getResourcePool(args: GetResourcePoolArgs = {}, opts?: InvokeOptions): Promise<GetResourcePoolResult> {
  return call("getResourcePool", args, opts);
}
