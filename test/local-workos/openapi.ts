import { readFileSync } from 'node:fs';
import { WorkOS } from '@workos-inc/node';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import type { LocalWorkOS, RecordedRequest } from '../../src/testing/index.js';

/** A request and its answer, as the client saw them. */
export interface Exchange {
  /** The `X-Request-ID`, by which LocalWorkOS has recorded the request. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

/** Something that is not as the document says. The key is stable, the detail is for the reader. */
export interface Finding {
  readonly key: string;
  readonly detail: unknown;
}

/** The real SDK, and fetch for what it does not have, both written down. */
export function record(workos: LocalWorkOS): { client: WorkOS; exchanges: Exchange[] } {
  const exchanges: Exchange[] = [];
  const fetchFn = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    const text = await response.clone().text();
    const contentType = response.headers.get('content-type') ?? '';
    exchanges.push({
      id: response.headers.get('x-request-id') ?? '',
      method: (init?.method ?? 'GET').toLowerCase(),
      path: url.pathname,
      status: response.status,
      contentType,
      body: contentType.startsWith('application/json') ? (JSON.parse(text) as unknown) : text,
    });
    return response;
  };
  const client = new WorkOS(workos.apiKey, { ...workos.clientOptions, maxRetries: 0, fetchFn });
  return { client, exchanges };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
}

/** WorkOS's own OpenAPI document (3.1, so its schemas are JSON Schema 2020-12) as a judge of exchanges. */
export class OpenApi {
  readonly #document: Document;
  readonly #ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true, coerceTypes: false });
  readonly #paths: readonly (readonly [RegExp, string])[];

  constructor() {
    // The package exports its types only, so the document is read by its place.
    const file = new URL('../../node_modules/@workos/openapi-spec/open-api-spec.yaml', import.meta.url);
    this.#document = parse(readFileSync(file, 'utf8')) as Document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(this.#document, 'workos');
    // Literal paths before those with parameters: a request belongs to the most exact one.
    this.#paths = Object.keys(this.#document.paths)
      .toSorted((a, b) => a.split('{').length - b.split('{').length)
      .map((path) => [new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`), path]);
  }

  /** `get /organizations/{id}`; the path itself if the document does not have it. */
  operationOf({ method, path }: Exchange): string {
    return `${method} ${this.#paths.find(([pattern]) => pattern.test(path))?.[1] ?? path}`;
  }

  /** What is wrong with an exchange. Requests are judged only if they succeeded: the others are wrong on purpose. */
  findings(exchange: Exchange, requests: readonly RecordedRequest[]): Finding[] {
    const name = this.operationOf(exchange);
    const [method = '', path = ''] = name.split(' ');
    const operation = this.#document.paths[path]?.[method];
    if (operation === undefined) return [{ key: `${name}: operation`, detail: 'not in the document' }];
    const pointer = `#/paths/${path.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}`;
    const request = requests.find(({ id }) => id === exchange.id);
    if (request === undefined) return [{ key: `${name}: record`, detail: 'LocalWorkOS has not recorded it' }];
    return [
      ...(exchange.status < 400 ? this.#requestFindings(name, pointer, operation, request) : []),
      ...this.#answerFindings(name, pointer, operation, exchange),
    ];
  }

  /** What is wrong with a value that should be one of the document's components. */
  componentErrors(component: string, value: unknown): unknown {
    const validate = this.#validator(`#/components/schemas/${component}`);
    return validate(value) ? undefined : validate.errors;
  }

  #requestFindings(name: string, pointer: string, operation: Operation, request: RecordedRequest): Finding[] {
    const known = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const unknown = Object.keys(request.query).filter((key) => !known.some((parameter) => parameter.name === key));
    const missing = known.filter(({ name: key, required }) => required && request.query[key] === undefined);
    const findings: Finding[] = [
      ...unknown.map((key) => ({ key: `${name}: query ${key}`, detail: 'not in the document' })),
      ...missing.map(({ name: key }) => ({ key: `${name}: query ${key}`, detail: 'required by the document' })),
    ];
    for (const [index, parameter] of (operation.parameters ?? []).entries()) {
      const value = parameter.in === 'query' ? request.query[parameter.name] : undefined;
      const validate = this.#validator(`${pointer}/parameters/${index}/schema`);
      if (
        typeof value === 'string' &&
        !validate(/^\d+$/.test(value) && parameter.name === 'limit' ? Number(value) : value)
      ) {
        findings.push({ key: `${name}: query ${parameter.name}`, detail: validate.errors });
      }
    }
    if (operation.requestBody !== undefined) {
      const type = String(request.headers['content-type']).split(';')[0] ?? '';
      if (operation.requestBody.content[type] === undefined) {
        findings.push({ key: `${name}: request content type`, detail: type });
      }
      const validate = this.#validator(`${pointer}/requestBody/content/application~1json/schema`);
      if (!validate(request.body)) findings.push({ key: `${name}: request`, detail: validate.errors });
    }
    return findings;
  }

  #answerFindings(
    name: string,
    pointer: string,
    operation: Operation,
    { status, contentType, body }: Exchange,
  ): Finding[] {
    const response = operation.responses[String(status)];
    if (response === undefined) return [{ key: `${name} ${status}: status`, detail: body }];
    if (!contentType.startsWith('application/json'))
      return [{ key: `${name} ${status}: content type`, detail: contentType }];
    const validate = this.#validator(`${pointer}/responses/${status}/content/application~1json/schema`);
    return validate(body) ? [] : [{ key: `${name} ${status}: answer`, detail: validate.errors }];
  }

  #validator(pointer: string): ValidateFunction {
    const found = this.#ajv.getSchema(`workos${encodeURI(pointer)}`);
    if (found === undefined) throw new Error(`no schema at ${pointer}`);
    return found as ValidateFunction;
  }
}
