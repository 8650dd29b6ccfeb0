import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which folder is meant. */
export interface GetFolderArgs {
  /** Its whole path, as `/DATACENTER/vm/FOLDER`. */
  readonly path: string;
}

/** A folder. */
export interface GetFolderResult {
  readonly id: string;
}

/** Looks a folder up. */
export function getFolder(args: GetFolderArgs, opts?: InvokeOptions): Promise<GetFolderResult> {
  return call("getFolder", args, opts);
}
