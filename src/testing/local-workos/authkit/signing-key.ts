import { createHash, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { newId } from '../ids.js';

interface Pair {
  readonly kid: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** The key that signs access tokens. It is made when it is first needed, since that takes a while. */
export class SigningKey {
  #pair: Promise<Pair> | undefined;

  /** A JSON Web Token, signed with RS256. [RFC 7519] */
  async sign(claims: object): Promise<string> {
    const { kid, privateKey } = await this.#get();
    const text = `${base64url({ alg: 'RS256', typ: 'JWT', kid })}.${base64url(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  }

  /** The public key as a JSON Web Key Set, without a certificate, which nobody needs. [WorkOS OpenAPI, JwksResponse] */
  async jwks(): Promise<object> {
    const { kid, publicKey } = await this.#get();
    const { n, e } = publicKey.export({ format: 'jwk' });
    const der = publicKey.export({ format: 'der', type: 'spki' });
    const thumbprint = createHash('sha256').update(der).digest('base64url');
    return { keys: [{ alg: 'RS256', kty: 'RSA', use: 'sig', x5c: [], n, e, kid, 'x5t#S256': thumbprint }] };
  }

  #get(): Promise<Pair> {
    return (this.#pair ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then((pair) => ({
      ...pair,
      kid: newId('sso_oidc_key'),
    })));
  }
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
