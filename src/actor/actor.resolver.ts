import type { AuditActorContext } from '../audit.options.js';
import type { ResolvedAuditOptions } from '../audit.options.resolved.js';
import { attempt, type Guarded } from '../event/guarded.js';
import { describeValue, messageOf } from '../event/text.js';
import { type AuditPrincipal, readPrincipal } from './principal.js';
import { field, isRecord, text } from './reading.js';
import { principalOfUser } from './user-principal.js';

/** Finds out who acts, by the application's own functions or from `request.user`. */
export class ActorResolver {
  constructor(
    private readonly options: Pick<ResolvedAuditOptions, 'resolveActor' | 'organization' | 'resolverTimeoutMs'>,
    private readonly warn: (message: string) => void,
  ) {}

  /**
   * What is known of the principal of a request. Never rejects: what an application's function does wrong is logged. No
   * promise where they answer at once.
   */
  resolve(context: AuditActorContext): Partial<AuditPrincipal> | Promise<Partial<AuditPrincipal>> {
    const { resolveActor } = this.options;
    const principal = resolveActor
      ? this.#call(
          'resolveActor',
          () => resolveActor(context),
          (value) => principalIn(value, this.warn),
        )
      : this.#call('resolveActor', () => principalOfUser(context.request?.user), asItIs);
    return principal instanceof Promise
      ? principal.then((late) => this.#withOrganization(late, context))
      : this.#withOrganization(principal, context);
  }

  #withOrganization(
    principal: Partial<AuditPrincipal> = {},
    context: AuditActorContext,
  ): Partial<AuditPrincipal> | Promise<Partial<AuditPrincipal>> {
    const { organization } = this.options;
    if (!organization) return principal;
    const add = (organizationId?: string): Partial<AuditPrincipal> =>
      organizationId ? { ...principal, organizationId } : principal;
    const found = this.#call('organization', () => organization(context), organizationIn);
    return found instanceof Promise ? found.then(add) : add(found);
  }

  /** @param read what of a result can be used; `undefined`, if nothing can */
  #call<Given, T>(
    name: string,
    call: () => Given | Promise<Given>,
    read: (value: NonNullable<Given>) => T | undefined,
  ): T | undefined | Promise<T | undefined> {
    const result = attempt(call, this.options.resolverTimeoutMs);
    return result instanceof Promise
      ? result.then((late) => this.#accepted(name, late, read))
      : this.#accepted(name, result, read);
  }

  #accepted<Given, T>(
    name: string,
    result: Guarded<Given>,
    read: (value: NonNullable<Given>) => T | undefined,
  ): T | undefined {
    if (!result.ok) {
      this.warn(`The option \`${name}\` failed: ${messageOf(result.error)}`);
      return undefined;
    }
    if (result.value === null || result.value === undefined) return undefined;
    const value = read(result.value);
    if (value === undefined)
      this.warn(`The option \`${name}\` gave ${describeValue(result.value)}, which cannot be used`);
    return value;
  }
}

/** For what cannot be nonsense. */
function asItIs<T>(value: T): T {
  return value;
}

/** No actor is an answer; an actor without an id, and groups that are no list, are mistakes. */
function principalIn(value: unknown, warn: (message: string) => void): Partial<AuditPrincipal> | undefined {
  if (!isRecord(value)) return undefined;
  const principal = readPrincipal(value);
  const groups = field(value, 'groups');
  const usable =
    (principal.actor !== undefined || (field(value, 'actor') ?? undefined) === undefined) &&
    (groups === undefined || groups === null || Array.isArray(groups));
  if (!usable) return undefined;
  const lost = Number(field(groups, 'length') ?? 0) - (principal.groups?.length ?? 0);
  if (lost > 0 && principal.actor)
    warn(`The option \`resolveActor\` gave ${lost} groups that have no id or are too many`);
  return principal;
}

function organizationIn(value: unknown): string | undefined {
  return typeof value === 'string' ? text(value) : undefined;
}
