import { imageParts } from "../objects";
import type { Values } from "../values";

/** An image in the parts that the chart and those within it take. */
export function chartImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  return { registry, repository: path, tag, ...(digest === "" ? {} : { sha: digest.replace(/^sha256:/, "") }) };
}

/** The same where a digest has no place of its own. */
export function taggedImage(image: string): Values {
  const { registry, path, tag, digest } = imageParts(image);
  return { registry, repository: path, tag: digest === "" ? tag : `${tag}@${digest}` };
}

/** Requests and limits of all but Prometheus, which has the plan's: they hold little, and less the smaller the cluster is. */
export const OTHERS = { requests: { cpu: "25m", memory: "96Mi" }, limits: { memory: "512Mi" } } as const;
