import { folderBackup } from "../applications/backup";

/** What Jenkins has can be dumped while it runs; what it would write over what was restored ends with its restart. */
export const pipelineBackup = folderBackup({
  workload: "cp-pipeline-jenkins",
  folder: "/var/jenkins_home",
  file: "jenkins.tar",
  // What builds fetched and made, what it unpacks at its start, and what is mounted there.
  without: ["workspace", "caches", "war", ".cache", ".m2", ".gradle", "init.groovy"],
  holds: "Jenkins's home: jobs, their runs, credentials and the keys they are encrypted by",
  not: "workspaces and caches of builds; jobs and projects as the pipeline knows them are in MariaDB, what was found in sources in PostgreSQL: back those up with it",
});
