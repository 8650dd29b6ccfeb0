import { text, type Workload } from "../programs";
import { rule } from "../rule";
import { TOLD_WHO } from "../who";
import type { Screen } from "./part";

/** Where they listen. */
const PORT = 5000;

/** One of Kubeflow's web apps: a screen by which users make and see objects of their profiles. */
export interface WebApp {
  /** Its Deployment, Service and account. */
  readonly name: string;
  /** Its container. @default the same */
  readonly program?: string;
  /** The role of its image. */
  readonly image: string;
  /** Where it is met below the host, such as `/volumes`. */
  readonly path: string;
  /** What it is told beside that and who asks. @default nothing */
  readonly variables?: Readonly<Record<string, string>>;
  /** @default none */
  readonly mounts?: Workload["programs"][number]["mounts"];
}

/** It asks whether whoever has logged in may do what it is asked for, before it does that. */
export const ASKS_FIRST = rule("authorization.k8s.io", "subjectaccessreviews", "create");

/** The program of a web app. */
export function webApp({ name, program = name, image, path, variables = {}, mounts = {} }: WebApp): Workload {
  return {
    name,
    service: { http: PORT },
    token: true,
    meshed: true,
    programs: [
      {
        name: program,
        image,
        args: () => [],
        env: () => [...TOLD_WHO, ...text({ APP_PREFIX: path, ...variables, APP_SECURE_COOKIES: "true" })],
        ports: { http: PORT },
        mounts,
        health: { page: "/healthz/readiness", port: PORT },
      },
    ],
  };
}

/** How a web app is met through the gate. */
export function screenOf({ name, path }: WebApp): Screen {
  return { name, port: PORT, path: `${path}/`, rest: true };
}
