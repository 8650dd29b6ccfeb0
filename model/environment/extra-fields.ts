import { z } from "zod";
import { isKubernetesObject } from "../extra";
import { label, text } from "./fields";

/* The kinds of values that a user's own charts and objects are described by. */

const version = z
  .string()
  .regex(/^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/, "must be one whole version such as 1.2.3: a range would be another chart tomorrow");

const repository = z
  .string()
  .regex(
    /^(https|oci):\/\/[^\s@?#]+[^\s@?#/]$/,
    "must be the https:// address of a repository or the oci:// path that the chart is below, without a log-in",
  );

const release = z.strictObject({
  chart: z.string().regex(/^[a-z0-9][-a-z0-9._]*$/, "must be the chart's name, without its repository"),
  repository,
  version,
  namespace: text,
  values: z.record(z.string(), z.unknown()).optional(),
});

const manifest = z
  .record(z.string(), z.unknown())
  .refine(isKubernetesObject, { message: "is no Kubernetes object", params: { remedy: "give apiVersion, kind and metadata.name" } });

/** What of the user's own lives and dies with the platform. */
export const extra = z.strictObject({
  releases: z.record(label("a release's name", 53), release).optional(),
  manifests: z.array(z.union([text, manifest])).optional(),
});
