import type { ResourceTransform } from "@pulumi/pulumi";
import type { z } from "zod";
import type { PlatformFields, ServiceFields } from "../../model/environment/environment-fields";
import type { AnyService } from "./define-service";
import type { services } from "./services";

/*
 * The types by which a program knows its platform's services: `Wanted` is what it writes at `platform.services`, `Own` the services it brings
 * itself, by name. At run time there is one record of components.
 */

/** Services of a program's own, by name. */
export type OwnServices = Readonly<Record<string, AnyService>>;

/** No service of a program's own. */
export type NoServices = Readonly<Record<never, never>>;

/** What may stand at `platform.services`. */
export type Switches<Own> = NonNullable<PlatformFields["services"]> & {
  readonly [Name in keyof Own]?: boolean | (ServiceFields & OptionsOf<Own[Name]>);
};

/**
 * What changes resources of services before they are registered, by service: Pulumi's transform of the service's component. It is called for
 * everything below it with what it is to be, and may return other properties and options. A last resort: what it changes no check sees.
 */
export type Transforms<Own> = { readonly [Name in keyof Known<Own>]?: ResourceTransform };

/** Refuses what a type parameter alone would let through: services and options that are not there. */
export type Checked<Wanted, Own> = {
  readonly [Name in keyof Wanted]: Name extends keyof Switches<Own> ? CheckedField<Wanted[Name], Switches<Own>[Name]> : never;
};

/** The components of a platform by the names of its services: those asked for are there, others perhaps. */
export type Components<Wanted, Own> = {
  readonly [Name in keyof Known<Own>]?: ComponentOf<Known<Own>[Name]>;
} & { readonly [Name in keyof Known<Own> & Asked<Wanted>]: ComponentOf<Known<Own>[Name]> };

/** The services there are: ours, and a program's own. */
type Known<Own> = typeof services & Own;

/** The component of a service. */
type ComponentOf<Definition> = Definition extends { create(...given: never): infer Component } ? Component : never;

/** The options of a service's own. */
type OptionsOf<Definition> = Definition extends { readonly options?: (zod: never, kinds: never) => infer Shape extends z.ZodRawShape }
  ? z.infer<z.ZodObject<Shape>>
  : unknown;

/** Names that a program asks for: not switched off, nor perhaps. */
type Asked<Wanted> = {
  [Name in keyof Wanted]: false extends Wanted[Name] ? never : undefined extends Wanted[Name] ? never : Name;
}[keyof Wanted];

type CheckedField<Field, Allowed> = Field extends object
  ? { readonly [Option in keyof Field]: Option extends keyof Extract<Allowed, object> ? Extract<Allowed, object>[Option] : never }
  : Allowed;
