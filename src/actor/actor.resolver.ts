import type { AuditActorContext } from '../audit.options.js';
import type { ResolvedAuditOptions } from '../audit.options.resolved.js';
import { attempt, type Guarded } from '../event/guarded.js';
import { describeValue, messageOf } from '../event/text.js';
import type { AuditPrincipal } from './principal.js';
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
    const { resolveActor = principalOfRequest } = this.options;
    const principal = this.#call('resolveActor', () => resolveActor(context), isPrincipal);
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
    const found = this.#call('organization', () => organization(context), isText);
    return found instanceof Promise ? found.then(add) : add(found);
  }

  #call<T>(
    name: string,
    call: () => T | Promise<T>,
    accept: (value: unknown) => boolean,
  ): NonNullable<T> | undefined | Promise<NonNullable<T> | undefined> {
    const result = attempt(call, this.options.resolverTimeoutMs);
    return result instanceof Promise
      ? result.then((late) => this.#accepted(name, late, accept))
      : this.#accepted(name, result, accept);
  }

  #accepted<T>(name: string, result: Guarded<T>, accept: (value: unknown) => boolean): NonNullable<T> | undefined {
    if (!result.ok) {
      this.warn(`The option \`${name}\` failed: ${messageOf(result.error)}`);
      return undefined;
    }
    if (result.value === null || result.value === undefined) return undefined;
    if (accept(result.value)) return result.value;
    this.warn(`The option \`${name}\` gave ${describeValue(result.value)}, which cannot be used`);
    return undefined;
  }
}

function principalOfRequest({ request }: AuditActorContext): Partial<AuditPrincipal> {
  return principalOfUser(request?.user);
}

function isPrincipal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { actor, groups } = value as Partial<AuditPrincipal>;
  return (
    (actor === undefined || isText(actor?.id) || typeof actor?.id === 'number') &&
    (groups === undefined || Array.isArray(groups))
  );
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
