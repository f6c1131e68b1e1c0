import type { ActionDraft } from './draft.js';

const MAX_LINE = 116;

/** The source of a catalogue. */
export function writeDraft(drafts: readonly ActionDraft[]): string {
  const usable = drafts.filter(({ refusal }) => refusal === undefined);
  const names = usable.length > 0 ? 'defineAuditEvents, optional' : 'defineAuditEvents';
  return [
    `import { ${names} } from 'nestjs-workos-audit';`,
    '',
    '/**',
    ' * What this application audits: a first draft of `workos-audit init`, from its @Audited methods. Events that',
    ' * AuditService.record() makes are not in it; add them by hand.',
    ' */',
    'export const auditEvents = defineAuditEvents({',
    ...drafts.flatMap((draft) => actionLines(draft).map((line) => `  ${line}`)),
    '});',
    '',
    '/** From here on the compiler checks every @Audited and record() against the catalogue. */',
    "declare module 'nestjs-workos-audit' {",
    '  interface AuditRegistry {',
    '    events: typeof auditEvents;',
    '  }',
    '}',
    '',
  ].join('\n');
}

function actionLines(draft: ActionDraft): string[] {
  const { action, places, checks, refusal } = draft;
  const comments = [`// ${oneLine(places.join(', '))}`, ...checks.map((check) => `// check: ${oneLine(check)}`)];
  const targets = draft.targets.map(({ type, optional }) => (optional ? `optional(${quote(type)})` : quote(type)));
  const metadata = [...draft.metadata].map(([key, type]) => `${property(key)}: ${quote(type)}`);
  const parts = [
    `targets: [${targets.join(', ')}]`,
    ...(metadata.length > 0 ? [`metadata: { ${metadata.join(', ')} }`] : []),
  ];
  const short = `${quote(action)}: { ${parts.join(', ')} },`;
  const lines =
    short.length <= MAX_LINE ? [short] : [`${quote(action)}: {`, ...parts.map((part) => `  ${part},`), '},'];
  return [...comments, ...(refusal === undefined ? lines : lines.map((line) => `// ${line}`))];
}

function property(key: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(key) ? key : quote(key);
}

function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A name of a method or an action could hold anything, a line break too. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
}
