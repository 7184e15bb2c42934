/** The page's one style: both themes with colors of enough contrast, and on paper everything is open. */
export const STYLE = `
:root{color-scheme:light dark;--back:#ffffff;--text:#1f2328;--grid:#d0d7de;--bad:#b42318;--good:#0b6bcb;--other:#6b7280}
@media (prefers-color-scheme:dark){:root{--back:#1b1d21;--text:#e6e9ed;--grid:#3a3f45;--bad:#ff7b6b;--good:#6cb6ff;--other:#a3aab5}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:760px;margin:0 auto;padding:20px}
h1{font-size:1.7em;line-height:1.2;margin:.2em 0}h2{font-size:1.25em;margin:1.8em 0 .4em;border-bottom:1px solid var(--grid)}h3{font-size:1.05em;margin:1.2em 0 .3em}
.lead{font-size:1.1em}.note,figcaption,footer{color:var(--other);font-size:.9em}
table{border-collapse:collapse;width:100%;margin:.6em 0}caption{text-align:left;color:var(--other);font-size:.9em}
th,td{border-bottom:1px solid var(--grid);padding:4px 8px 4px 0;text-align:left;vertical-align:top;font-weight:normal}thead th{font-weight:bold}tbody th{width:34%}
.narrow tbody th{width:1%;white-space:nowrap}.narrow td:last-child{white-space:nowrap;overflow-wrap:normal}
pre{border:1px solid var(--grid);border-radius:6px;padding:10px;white-space:pre-wrap;font:13px/1.45 ui-monospace,SFMono-Regular,Consolas,"DejaVu Sans Mono",monospace}
code{font:.9em ui-monospace,SFMono-Regular,Consolas,"DejaVu Sans Mono",monospace}
summary{cursor:pointer;font-weight:bold;padding:4px 0}
figure{margin:.6em 0}.wide{overflow-x:auto}.picture{display:block;width:100%;min-width:560px;height:auto;background:var(--back)}
.picture text{fill:var(--text);font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
.grid{stroke:var(--grid);fill:none}.grid-box{fill:none;stroke:var(--grid)}
.bad{fill:var(--bad)}.good{fill:var(--good)}.other{fill:var(--other)}.headers{fill:var(--other)}.content{fill:var(--good)}
@media (max-width:560px){main{padding:14px}.narrow td:last-child{white-space:normal}}
@media print{:root{color-scheme:light;--back:#ffffff;--text:#1f2328;--grid:#d0d7de;--bad:#b42318;--good:#0b6bcb;--other:#6b7280}
main{max-width:none;padding:0}pre,table,figure{break-inside:avoid-page}h2,h3{break-after:avoid-page}
details:not([open])>*{display:block!important}details::details-content{content-visibility:visible!important;display:block!important}}
`;
