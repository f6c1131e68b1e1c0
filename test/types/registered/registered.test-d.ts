// Compiled, not run: every @ts-expect-error must be an error, and nothing else may be one.
import { applyDecorators } from '@nestjs/common';
import {
  Audited,
  type AuditActionName,
  type AuditService,
  defineAuditEvents,
  optional,
  target,
} from 'nestjs-workos-audit';
import { type Observable, of } from 'rxjs';
import { expectTypeOf } from 'vitest';

const auditEvents = defineAuditEvents({
  'user.login': { description: 'a person logs in', targets: ['user', optional('team')] },
  'user.invite': { targets: ['user', optional('team')], metadata: { invited_email: 'string', urgent: 'boolean' } },
  'post.delete': {
    targets: ['post', 'user', optional('team'), optional('folder')],
    metadata: { title: 'string', size: 'number' },
  },
  'post.move': { targets: [target('post', { path: 'string' }), 'user', optional('folder', { depth: 'number' })] },
});

interface SessionUser {
  id: string;
  email: string;
}

declare module 'nestjs-workos-audit' {
  interface AuditRegistry {
    events: typeof auditEvents;
    user: SessionUser;
  }
}

interface Post {
  id: string;
  title: string;
}

declare const audit: AuditService;

// Actions are completed and refused.
expectTypeOf<AuditActionName>().toEqualTypeOf<'user.login' | 'user.invite' | 'post.delete' | 'post.move'>();
// @ts-expect-error an action that is not in the catalogue
Audited('post.craete');
// @ts-expect-error an action that is not in the catalogue
void audit.record('post.craete');

// The required targets are demanded; `user` and `team` fill themselves.
Audited('user.login');
void audit.record('user.login');
Audited('post.delete', { targets: { post: 'p1' } });
void audit.record('post.delete', { targets: { post: 'p1' } });
// @ts-expect-error the second argument is missing
Audited('post.delete');
// @ts-expect-error the second argument is missing
void audit.record('post.delete');
// @ts-expect-error `targets` is missing
Audited('post.delete', { metadata: { title: 'x' } });
// @ts-expect-error `targets` is missing
void audit.record('post.delete', { metadata: { title: 'x' } });
// @ts-expect-error the target `post` is missing
Audited('post.delete', { targets: { folder: 'f1' } });
// @ts-expect-error the target `post` is missing
void audit.record('post.delete', { targets: { folder: 'f1' } });

// Optional and filled targets may be given, unknown ones may not.
Audited('post.delete', { targets: { post: 'p1', folder: 'f1', user: 'u2', team: ['t1', 't2'] } });
void audit.record('post.delete', { targets: { post: 'p1', folder: 'f1', user: 'u2', team: ['t1'] } });
// @ts-expect-error the action has no such target
Audited('post.delete', { targets: { post: 'p1', file: 'f1' } });
// @ts-expect-error the action has no such target
void audit.record('post.delete', { targets: { post: 'p1', file: 'f1' } });
// @ts-expect-error the action has no such target
Audited('user.login', { targets: { post: 'p1' } });

// A target is an id, an object with an id, an array, or (for @Audited) a function.
Audited('post.delete', { targets: { post: 7 } });
Audited('post.delete', { targets: { post: { id: 'p1', name: 'A post' } } });
Audited('post.delete', { targets: { post: ['p1', { id: 'p2' }] } });
Audited('post.delete', { targets: { post: ({ params }) => params.id } });
Audited('post.delete', { targets: { post: async ({ body }) => Promise.resolve({ id: String(body.id) }) } });
// @ts-expect-error an object without an id
Audited('post.delete', { targets: { post: { name: 'A post' } } });
// @ts-expect-error a boolean is no id
Audited('post.delete', { targets: { post: true } });
// @ts-expect-error a function that gives no target
Audited('post.delete', { targets: { post: () => ({ title: 'x' }) } });
// @ts-expect-error record() takes values
void audit.record('post.delete', { targets: { post: () => 'p1' } });

// Metadata of the event is typed.
Audited('post.delete', { targets: { post: 'p1' }, metadata: { title: 'x', size: () => 3 } });
Audited('post.delete', { targets: { post: 'p1' }, metadata: ({ result }) => ({ title: String(result) }) });
void audit.record('post.delete', { targets: { post: 'p1' }, metadata: { title: new Date(), size: 3 } });
void audit.record('user.invite', { metadata: { invited_email: 'x@y.z', urgent: true } });
// @ts-expect-error a key that the schema lacks
Audited('post.delete', { targets: { post: 'p1' }, metadata: { tilte: 'x' } });
// @ts-expect-error a value of another type
Audited('post.delete', { targets: { post: 'p1' }, metadata: { size: 'big' } });
// @ts-expect-error a function that gives another type
Audited('post.delete', { targets: { post: 'p1' }, metadata: { size: () => 'big' } });
// @ts-expect-error a function for all that gives another type
Audited('post.delete', { targets: { post: 'p1' }, metadata: () => ({ size: 'big' }) });
// @ts-expect-error a key that the schema lacks
void audit.record('user.invite', { metadata: { email: 'x@y.z' } });
// @ts-expect-error a value of another type
void audit.record('user.invite', { metadata: { urgent: 'yes' } });
// An action without a schema for its metadata takes any.
void audit.record('user.login', { metadata: { anything: 1 } });

// Metadata of a target is typed.
void audit.record('post.move', {
  targets: { post: { id: 'p1', metadata: { path: '/a' } }, folder: { id: 'f', metadata: { depth: 2 } } },
});
Audited('post.move', { targets: { post: { id: 'p1', metadata: { path: '/a' } } } });
// @ts-expect-error a value of another type
void audit.record('post.move', { targets: { post: { id: 'p1', metadata: { path: 7 } } } });
// @ts-expect-error a key that the schema lacks
void audit.record('post.move', { targets: { post: { id: 'p1', metadata: { name: 'x' } } } });
// @ts-expect-error a value of another type
void audit.record('post.move', { targets: { post: 'p1', folder: { id: 'f', metadata: { depth: 'two' } } } });

// The user of the registry is the user of the context.
Audited('user.login', {
  when: ({ user, request, execution }) => {
    expectTypeOf(user).toEqualTypeOf<SessionUser>();
    expectTypeOf(request.headers).toExtend<object>();
    return execution.getHandler().name !== user.email;
  },
});
// @ts-expect-error `when` gives a boolean
Audited('user.login', { when: () => 'yes' });

// A result that is named is the result of the context, and the method must return it.
class Controller {
  @Audited<'post.delete', Post>('post.delete', {
    targets: {
      post: ({ result }) => {
        expectTypeOf(result).toEqualTypeOf<Post>();
        return { id: result.id, name: result.title };
      },
    },
  })
  now(id: string): Post {
    return { id, title: 't' };
  }

  @Audited<'post.delete', Post>('post.delete', { targets: { post: ({ result }) => result.id } })
  async later(id: string, title: string): Promise<Post> {
    return Promise.resolve({ id, title });
  }

  @Audited<'post.delete', Post>('post.delete', { targets: { post: ({ result }) => result.id } })
  observed(): Observable<Post> {
    return of({ id: 'p', title: 't' });
  }

  // @ts-expect-error the method returns something else
  @Audited<'post.delete', Post>('post.delete', { targets: { post: ({ result }) => result.id } })
  other(): string {
    return 'x';
  }

  // @ts-expect-error the result has no such field
  @Audited<'post.delete', Post>('post.delete', { targets: { post: ({ result }) => result.name } })
  field(): Post {
    return { id: 'p', title: 't' };
  }

  @Audited('post.delete', { targets: { post: ({ result }) => result.whatever } })
  unnamed(): string {
    return 'x';
  }

  @Audited('post.delete', { failure: 'post.move', denied: { action: 'user.login' }, targets: { post: 'p' } })
  outcomes(): void {}

  // @ts-expect-error no such action
  @Audited('post.delete', { failure: 'post.deleted', targets: { post: 'p' } })
  noSuchFailure(): void {}

  // @ts-expect-error no such action
  @Audited('post.delete', { denied: { action: 'post.deleted' }, targets: { post: 'p' } })
  noSuchDenial(): void {}

  @applyDecorators(Audited('user.login'))
  combined(): void {}
}
expectTypeOf<Controller>().toBeObject();

// What defineAuditEvents() infers, and what it refuses.
expectTypeOf(auditEvents.actorTarget).toEqualTypeOf<'user'>();
expectTypeOf(defineAuditEvents({}, { actorTarget: 'member', groupTarget: false }).groupTarget).toEqualTypeOf<false>();
// @ts-expect-error targets are a list
defineAuditEvents({ 'a.b': { targets: 'post' } });
// @ts-expect-error no such type
defineAuditEvents({ 'a.b': { targets: ['post'], metadata: { at: 'date' } } });
// @ts-expect-error no such field
defineAuditEvents({ 'a.b': { targets: ['post'], metdata: {} } });
