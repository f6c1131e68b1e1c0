/** The colours of every page, light and dark. Text on its ground has a contrast of at least 4.5, in both schemes. */
export const PALETTE = `
:root { color-scheme: light dark; --bg: #f6f6f4; --card: #fff; --raised: #f1f1ee; --ink: #1d1d1b; --soft: #62615c;
  --line: #e2e1dc; --edge: #8d8b84; --accent: #3f4cc4; --accent-wash: #3f4cc41f; --on-accent: #fff; --bad: #b42318;
  --bad-wash: #b4231817; --warn: #7a4f01; --warn-wash: #fdf3d7; --warn-line: #ecd9a0; --good: #17734a;
  --key: #3f4cc4; --str: #17734a; --num: #8a4b08; --new: #3f4cc416; }
@media (prefers-color-scheme: dark) { :root { --bg: #121213; --card: #1a1a1c; --raised: #232326; --ink: #ededeb; --soft: #a6a5a0;
  --line: #2e2e32; --edge: #75747a; --accent: #a9b4ff; --accent-wash: #a9b4ff26; --on-accent: #14151f; --bad: #ff9d92;
  --bad-wash: #ff9d9222; --warn: #f4cd81; --warn-wash: #33290f; --warn-line: #5a4920; --good: #7fdcaa;
  --key: #a9b4ff; --str: #8fdcb3; --num: #f0b57a; --new: #a9b4ff1f; } }
`;
