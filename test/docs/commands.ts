/** The commands that the chapters show, and what runs each. A command that nothing runs does not belong there. */
export const COMMANDS: Readonly<Record<string, string>> = {
  'npm install nestjs-workos-audit @workos-inc/node': 'test/consumers/guide.mjs, with the packed package',
  'npx workos-audit local --organization org_acme': 'test/consumers/guide.mjs, test/cli/local.test.ts',
  'export WORKOS_API_KEY=sk_test_local WORKOS_CLIENT_ID=client_local\nexport WORKOS_API_HOSTNAME=127.0.0.1 WORKOS_API_PORT=4100 WORKOS_API_HTTPS=false':
    'test/consumers/guide.mjs, test/cli/local.test.ts',
  'npx workos-audit schemas push': 'test/consumers/guide.mjs, test/cli/push.test.ts',
  'npm run start': 'test/consumers/guide.mjs',
  'curl -X DELETE http://localhost:3000/posts/p1': 'test/consumers/guide.mjs',
  'npx workos-audit schemas plan': 'test/cli/plan.test.ts',
  'npx workos-audit schemas check': 'test/cli/plan.test.ts',
  'npx workos-audit init --app ./dist/app.module.js': 'test/cli/init.test.ts',
  'npx workos-audit outbox list --sqlite var/audit-outbox.db': 'test/cli/outbox.test.ts',
  'npx workos-audit outbox stats --sqlite var/audit-outbox.db': 'test/cli/outbox.test.ts',
  'npx workos-audit outbox redrive --action post.delete --sqlite var/audit-outbox.db': 'test/cli/outbox.change.test.ts',
  'npx workos-audit outbox purge --buried --older-than 30d --yes --sqlite var/audit-outbox.db > purged.jsonl':
    'test/cli/outbox.change.test.ts',
  'npx workos-audit export --organization org_1 --from 2026-11-01 --to 2026-11-07 --out trail.csv':
    'test/cli/export.test.ts',
};
