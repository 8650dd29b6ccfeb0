import { StackMissingError } from "../../engine/errors";
import type { EnvironmentSecrets } from "../../engine/secrets-provider";
import { readIfThere } from "../../host/files";
import { type Finding, InvalidInputError } from "../../model/problems";
import { DOORS } from "../doors";
import { type Operator, requireAgreement } from "../operator";
import { type Request, runJob } from "../ready";
import { forState, stateBackups } from "./backup";
import { type StateBackup, writeStates } from "./folder";
import { planChange, providerMistake, type SecretsChange } from "./secrets-plan";

/** What secrets are to be encrypted by. */
export interface SecretsChoice {
  /** `passphrase`, or the URL of a key. */
  readonly provider: string;
  /** The file with the new passphrase, where one takes another's place. */
  readonly newPassphraseFile?: string;
}

/** A change that was made. */
export interface SecretsChanged {
  readonly environment: string;
  /** Undefined where there was nothing to change. */
  readonly change?: SecretsChange;
  /** The states as they were before; undefined where a change that was broken off has kept them. */
  readonly kept?: StateBackup;
}

/**
 * Encrypts the secrets in all states and configurations of an environment by another provider; broken off, the same command goes on.
 * @throws InvalidInputError, RefusedError, DeclinedError, StackMissingError, StackBusyError, OperationFailedError
 */
export async function changeSecretsProvider(
  request: Request,
  choice: SecretsChoice,
  operator: Operator,
  doors = DOORS,
): Promise<SecretsChanged> {
  const { target, project } = await forState(request, operator, doors);
  const { environment } = target.plan;
  const { provider } = choice;
  const passphrase = choice.newPassphraseFile === undefined ? undefined : readIfThere(choice.newPassphraseFile)?.trim();
  const mistakes = [providerMistake(provider), passphraseMistake(choice, passphrase)].filter((one) => one !== undefined);
  if (mistakes.length > 0) throw new InvalidInputError(mistakes.map((one) => ({ environment, severity: "error", ...one })));
  const ask = operator.asker("state secrets");
  const { readSecrets, changeSecrets } = await doors.states();
  const secrets = await runJob("read", target, operator, readSecrets);
  if (secrets.stacks.length === 0) throw new StackMissingError(environment);
  const change = planChange(secrets, provider, passphrase !== undefined);
  if (change === undefined) return { environment };
  const wrong = exchangeMistake(secrets, provider, passphrase);
  if (wrong !== undefined) throw new InvalidInputError([{ environment, severity: "error", ...wrong }]);
  await requireAgreement(ask, { kind: "state secrets", environment, change });
  let kept: StateBackup | undefined;
  await runJob("state secrets", target, operator, (given, options) =>
    changeSecrets(
      given,
      provider,
      (states) => {
        kept = writeStates(
          stateBackups(target.root),
          { environment, project, before: `a change of the secrets provider to ${provider}` },
          states,
        );
      },
      passphrase,
      options,
    ),
  );
  return { environment, change, ...(kept ? { kept } : {}) };
}

/** Of one passphrase in another's place the engine reads the new one from its input, and would take an empty one; of a first one, from its variable. */
function exchangeMistake({ stacks }: EnvironmentSecrets, to: string, passphrase: string | undefined): Finding | undefined {
  if (to !== "passphrase") return undefined;
  const exchanged = stacks.filter(({ before = "passphrase" }) => before === "passphrase").length;
  if (exchanged > 0 && exchanged < stacks.length && passphrase !== undefined)
    return {
      path: "--new-passphrase-file",
      reason: "some of its stacks have a passphrase already, and others a key: they would get different ones",
      remedy: "bring all to the present passphrase first, without this option",
    };
  if (exchanged > 0 && exchanged === stacks.length && passphrase === undefined)
    return {
      path: "",
      reason: "a passphrase takes another's place, and the new one is not named",
      remedy: "add --new-passphrase-file FILE; PULUMI_CONFIG_PASSPHRASE stays the former one until all is changed",
    };
  if (exchanged === 0 && passphrase !== undefined)
    return {
      path: "--new-passphrase-file",
      reason: "there is no passphrase yet that it could take the place of",
      remedy: "leave it out, and set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the new one",
    };
  return undefined;
}

function passphraseMistake({ provider, newPassphraseFile }: SecretsChoice, passphrase: string | undefined): Finding | undefined {
  if (newPassphraseFile === undefined) return undefined;
  const path = "--new-passphrase-file";
  if (provider !== "passphrase") return { path, reason: `${provider} has no passphrase`, remedy: "leave it out" };
  const remedy = "name a file with one line, the new passphrase";
  return passphrase ? undefined : { path, reason: `${newPassphraseFile} is not there, or empty`, remedy };
}
