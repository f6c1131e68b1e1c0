import type { Observable } from 'rxjs';
import type { AuditedContext, Resolvable } from '../audited.context.js';
import type { AuditMetadataInput } from '../event/event.js';
import type { AuditTargetInput } from '../event/targets.js';
import type { AuditRegistry } from './registry.js';
import type { AuditCatalogue, AuditEventDefinition, AuditEventDefinitions, AuditMetadataSchema } from './define.js';

/** The catalogue that is registered, or `never`. */
type Registered = AuditRegistry extends { events: infer Catalogue extends AuditCatalogue } ? Catalogue : never;

type Definitions = [Registered] extends [AuditCatalogue<infer Events>] ? Events : AuditEventDefinitions;

/** The definition of an action; of any one, where no catalogue is registered. */
type DefinitionOf<Action extends string> = [Registered] extends [never]
  ? AuditEventDefinition
  : Action extends keyof Definitions
    ? Definitions[Action]
    : never;

/** The actions that may be recorded. */
export type AuditActionName = [Registered] extends [never] ? string : keyof Definitions & string;

/** The target types that fill themselves. */
type FilledType = Extract<Registered['actorTarget'] | Registered['groupTarget'], string>;

type DeclaredTarget<Action extends string> = DefinitionOf<Action>['targets'][number];

type DeclaredType<Target> = Target extends string
  ? Target
  : Target extends { readonly type: infer Type extends string }
    ? Type
    : never;

type OptionalType<Target> = Target extends { readonly type: infer Type extends string; readonly optional: true }
  ? Type
  : never;

/** The target types that whoever records must give. */
export type RequiredTargetType<Action extends string> = [Registered] extends [never]
  ? never
  : Exclude<DeclaredType<DeclaredTarget<Action>>, OptionalType<DeclaredTarget<Action>> | FilledType>;

/** The target types that may be given, beside the required ones. */
export type OptionalTargetType<Action extends string> = [Registered] extends [never]
  ? string
  : Exclude<DeclaredType<DeclaredTarget<Action>>, RequiredTargetType<Action>>;

/** The target types that an event of the action may have. */
export type TargetTypeOf<Action extends string> = RequiredTargetType<Action> | OptionalTargetType<Action>;

/** Values for the keys of a metadata schema; anything, where there is none. */
export type MetadataFor<Schema> = [Schema] extends [AuditMetadataSchema]
  ? { readonly [Key in keyof Schema]?: MetadataValue<Schema[Key]> | null }
  : AuditMetadataInput;

interface MetadataTypes {
  /** A Date is written in ISO 8601. */
  string: string | Date;
  number: number;
  boolean: boolean;
}

type MetadataValue<Type> = Type extends keyof MetadataTypes ? MetadataTypes[Type] : never;

/** The metadata schema of an action; `undefined` where it has none. */
export type MetadataSchemaOf<Action extends string> =
  DefinitionOf<Action> extends { readonly metadata: infer Schema } ? Schema : undefined;

/** The metadata that an event of the action may have. */
export type EventMetadata<Action extends string> = MetadataFor<MetadataSchemaOf<Action>>;

type TargetSchemaOf<Action extends string, Type extends string> = SchemaIn<
  Extract<DeclaredTarget<Action>, { readonly type: Type }>
>;

type SchemaIn<Target> = [Target] extends [never]
  ? undefined
  : Target extends { readonly metadata?: infer Schema }
    ? Schema
    : undefined;

/** One target of a type: its id, or the id with a name and metadata. */
export type TargetInput<Action extends string, Type extends string> = [Registered] extends [never]
  ? AuditTargetInput
  : | string
    | number
    | {
        readonly id: string | number;
        readonly name?: string | null;
        readonly metadata?: MetadataFor<TargetSchemaOf<Action, Type>>;
      };

type TargetInputs<Action extends string, Type extends string> =
  TargetInput<Action, Type> | readonly TargetInput<Action, Type>[];

/** The targets of an event that is recorded by hand. */
export type RecordTargets<Action extends string> = {
  readonly [Type in RequiredTargetType<Action>]: TargetInputs<Action, Type>;
} & { readonly [Type in OptionalTargetType<Action>]?: TargetInputs<Action, Type> };

/** The targets of `@Audited`: values, or functions of what happened. */
export type AuditedTargets<Action extends string, Result> = {
  readonly [Type in RequiredTargetType<Action>]: ResolvableTarget<Action, Type, Result>;
} & { readonly [Type in OptionalTargetType<Action>]?: ResolvableTarget<Action, Type, Result> };

type ResolvableTarget<Action extends string, Type extends string, Result> = Resolvable<
  TargetInputs<Action, Type> | null | undefined,
  AuditedContext<Result>
>;

/** The metadata of `@Audited`: a value or a function for each key, or one function for all. */
export type AuditedMetadata<Action extends string, Result> =
  | ((
      context: AuditedContext<Result>,
    ) => EventMetadata<Action> | undefined | Promise<EventMetadata<Action> | undefined>)
  | {
      readonly [Key in keyof EventMetadata<Action>]: Resolvable<
        Known<EventMetadata<Action>[Key]>,
        AuditedContext<Result>
      >;
    };

/** `unknown` in words: beside it, a function would get no type for its context. */
type Known<Value> = unknown extends Value ? string | number | bigint | boolean | object | null | undefined : Value;

/** Makes the last argument obligatory where the action has target types that must be given. */
export type OptionsArgument<Action extends string, Options> = [RequiredTargetType<Action>] extends [never]
  ? [options?: Options]
  : [options: Options];

/** `targets` is obligatory where the action has target types that must be given. */
export type WithTargets<Action extends string, Targets> = [RequiredTargetType<Action>] extends [never]
  ? { readonly targets?: Targets }
  : { readonly targets: Targets };

/** What a handler may return whose result is named. */
export type HandlerReturn<Result> = Result | Promise<Result> | Observable<Result>;
