/** What differs from run to run, made the same: ports, times, Ray IDs, durations. Goldens hold the rest as people see it. */
export function normal(text: string): string {
	return (
		text
			.replace(/\b[0-9a-f]{16}\b/g, "0123456789abcdef")
			.replace(/\.lab\.example:\d+/g, ".lab.example:PORT")
			.replace(/(127\.0\.0\.1:|sport = :|Does port |on port )\d+/g, "$1PORT")
			.replace(/\b\d{2}:\d{2}:\d{2}(?= UTC| to \d{2}:)/g, "12:00:00")
			.replace(/\d{4}-\d{2}-\d{2} 12:00:00 UTC/g, "2026-11-22 12:00:00 UTC")
			.replace(/\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/g, "Sun, 22 Nov 2026 12:00:00 GMT")
			.replace(/<t:\d+:/g, "<t:1795348800:")
			.replace(/\b\d{2}\/[A-Z][a-z]{2}\/20(?:2[6-9]|[3-9]\d):\d{2}:\d{2}\b/g, "22/Nov/2026:12:00")
			// A window over the end of a minute names both.
			.replace(/(\$\(LC_ALL=C date [^)]*\))\|\1/g, "$1")
			.replace(/(?<=, )(?:under 1 s|\d+ s)(?= ago)/g, "under 1 s")
			.replace(/\b\d+\\?\.\d+ s\b/g, "0.00 s")
			.replace(/timed out \d+ s\b/g, "timed out 1 s")
			.replace(/for \d+ s, when/g, "for 0.00 s, when")
			// Columns are as wide as their widest duration.
			.replace(/(?<=\S) {2,}(?=\S)/g, "  ")
	);
}

/** A Slack message as text: its blocks flattened, buttons and the options of menus in brackets, cells of a row side by side. */
export function flatSlack(one: { readonly blocks: readonly unknown[] }): string {
	return one.blocks
		.map((block) => `${flatOf(block)}\n`)
		.join("")
		.replace(/\n{2,}/g, "\n");
}

function flatOf(value: unknown): string {
	if (Array.isArray(value)) return value.map(flatOf).join("");
	if (typeof value !== "object" || value === null) return "";
	const { type, text, elements, fields, fallback, options, rows, title, chart, user_id: user } = value as Record<string, unknown>;
	const own = typeof text === "string" ? text : flatOf(text);
	switch (type) {
		case "button":
			return ` [${own}]`;
		case "overflow":
		case "static_select":
			return ` [${(options as readonly { readonly text: unknown }[]).map((option) => flatOf(option.text)).join(" | ")}]`;
		case "table":
			return (rows as readonly (readonly unknown[])[]).map((row) => `${row.map(flatOf).join("  ")}\n`).join("");
		case "data_visualization":
			return `${String(title)} ${JSON.stringify(chart)}`;
		case "user":
			return `@${String(user)}`;
		default: {
			const lines = type === "rich_text_section" || type === "rich_text_preformatted" ? "\n" : "";
			const beside = Array.isArray(fields) ? fields.map((field) => `${flatOf(field)}\n`).join("") : "";
			return `${own}${typeof fallback === "string" ? fallback : ""}${flatOf(elements)}${beside}${lines}`;
		}
	}
}
