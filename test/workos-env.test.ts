import { expect, test } from 'vitest';
import { workosFromEnv } from '../src/index.js';

test('the environment says how to reach WorkOS; what it does not say is left to the SDK', () => {
  expect(workosFromEnv({})).toEqual({ apiKey: undefined });
  expect(workosFromEnv({ WORKOS_API_KEY: ' sk_1\n', WORKOS_API_HOSTNAME: '', WORKOS_API_HTTPS: 'true' })).toEqual({
    apiKey: 'sk_1',
  });
  expect(
    workosFromEnv({
      WORKOS_API_KEY: 'sk_1',
      WORKOS_CLIENT_ID: 'client_1',
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_PORT: '4100',
      WORKOS_API_HTTPS: 'false',
    }),
  ).toEqual({ apiKey: 'sk_1', clientId: 'client_1', apiHostname: '127.0.0.1', port: 4100, https: false });
});

test.each([
  [{ WORKOS_API_PORT: 'http' }, "WORKOS_API_PORT: is 'http', and must be a number from 1 to 65535"],
  [{ WORKOS_API_PORT: '0' }, "WORKOS_API_PORT: is '0', and must be a number from 1 to 65535"],
  [{ WORKOS_API_HTTPS: 'no' }, "WORKOS_API_HTTPS: is 'no', and must be true or false"],
])('%j is refused', (env, message) => {
  expect(() => workosFromEnv(env)).toThrow(message);
});
