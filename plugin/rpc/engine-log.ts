import { Client, credentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** One line for the user, shown beside the resource it is about. */
export interface LogLine {
  readonly urn: string;
  readonly severity: "debug" | "info" | "warning" | "error";
  readonly message: string;
  /** Shown only while the operation runs. */
  readonly ephemeral: boolean;
}

const SEVERITIES = { debug: LogSeverity.DEBUG, info: LogSeverity.INFO, warning: LogSeverity.WARNING, error: LogSeverity.ERROR } as const;

/** How long a line may wait for the engine, in milliseconds. */
const LOG_TIMEOUT = 5_000;

/** Sends log lines to the engine at `address`. A line that cannot be delivered is dropped: a log must not fail an operation. */
export function engineLog(address: string): (line: LogLine) => Promise<void> {
  const client = new Client(address, credentials.createInsecure());
  return (line) =>
    new Promise((resolve) => {
      const request = new LogRequest();
      request.setUrn(line.urn);
      request.setSeverity(SEVERITIES[line.severity]);
      request.setMessage(line.message);
      request.setEphemeral(line.ephemeral);
      const { path, requestSerialize, responseDeserialize } = EngineService.log;
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline: Date.now() + LOG_TIMEOUT }, () =>
        resolve(),
      );
    });
}
