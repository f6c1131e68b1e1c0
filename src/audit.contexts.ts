import type { ExecutionContext } from '@nestjs/common';
import type { AuditRequest } from './audit.request.js';

/** What an execution was called with: of HTTP the route's parameters and the body, of GraphQL its arguments, of others the message. */
export interface Payload {
  readonly params?: unknown;
  readonly body?: unknown;
}

/**
 * The request behind an execution, in every context of Nest: of GraphQL the HTTP request that carries it, of a WebSocket gateway
 * the client, of a microservice what its transport tells. `undefined` for a context that is not known.
 */
export function requestIn(execution: ExecutionContext): AuditRequest | undefined {
  switch (execution.getType<string>()) {
    case 'http':
      return execution.switchToHttp().getRequest<AuditRequest>();
    case 'graphql':
      return requestOfGraphql(execution.getArgs<unknown[]>()[2]);
    case 'ws':
      return requestOfSocket(execution.switchToWs().getClient<Socket>());
    case 'rpc':
      return requestOfMessage(execution.switchToRpc().getContext<Message>());
    default:
      return undefined;
  }
}

/** Of what is no HTTP; there the request has them itself. */
export function payloadOf(execution: ExecutionContext): Payload | undefined {
  const args = execution.getArgs<unknown[]>();
  switch (execution.getType<string>()) {
    case 'graphql':
      return { params: args[1] };
    case 'ws':
      return { body: args[1] };
    case 'rpc':
      return { body: args[0] };
    default:
      return undefined;
  }
}

/** Nest's Apollo driver puts the request into `req`, on Express and Fastify; Mercurius has the reply. */
function requestOfGraphql(context: unknown): AuditRequest | undefined {
  const { req, request, reply } = (context ?? {}) as {
    req?: AuditRequest;
    request?: AuditRequest;
    reply?: { request?: AuditRequest };
  };
  return req ?? request ?? reply?.request;
}

/** What socket.io's clients (`handshake`, `data`) and those of `ws` (`_socket`) tell. */
interface Socket {
  readonly user?: unknown;
  readonly data?: { readonly user?: unknown };
  readonly handshake?: { readonly address?: string; readonly headers?: AuditRequest['headers'] };
  readonly _socket?: { readonly remoteAddress?: string };
}

/** A guard puts the user on the client, as `user` or, with socket.io, as `data.user`. */
function requestOfSocket(client: Socket): AuditRequest {
  return {
    get user() {
      return client.user ?? client.data?.user;
    },
    // oxlint-disable-next-line no-underscore-dangle -- `ws` has no other name for it
    ip: client.handshake?.address ?? client._socket?.remoteAddress,
    headers: client.handshake?.headers ?? {},
  };
}

/** The context of a microservice's message; the one of TCP knows its socket. */
interface Message {
  readonly user?: unknown;
  getSocketRef?(): { readonly netSocket?: { readonly remoteAddress?: string } };
}

/** A guard puts the user on the message's context. What a message says of its sender is not believed. */
function requestOfMessage(context: Message | undefined): AuditRequest {
  return {
    get user() {
      return context?.user;
    },
    ip: context?.getSocketRef?.()?.netSocket?.remoteAddress ?? undefined,
    headers: {},
  };
}
