import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { PartialFailure } from "./provider";
import { toStruct } from "./struct";

/** The metadata key under which gRPC carries a status with details. */
const STATUS_DETAILS = "grpc-status-details-bin";
const INIT_FAILED = "pulumirpc.ErrorResourceInitFailed";

/**
 * What a provider threw, as a gRPC error. A {@link PartialFailure} carries the state that was reached, so that the engine records it
 * and repeats the operation as an update.
 */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof CancelledError ? status.CANCELLED : status.UNKNOWN;
  const metadata = new Metadata();
  if (error instanceof PartialFailure) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(error.properties));
    if (error.inputs !== undefined) detail.setInputs(toStruct(error.inputs));
    detail.setReasonsList([error.message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), INIT_FAILED);
    const wrapped = new Status();
    wrapped.setCode(code);
    wrapped.setMessage(message);
    wrapped.addDetails(any);
    metadata.add(STATUS_DETAILS, Buffer.from(wrapped.serializeBinary()));
  }
  return { code, details: message, metadata };
}

/** The state a failed create or update reached, read back from the gRPC error; undefined where there is none. */
export function fromServiceError(error: ServiceError): PartialFailure | undefined {
  const [packed] = error.metadata?.get(STATUS_DETAILS) ?? [];
  if (!(packed instanceof Uint8Array)) return undefined;
  for (const any of Status.deserializeBinary(packed).getDetailsList()) {
    const detail = any.unpack(ErrorResourceInitFailed.deserializeBinary, INIT_FAILED);
    if (detail === null) continue;
    const inputs = detail.getInputs()?.toJavaScript();
    return new PartialFailure(detail.getReasonsList().join("\n"), detail.getId(), detail.getProperties()?.toJavaScript() ?? {}, inputs);
  }
  return undefined;
}

/** Raised for a call that came, or was still running, after the engine cancelled the operation. */
export class CancelledError extends Error {
  constructor() {
    super("the operation was cancelled");
    this.name = "CancelledError";
  }
}
