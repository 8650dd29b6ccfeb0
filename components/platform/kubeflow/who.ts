import type { core } from "@pulumi/kubernetes/types/input";
import { USER_HEADER } from "./login";
import { NAMES } from "./names";

/** The key of an empty text: the API server leaves one out that is written down with a variable, and programs take their own default for that. */
export const NOTHING = "nothing";

/** What a program that asks who somebody is is told: the whole header is the name. */
export const TOLD_WHO: readonly core.v1.EnvVar[] = [
  { name: "USERID_HEADER", value: USER_HEADER },
  { name: "USERID_PREFIX", valueFrom: { configMapKeyRef: { name: NAMES.links, key: NOTHING } } },
];
