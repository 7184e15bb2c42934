/** The frame of a picture: one conversation, as one chat shows it. */
export const page = (title: string, chat: "slack" | "discord", ...inside: readonly string[]): string =>
	`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${CSS}</style><body class="${chat}">${inside.join("")}</body></html>`;

/** One message in it. `note`: who sees it. */
export const said = (who: string, note: string, message: string): string =>
	`<div class="said"><i class="face">${who.slice(0, 1).toUpperCase()}</i><div class="s-grow"><b>${who}</b> <span class="note">${note}</span>${message}</div></div>`;

const CSS = `
*{box-sizing:border-box}body{margin:0;padding:12px;font:15px/1.46 Lato,"DejaVu Sans",Arial,sans-serif;overflow-wrap:anywhere}
.said{display:flex;gap:8px;padding:6px 0}.face{flex:none;width:32px;height:32px;border-radius:6px;background:#3b6fd8;color:#fff;text-align:center;line-height:32px;font-style:normal;font-weight:bold}
.s-grow{flex:1;min-width:0}.note{font-size:12px;opacity:.65}pre{margin:4px 0;padding:8px;border-radius:4px;white-space:pre-wrap;font:12px/1.5 "DejaVu Sans Mono",monospace}
code{font:12px "DejaVu Sans Mono",monospace;padding:1px 3px;border-radius:3px}ul,ol{margin:2px 0;padding-left:22px}hr{border:0;border-top:1px solid #8884;margin:8px 0}blockquote{margin:2px 0;padding-left:10px;border-left:4px solid #8886}
.slack{background:#fff;color:#1d1c1d}.slack pre{background:#f8f8f8;border:1px solid #ddd}.slack code{background:#f8f8f8;border:1px solid #ddd;color:#c01343}
.s-header{font-size:18px;font-weight:900;margin:4px 0}.s-section{display:flex;gap:10px;margin:4px 0}.s-fields{display:grid;grid-template-columns:1fr 1fr;gap:4px 12px}.s-context{font-size:12px;color:#616061;display:flex;flex-wrap:wrap;gap:4px 10px;margin:3px 0}
.s-actions{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0}.s-button{display:inline-block;border:1px solid #bbb;border-radius:4px;padding:4px 10px;font-size:13px;font-weight:bold;background:#fff}.s-primary{background:#007a5a;color:#fff;border-color:#007a5a}.s-danger{color:#e01e5a;border-color:#e01e5a}
.s-input{margin:10px 0}.s-input>b{display:block}.s-field{border:1px solid #999;border-radius:4px;min-height:36px;padding:6px;margin-top:4px}.s-lines{min-height:90px}.s-modal{border:1px solid #bbb;border-radius:8px;padding:16px;max-width:520px}.s-modal-title{font-size:18px;font-weight:900}.s-modal-end{text-align:right;display:flex;gap:8px;justify-content:flex-end}
.link{color:#1264a3}.mention{background:#fcf4da;color:#1264a3;padding:0 2px}.s-scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px}td,th{border:1px solid #ddd;padding:3px 8px;text-align:left;vertical-align:top;overflow-wrap:normal}
.s-chart{border:1px solid #ddd;border-radius:6px;padding:8px;margin:6px 0}.s-bars{display:flex;gap:3px;align-items:flex-end;height:90px}.s-bar{flex:1;display:flex;gap:1px;align-items:flex-end}.s-bar i{flex:1}.s-labels{display:flex;gap:3px;font-size:11px;color:#616061}.s-labels span{flex:1;text-align:center;white-space:nowrap;overflow:hidden}.s-chart .s-context i{display:inline-block;width:9px;height:9px;margin-right:4px}
.discord{background:#313338;color:#dbdee1;font-size:15px}.discord pre{background:#2b2d31;border:1px solid #1e1f22}.discord code{background:#2b2d31}.discord .face{border-radius:50%}
.d-container{border:1px solid #3f4147;border-left:4px solid;border-radius:4px;background:#2b2d31;padding:8px 12px;margin:4px 0}.d-row{display:flex;flex-wrap:wrap;gap:8px;margin:6px 0}.d-button{background:#4e5058;color:#fff;border-radius:4px;padding:5px 14px;font-size:13px}.d-primary{background:#5865f2}.d-success{background:#248046}.d-danger{background:#da373c}
.d-select{flex:1;max-width:400px;background:#1e1f22;border-radius:4px;padding:7px 10px;color:#949ba4}.d-small{font-size:12px;color:#949ba4}.d-item{padding-left:18px;text-indent:-12px}.d-item:before{content:"• "}.d-h1{font-size:22px;font-weight:bold}.d-h2{font-size:19px;font-weight:bold}.d-h3{font-size:16px;font-weight:bold}
.d-section{display:flex;gap:12px}.d-file{background:#232428;border-radius:6px;padding:10px;margin:4px 0}.d-modal{background:#2b2d31;padding:16px;border-radius:6px;max-width:440px}.s-input .d-select{display:block;margin-top:4px}.discord .link{color:#00a8fc}.discord .mention{background:#3c4270;color:#c9cdfb}.discord .s-field{border:0;background:#1e1f22;color:#949ba4}
`;
