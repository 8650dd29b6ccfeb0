import { fields, text } from "../../../model/data";
import type { SeenBackups } from "../cluster-view";
import { askAll, printed, type RemoteHosts } from "./remote-hosts";

/** The program that the playbook etcd-backup installs. */
const PROGRAM = "/usr/local/sbin/kpaas-etcd-backup";
const STATUS = "/var/lib/kpaas/backup/status.json";
const MARK = "--- status";
/** What the playbook etcd-restore leaves on the first control plane until all of it is done. */
export const RESTORING = "/var/lib/kpaas/restoring";
const RESTORING_MARK = "--- restoring";
const ANSWER_MS = 120_000;

/** What the control planes tell of their backups: each knows its own attempts, and sees those that are where all of them keep theirs. */
const SCRIPT = `[ ! -x ${PROGRAM} ] || ${PROGRAM} list; echo '${MARK}'; cat ${STATUS} 2>/dev/null || :; echo; echo '${RESTORING_MARK}'; cat ${RESTORING} 2>/dev/null || :`;

/** Asks the control planes for the backups. @throws Error where none of them answers */
export async function readBackups(hosts: RemoteHosts, controlPlanes: readonly string[]): Promise<SeenBackups> {
  const { answers, failures } = await askAll(controlPlanes, (host) => printed(hosts, host, SCRIPT, { become: true, timeoutMs: ANSWER_MS }));
  if (answers.size === 0) throw new Error([...failures.values()].map(({ message }) => message).join("; "));
  return seenBackups([...answers].map(([host, said]) => ({ host, said })));
}

/** Puts together what hosts have said. */
export function seenBackups(answers: readonly { readonly host: string; readonly said: string }[]): SeenBackups {
  const told = answers.map(({ host, said }) => {
    const [list = "", rest = ""] = said.split(`${MARK}\n`);
    const [status = "", restoring = ""] = rest.split(`${RESTORING_MARK}\n`);
    const { lastAttempt, lastSuccess, error } = fields(parsed(status));
    return {
      ...{ host, names: list.split("\n").filter((line) => line !== "") },
      ...{ attempt: text(lastAttempt) ?? "", success: text(lastSuccess), error: text(error), restoring: restoring.trim() },
    };
  });
  // They take turns: what the one says that tried last is how it stands.
  const last = told.reduce(
    (newest, each) => (each.attempt > newest.attempt ? each : newest),
    told[0] ?? { error: undefined, host: "", attempt: "" },
  );
  const success = told
    .flatMap((each) => each.success ?? [])
    .sort()
    .at(-1);
  const restoring = told.map((each) => each.restoring).find((each) => each !== "");
  return {
    names: [...new Set(told.flatMap(({ names }) => names))].sort(),
    ...(success === undefined ? {} : { lastSuccess: success }),
    ...(last.error === undefined ? {} : { failure: `${last.host}: ${last.error}` }),
    ...(restoring === undefined ? {} : { restoring }),
  };
}

function parsed(status: string): unknown {
  try {
    return JSON.parse(status);
  } catch {
    return undefined; // no attempt has been made there
  }
}
