import { raw } from 'hono/html';

export const styles =
  raw(`:root{color-scheme:light dark;--line:#d4d4d8;--soft:#71717a;--strong:#18181b;--paper:#fff;--ground:#f4f4f5;--bad:#b91c1c}
@media (prefers-color-scheme:dark){:root{--line:#3f3f46;--soft:#a1a1aa;--strong:#fafafa;--paper:#18181b;--ground:#09090b;--bad:#f87171}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--strong);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:2rem}
.name{margin:0 0 .25rem;color:var(--soft);font-size:.875rem}
h1{margin:0 0 1rem;font-size:1.375rem;line-height:1.25}
p{margin:0 0 1rem}
label{display:block;margin:0 0 1rem;font-size:.875rem;font-weight:600}
input{display:block;width:100%;margin-top:.375rem;padding:.625rem .75rem;font:inherit;font-weight:400;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px}
input:focus-visible,button:focus-visible{outline:2px solid currentColor;outline-offset:2px}
button{width:100%;padding:.625rem 1rem;font:inherit;font-weight:600;border-radius:8px;border:1px solid var(--strong);background:var(--strong);color:var(--paper);cursor:pointer}
button.other{margin-top:.5rem;background:transparent;color:inherit;border-color:var(--line)}
.problem{color:var(--bad);font-weight:600}
.code{font:600 1.75rem/1.2 ui-monospace,monospace;letter-spacing:.12em;text-align:center;padding:1rem;border:1px dashed var(--line);border-radius:8px}
.qr{margin:0 auto 1rem;max-width:14rem;padding:.5rem;background:#fff;border-radius:8px}
.qr svg{display:block;width:100%;height:auto}
.codes{margin:0;padding:0;list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.25rem 1rem}
code{overflow-wrap:anywhere}
dl{margin:0 0 1rem;font-size:.875rem}
dt{color:var(--soft)}
dd{margin:0 0 .5rem;overflow-wrap:anywhere}
.note a,.problem a{color:inherit}
.note{margin:1rem 0 0;font-size:.875rem;color:var(--soft)}`);
