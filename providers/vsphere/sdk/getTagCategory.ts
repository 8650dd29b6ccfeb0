import type { InvokeOptions } from "@pulumi/pulumi";
import { call } from "./utilities";

/** Which category is meant. */
export interface GetTagCategoryArgs {
  readonly name: string;
}

/** A category of tags. */
export interface GetTagCategoryResult {
  readonly id: string;
}

/** Looks a category of tags up. */
export function getTagCategory(args: GetTagCategoryArgs, opts?: InvokeOptions): Promise<GetTagCategoryResult> {
  return call("getTagCategory", args, opts);
}
