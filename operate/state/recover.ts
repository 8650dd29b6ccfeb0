import { z } from "zod";
import { holdsAnything } from "../../engine/state/move";
import { parseFile, readIfThere } from "../../host/files";
import { InvalidInputError, RefusedError } from "../../model/problems";
import { DOORS } from "../doors";
import { requireLock } from "../lock";
import { type Operator, requireAgreement } from "../operator";
import { makeReady, type Request, runJob } from "../ready";
import { readStates as readBackup } from "./folder";
import { obstacles, planRecovery, type StateRecoveryPlan } from "./recover-plan";

/** What is told of what nobody can be asked, each in a file. */
export interface RecoverySources {
  /** Ids by logical name, as JSON or YAML. */
  readonly ids?: string;
  /** The private key that machines were made with. */
  readonly sshKey?: string;
  /** An older backup of the states. */
  readonly older?: string;
}

/** A recovery. */
export interface StateRecovered {
  readonly environment: string;
  readonly plan: StateRecoveryPlan;
  /** Whether the states are in place now. */
  readonly done: boolean;
}

/**
 * Puts the lost states of an environment together again, by asking its cloud and its cluster. Nothing is made, changed or deleted there.
 * @param dryRun only tells what was found
 * @throws InvalidInputError, DeclinedError, StackBusyError; RefusedError where a state stands, or what was found is not enough
 */
export async function recoverState(
  request: Request,
  sources: RecoverySources,
  dryRun: boolean,
  operator: Operator,
  doors = DOORS,
): Promise<StateRecovered> {
  const ready = await makeReady(request, operator, doors);
  const { target } = ready;
  const { environment } = target.plan;
  // Keys of machines and names of the platform's parts are fixed there.
  requireLock(ready, operator);
  const hints = readSources(environment, sources);
  const ask = dryRun ? undefined : operator.asker("state recover");
  const { readStates, recover, importRecovered, wasRecovering } = await doors.states();
  const present = await runJob("read", target, operator, readStates);
  const stands = present.filter((one) => holdsAnything(one.state.deployment.resources ?? []) && !wasRecovering(target, one));
  if (stands.length > 0)
    throw new RefusedError(
      stands.map(({ stack }) => ({
        environment,
        path: "",
        reason: `its state is not lost: the stack ${stack} holds resources`,
        remedy: `look at \`kpaas preview ${environment}\`; where that state is of no use, \`kpaas state backup\` it, then take the stack away with \`pulumi stack rm --force\``,
        severity: "error",
      })),
    );
  const recovered = await runJob("state recover", target, operator, (given, options) => recover(given, hints, options));
  const plan = planRecovery(recovered);
  operator.tell({ kind: "stateFound", environment, plan });
  if (dryRun) return { environment, plan, done: false };
  const problems = obstacles(environment, plan);
  if (problems.length > 0) throw new RefusedError(problems);
  await requireAgreement(ask, { kind: "state recover", environment, plan });
  await runJob("state recover", target, operator, (given, options) => importRecovered(given, recovered.states, present, options));
  return { environment, plan, done: true };
}

function readSources(environment: string, { ids, sshKey, older }: RecoverySources) {
  const wrong = (path: string, reason: string, remedy: string) =>
    new InvalidInputError([{ environment, path, reason, remedy, severity: "error" }]);
  const read = (option: string, path: string): string => {
    const content = readIfThere(path);
    if (content === undefined) throw wrong(option, `there is no ${path}`, "name a file that is there");
    return content;
  };
  const told =
    ids === undefined ? undefined : z.record(z.string(), z.string()).safeParse(parseFile(ids, read("--ids", ids), "write it as YAML"));
  if (told?.success === false) throw wrong("--ids", `${ids} is no map of texts`, "write one line for each resource: NAME: ID");
  return {
    ...(told === undefined ? {} : { ids: told.data }),
    ...(sshKey === undefined ? {} : { sshKey: read("--ssh-key", sshKey) }),
    ...(older === undefined ? {} : { older: readBackup(older, environment).states }),
  };
}
