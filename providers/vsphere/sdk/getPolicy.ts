import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which storage policy is meant. */
export interface GetPolicyArgs {
  readonly name: string;
}

/** A storage policy. */
export interface GetPolicyResult {
  readonly id: string;
}

/** Looks a storage policy up. */
export function getPolicy(args: GetPolicyArgs, opts?: InvokeOptions): Promise<GetPolicyResult> {
  return call("getPolicy", args, opts);
}
