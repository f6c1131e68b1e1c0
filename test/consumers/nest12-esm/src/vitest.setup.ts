import 'nestjs-workos-audit/testing/vitest';
