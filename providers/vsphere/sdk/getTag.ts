import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which tag is meant. */
export interface GetTagArgs {
  readonly categoryId: string;
  readonly name: string;
}

/** A tag. */
export interface GetTagResult {
  readonly id: string;
}

/** Looks a tag up. */
export function getTag(args: GetTagArgs, opts?: InvokeOptions): Promise<GetTagResult> {
  return call("getTag", args, opts);
}
