import type { AuditActorContext } from '../audit.options.js';
import type { ResolvedAuditOptions } from '../audit.options.resolved.js';
import { guarded } from '../event/guarded.js';
import { describeValue, messageOf } from '../event/text.js';
import type { AuditPrincipal } from './principal.js';
import { principalOfUser } from './user-principal.js';

/** Finds out who acts, by the application's own functions or from `request.user`. */
export class ActorResolver {
  constructor(
    private readonly options: Pick<ResolvedAuditOptions, 'resolveActor' | 'organization' | 'resolverTimeoutMs'>,
    private readonly warn: (message: string) => void,
  ) {}

  /** What is known of the principal of a request. Never rejects: what an application's function does wrong is logged. */
  async resolve(context: AuditActorContext): Promise<Partial<AuditPrincipal>> {
    const { resolveActor = principalOfRequest, organization } = this.options;
    const principal = await this.#call('resolveActor', () => resolveActor(context), isPrincipal);
    const organizationId = organization && (await this.#call('organization', () => organization(context), isText));
    return { ...principal, ...(organizationId && { organizationId }) };
  }

  async #call<T>(
    name: string,
    call: () => T | Promise<T>,
    accept: (value: unknown) => boolean,
  ): Promise<NonNullable<T> | undefined> {
    const result = await guarded(call, this.options.resolverTimeoutMs);
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
