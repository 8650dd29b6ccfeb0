import type { Output } from "@pulumi/pulumi";
import type { MachinePlan } from "../../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../../model/plan/types";
import { samePublicKey } from "../ssh-key";
import type { Answer, Put, Question } from "./ask";

/** The logical names of the machines that use something. */
export type Using = (uses: (machine: MachinePlan) => boolean) => string[];

/** Puts questions to a cloud, all at once, and keeps what comes of them. */
export interface Asker {
  readonly put: Put;
  readonly using: Using;
  /** What came of all questions. @throws Error where the cloud could not be asked at all */
  answers(): Promise<readonly Answer<unknown>[]>;
}

/**
 * Asks for what a plan names.
 * @param name the infrastructure's
 */
export function asker(plan: EnvironmentPlan, name: string, ask: <T>(question: Question<T>) => Promise<Answer<T>>): Asker {
  const asked: Promise<Answer<unknown>>[] = [];
  return {
    put: (question) => {
      const answer = ask(question);
      asked.push(answer);
      return answer.then(
        (each) => (each.kind === "found" ? each.found : undefined),
        // That the cloud could not be asked at all, `answers` tells.
        () => undefined,
      );
    },
    using: (uses) => plan.machines.filter(uses).map((each) => `${name}-machine-${each.name}`),
    answers: () => Promise.all(asked),
  };
}

/**
 * Asks for the zones that machines are in.
 * @param lacks what is said of one that the cloud does not tell of
 */
export function askZones(
  plan: EnvironmentPlan,
  { put, using }: Asker,
  lookUp: () => Promise<{ readonly names?: readonly string[] }>,
  lacks: { readonly reason: string; readonly optional?: boolean },
): void {
  const zones = new Set(plan.machines.flatMap(({ zone }) => zone ?? []));
  if (zones.size === 0) return;
  const { reason, ...optional } = lacks;
  const path = "infrastructure.zones";
  const found = lookUp();
  // Of several zones one may be missing.
  found.catch(() => undefined);
  for (const zone of zones)
    void put({
      path,
      value: zone,
      what: "availability zone",
      ask: () => found,
      check: ({ names }) =>
        names === undefined || names.includes(zone) ? undefined : { path, value: zone, reason, remedy: `use some of: ${names.join(", ")}` },
      uses: using((machine) => machine.zone === zone),
      ...optional,
    });
}

/** Asks for the key pair that the file names, if any: it must be there, and the private key's. */
export function askKeyPair(
  { access }: EnvironmentPlan,
  publicKey: Output<string> | undefined,
  { put, using }: Asker,
  lookUp: (keyPair: string) => Promise<{ readonly publicKey?: string }>,
): void {
  const { keyPair } = access.ssh;
  if (keyPair === undefined) return;
  const path = "infrastructure.access.ssh.keyPair";
  void put({
    path,
    value: keyPair,
    what: "key pair",
    ask: () => lookUp(keyPair),
    check: async ({ publicKey: theirs }) => {
      const ours = publicKey && (await new Promise<string>((resolve) => publicKey.apply(resolve)));
      if (ours === undefined || !theirs || samePublicKey(ours, theirs)) return undefined;
      const reason = "is another key than privateKey, so that nothing could log in to the machines";
      return { path, value: keyPair, reason, remedy: "name the key pair that privateKey is the private half of" };
    },
    uses: using(() => true),
  });
}
