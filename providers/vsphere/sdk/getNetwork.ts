import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which network is meant. */
export interface GetNetworkArgs {
  readonly datacenterId?: string;
  /** Name or path of a port group, of a switch of one host or of a distributed one. */
  readonly name: string;
}

/** A network. */
export interface GetNetworkResult {
  readonly id: string;
  readonly type: string;
}

/** Looks a network up. */
export function getNetwork(args: GetNetworkArgs, opts?: InvokeOptions): Promise<GetNetworkResult> {
  return call("getNetwork", args, opts);
}
