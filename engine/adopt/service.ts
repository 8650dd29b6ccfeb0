import type { Client, handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  type CreateRequest,
  CreateResponse,
  type DiffRequest,
  DiffResponse,
  InvokeRequest,
  ReadRequest,
  ReadResponse,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import type { Values } from "../../model/findable";
import { callBeside, handedOn } from "../../plugin/rpc/beside";
import { toServiceError } from "../../plugin/rpc/errors";
import { type Properties, secret } from "../../plugin/rpc/provider";
import { fromStruct, toStruct } from "../../plugin/rpc/struct";
import { typeOf } from "../events";
import { plain } from "../state/state";
import { type Asking, isForeign, isToldInputs, otherName, place, type Wanted } from "./find";
import { GENERATED } from "./generated";
import { learned, type StandIn } from "./learn";
import type { Finding, Notes } from "./notes";
import { OLDER } from "./told";

/** The id of what the next `up` sees to: it is taken out of the state before anybody else reads it. */
export const LEFT = "kpaas:left-to-the-next-up";

/** What those who look for resources are told beforehand. */
export interface Told {
  /** Ids that a person has told, by URN or logical name. */
  readonly ids: Readonly<Record<string, string>>;
  /** Ids by URN that an older state knew: where nobody can be asked. */
  readonly recalled: Readonly<Record<string, string>>;
  readonly notes: Notes;
}

/**
 * A provider that makes nothing: in place of making a resource it looks for the one that is there, and hands every question on to the real
 * one. Changes and deletions are refused, whoever asks for them.
 */
export function adopting(plugin: Client, { ids, recalled, notes }: Told): UntypedServiceImplementation {
  const handOn = Object.fromEntries(handedOn(plugin));
  const askingFor = (urn: string): Asking => ({
    async invoke(token, args) {
      const request = new InvokeRequest();
      request.setTok(token);
      request.setArgs(toStruct(args));
      const response = await callBeside(plugin, ResourceProviderService.invoke, request);
      const [failure] = response.getFailuresList();
      if (failure !== undefined) throw new Error(failure.getReason());
      return plain(fromStruct(response.getReturn()));
    },
    async read(type, id) {
      const [head = "", project = ""] = urn.split("::");
      const { id: found, properties } = await read(id, [head, project, type, "asked"].join("::"), {}, {});
      return found === "" ? undefined : { id: found, ...plain(properties) };
    },
  });

  async function read(id: string, urn: string, inputs: Properties, properties: Properties) {
    const request = new ReadRequest();
    request.setId(id);
    request.setUrn(urn);
    request.setInputs(toStruct(inputs));
    request.setProperties(toStruct(properties));
    const response = await callBeside(plugin, ResourceProviderService.read, request);
    return { id: response.getId(), inputs: fromStruct(response.getInputs()), properties: fromStruct(response.getProperties()) };
  }

  /** Takes a resource up that is there. @throws Error where it is not, or nobody can tell */
  async function adopt(wanted: Wanted, sealed: Properties): Promise<{ id: string; properties: Properties }> {
    const { urn, type, inputs } = wanted;
    const told = ids[urn] ?? ids[urn.split("::").at(-1) ?? ""];
    const note = (finding: Omit<Finding, "urn" | "type">) =>
      notes.add({ kind: "finding", urn, type, ...finding, ...(told === undefined ? {} : { told: true }) });
    const asked = Object.fromEntries(Object.entries(sealed).filter(([key]) => !key.startsWith("__")));
    const asking = askingFor(urn);
    let found = told === undefined ? await place(wanted, asking) : { id: told };
    const older = recalled[urn];
    if (older !== undefined && "outcome" in found && found.outcome !== "missing") found = { id: older };
    if ("outcome" in found) {
      note(found);
      if (found.outcome !== "left") throw new Error(`404 not found: ${found.reason}`);
      const { digest: _digest, ...reached } = asked;
      return { id: found.id ?? LEFT, properties: reached };
    }
    const there = await read(found.id, urn, sealed, isToldInputs(wanted) ? asked : {}).catch((error: unknown) => {
      note({ outcome: "unasked", id: found.id, reason: textOf(error) });
      throw error;
    });
    if (there.id === "") {
      const since = "it is not there any more; where another has taken its place, tell that one's id by --ids";
      note({ outcome: "missing", id: found.id, reason: found.id === older ? since : "there is none of this id" });
      throw new Error(`404 not found: ${found.id}`);
    }
    const [live, outputs] = [plain(there.inputs), plain(there.properties)];
    if (isForeign(inputs, outputs) || isForeign(inputs, live)) {
      note({ outcome: "foreign", id: there.id, reason: "it bears the marks of another environment" });
      throw new Error(`404 not found: ${there.id} is another environment's`);
    }
    const other = told === undefined ? undefined : (otherName(inputs, outputs) ?? otherName(inputs, live));
    if (other !== undefined) {
      note({ outcome: "foreign", id: there.id, reason: `what has this id is called ${other}` });
      throw new Error(`404 not found: ${there.id} is another one`);
    }
    const values = learned(inputs, outputs, standIns());
    for (const { urn: of, output, value, path } of [...values, ...learned(inputs, live, standIns())])
      notes.add({ kind: "value", urn: of, output, value, from: `${there.id} (${path})` });
    note({ outcome: "found", id: there.id });
    return { id: there.id, properties: there.properties };
  }

  function standIns(): StandIn[] {
    return notes
      .all()
      .flatMap((note) =>
        note.kind === "made" ? Object.entries(note.values).map(([output, value]) => ({ urn: note.urn, output, value })) : [],
      );
  }

  /** Gives a generated value as it is known, or one in its place. */
  function generated({ urn, type }: Wanted, made: CreateResponse): { id: string; properties: Properties } {
    const kind = GENERATED[type];
    const outputs = fromStruct(made.getProperties());
    const values = notes.all().filter((note) => note.kind === "value" && note.urn === urn);
    const known: Record<string, string> = {};
    const places = new Set<string>();
    for (const note of values)
      if (note.kind === "value") {
        known[note.output] = note.value;
        places.add(note.from);
      }
    const texts = Object.entries(plain(outputs)).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : []));
    if (values.length === 0 || kind === undefined) {
      notes.add({ kind: "made", urn, values: Object.fromEntries(texts) });
      notes.add({ kind: "finding", urn, type, outcome: "lost", reason: kind?.lost ?? "another one is made" });
      return { id: made.getId(), properties: outputs };
    }
    // What an older state tells shows too where it is meant to be: another may be there by now.
    if (places.has(OLDER)) notes.add({ kind: "made", urn, values: known });
    const { id = made.getId(), ...real } = kind.complete(known);
    const sealed = Object.entries(real).map(([name, value]) => [name, typeof outputs[name] === "string" ? value : secret(value)]);
    notes.add({ kind: "finding", urn, type, outcome: "known", reason: [...places].slice(0, 1).join("") });
    return { id, properties: { ...outputs, ...Object.fromEntries(sealed) } };
  }

  const create: handleUnaryCall<CreateRequest, CreateResponse> = async (call, callback) => {
    const { request } = call;
    if (request.getPreview()) return handOn.create?.(call, callback as never);
    try {
      const sealed = fromStruct(request.getProperties());
      const wanted = { urn: request.getUrn(), type: typeOf(request.getUrn()), inputs: plain(sealed) as Values };
      const isGenerated = /^(random|tls):/.test(wanted.type);
      const { id, properties } = isGenerated
        ? generated(wanted, await callBeside(plugin, ResourceProviderService.create, request))
        : await adopt(wanted, sealed);
      const response = new CreateResponse();
      response.setId(id);
      response.setProperties(toStruct(properties));
      callback(null, response);
    } catch (error) {
      callback(toServiceError(error));
    }
  };
  type Handler = handleUnaryCall<object, object>;
  const handedTo = (name: string): Handler => handOn[name] ?? refused;
  const refused: handleUnaryCall<object, object> = (_call, callback) =>
    callback(toServiceError(new Error("404: whoever looks for what is there changes nothing")));
  const update: Handler = (call, callback) => ((call.request as UpdateRequest).getPreview() ? handedTo("update") : refused)(call, callback);
  const readAgain: Handler = (call, callback) => {
    const request = call.request as ReadRequest;
    if (request.getId() !== LEFT) return handedTo("read")(call, callback);
    const response = new ReadResponse();
    response.setId(LEFT);
    response.setInputs(request.getInputs());
    response.setProperties(request.getProperties());
    callback(null, response);
  };
  const diff: Handler = (call, callback) => {
    if ((call.request as DiffRequest).getId() !== LEFT) return handedTo("diff")(call, callback);
    const response = new DiffResponse();
    response.setChanges(DiffResponse.DiffChanges.DIFF_NONE);
    callback(null, response);
  };
  return {
    ...handOn,
    create,
    update,
    delete: refused,
    read: readAgain,
    diff,
  } as UntypedServiceImplementation;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
