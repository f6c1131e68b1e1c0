/** `workos-audit --help` */
export const HELP = `workos-audit: keeps the audit schemas of WorkOS in step with a catalogue

  workos-audit schemas plan     compare, and list what a push would do
  workos-audit schemas push     create the schemas that WorkOS lacks, and write the lock
  workos-audit schemas check    compare, for CI: says only what is not in step
  workos-audit init             write a first catalogue from the @Audited methods of a built application

Flags of schemas:
  --events <file>           the catalogue, in TypeScript or JavaScript
                            (default: ./audit-events.ts or ./src/audit-events.ts)
  --export <name>           its export (default: the only catalogue that the file exports)
  --lock <file>             the lock (default: ./workos-audit.lock.json)
  --json                    print the result as JSON
  --timeout <seconds>       limit of one request (default: 30)
  --api-hostname <host>     instead of api.workos.com; also WORKOS_API_HOSTNAME
  --port <port>             also WORKOS_API_PORT
  --http                    without TLS, for LocalWorkOS; also WORKOS_API_HTTPS=false

Flags of init:
  --app <file>              the compiled root module (default: ./dist/app.module.js)
  --export <name>           its export (default: the only module that the file exports)
  --out <file>              the catalogue to write (default: ./audit-events.ts)
  --force                   overwrite it

  --help, --version

The API key is read from WORKOS_API_KEY.
Exit codes: 0 in step, 1 not in step (plan and check), 2 failed, 130 interrupted.`;
