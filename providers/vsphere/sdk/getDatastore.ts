import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which datastore is meant. */
export interface GetDatastoreArgs {
  readonly datacenterId?: string;
  /** Its name or path. */
  readonly name: string;
}

/** A datastore. */
export interface GetDatastoreResult {
  readonly id: string;
  /** What is known of its room, in bytes: `capacity` and `free`. */
  readonly stats?: Readonly<Record<string, string>>;
}

/** Looks a datastore up. */
export function getDatastore(args: GetDatastoreArgs, opts?: InvokeOptions): Promise<GetDatastoreResult> {
  return call("getDatastore", args, opts);
}
