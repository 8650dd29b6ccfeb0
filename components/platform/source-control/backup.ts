import { folderBackup } from "../applications/backup";
import { SCM_HOME, SCM_MANAGER } from "./apps";

/** Repositories are files; a push meanwhile is whole in the next backup. */
export const sourceControlBackup = folderBackup({
  workload: SCM_MANAGER.name,
  folder: SCM_HOME,
  file: "repositories.tar",
  holds: "SCM-Manager's home: every repository, its accounts and settings",
  not: "what is pushed meanwhile; whose repositories they are is in MariaDB too: back that up with it",
});
