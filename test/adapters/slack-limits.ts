/**
 * What Slack refuses of a message or a view: the limits of the Block Kit reference (https://docs.slack.dev/reference/block-kit/, read
 * 2026-11-25), in characters and numbers of elements. Beside that ours: five controls a message, and text of others never in mrkdwn.
 */
const MAX = {
	message: 50,
	view: 100,
	text: 4_000,
	header: 150,
	sectionText: 3_000,
	fields: 10,
	field: 2_000,
	contextElements: 10,
	plainText: 3_000,
	actions: 25,
	controls: 5,
	buttonText: 75,
	buttonValue: 2_000,
	spoken: 75,
	id: 255,
	placeholder: 150,
	options: 100,
	overflow: 5,
	optionText: 75,
	optionValue: 150,
	tables: 1,
	tableRows: 100,
	tableColumns: 20,
	tableCharacters: 10_000,
	charts: 2,
	chartTitle: 50,
	chartLabel: 20,
	chartCategories: 20,
	chartSeries: 6,
	viewTitle: 24,
	label: 2_000,
	hint: 2_000,
	input: 3_000,
	metadata: 3_000,
	conversations: 200,
} as const;

type Thing = Readonly<Record<string, unknown>>;
/** Says what is wrong with something, and where. */
type Report = (at: string, what: string) => void;

const thing = (value: unknown): Thing =>
	typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Thing) : {};
const things = (value: unknown): readonly Thing[] => (Array.isArray(value) ? value.map(thing) : []);
const words = (value: unknown): string => (typeof value === "string" ? value : "");

/** What Slack would refuse of a message: nothing for one that it takes. `[at, what]`, where `at` is a JSON pointer. */
export function messageProblems({ text, blocks }: { readonly text?: unknown; readonly blocks?: unknown }): readonly string[] {
	const [problems, report] = reporting();
	const all = things(blocks);
	if (words(text) === "") report("/text", "no text beside the blocks");
	if (words(text).length > MAX.text) report("/text", `${words(text).length} characters`);
	if (all.length > MAX.message) report("/blocks", `${all.length} blocks`);
	if (all.length === 0) report("/blocks", "no blocks");
	blocksProblems(all, report);
	const controls = all.flatMap((block) => (block.type === "actions" ? things(block.elements) : []));
	if (controls.length > MAX.controls) report("/blocks", `${controls.length} controls`);
	if (controls.filter(({ style }) => style === "primary").length > 1) report("/blocks", "two primary buttons");
	for (const type of ["table", "data_visualization"] as const) {
		const max = type === "table" ? MAX.tables : MAX.charts;
		if (all.filter((block) => block.type === type).length > max) report("/blocks", `more than ${max} of ${type}`);
	}
	return problems;
}

/** The same of a modal or of the app's own page. */
export function viewProblems(view: unknown): readonly string[] {
	const { type, title, submit, blocks, private_metadata: metadata, callback_id: id } = thing(view);
	const [problems, report] = reporting();
	const all = things(blocks);
	if (all.length > MAX.view || all.length === 0) report("/blocks", `${all.length} blocks`);
	if (words(metadata).length > MAX.metadata) report("/private_metadata", "too long");
	if (type === "modal") {
		plain(title, MAX.viewTitle, "/title", report);
		plain(submit, MAX.viewTitle, "/submit", report);
		if (words(id) === "" || words(id).length > MAX.id) report("/callback_id", "no name");
	} else if (type !== "home") report("/type", String(type));
	blocksProblems(all, report);
	return problems;
}

/** Elements that ping, wherever they are in a payload: people by their ids, and everything else that calls. */
export function calledIn(value: unknown): readonly string[] {
	if (Array.isArray(value)) return value.flatMap(calledIn);
	if (typeof value !== "object" || value === null) return [];
	const one = thing(value);
	if (one.type === "user") return [words(one.user_id)];
	if (one.type === "usergroup" || one.type === "broadcast" || one.type === "channel") return [String(one.type)];
	return Object.values(one).flatMap(calledIn);
}

function reporting(): [string[], Report] {
	const problems: string[] = [];
	return [problems, (at, what) => void problems.push(`${what} [json-pointer:${at}]`)];
}

function blocksProblems(blocks: readonly Thing[], report: Report): void {
	for (const [nth, block] of blocks.entries()) blockProblems(block, `/blocks/${nth}`, report);
	const ids = blocks.flatMap(({ block_id: id }) => (id === undefined ? [] : [words(id)]));
	if (new Set(ids).size !== ids.length) report("/blocks", "two blocks with one id");
	const actions = blocks.flatMap((block) =>
		[...(block.type === "actions" ? things(block.elements) : []), thing(block.element)].flatMap(({ action_id: id }) => id ?? []),
	);
	if (new Set(actions).size !== actions.length) report("/blocks", "two controls with one id");
}

function blockProblems(block: Thing, at: string, report: Report): void {
	switch (block.type) {
		case "header":
			plain(block.text, MAX.header, `${at}/text`, report);
			return;
		case "section": {
			const fields = things(block.fields);
			if (block.text !== undefined) plain(block.text, MAX.sectionText, `${at}/text`, report);
			if (fields.length > MAX.fields || (block.text === undefined && fields.length === 0)) report(at, `${fields.length} fields`);
			for (const field of fields) plain(field, MAX.field, `${at}/fields`, report);
			return;
		}
		case "context": {
			const elements = things(block.elements);
			if (elements.length === 0 || elements.length > MAX.contextElements) report(at, `${elements.length} elements`);
			for (const one of elements) plain(one, MAX.field, `${at}/elements`, report);
			return;
		}
		case "actions": {
			const elements = things(block.elements);
			if (elements.length === 0 || elements.length > MAX.actions) report(at, `${elements.length} elements`);
			for (const [nth, one] of elements.entries()) control(one, `${at}/elements/${nth}`, report);
			return;
		}
		case "input":
			plain(block.label, MAX.label, `${at}/label`, report);
			if (block.hint !== undefined) plain(block.hint, MAX.hint, `${at}/hint`, report);
			control(thing(block.element), `${at}/element`, report);
			return;
		case "rich_text": {
			const elements = things(block.elements);
			if (elements.length === 0) report(at, "no elements");
			for (const one of elements) rich(one, `${at}/elements`, report);
			return;
		}
		case "table":
			table(block, at, report);
			return;
		case "data_visualization":
			chart(block, at, report);
			return;
		default:
			report(`${at}/type`, `unsupported type: ${String(block.type)}`);
	}
}

/** A text object: plain text alone, because only that takes what others wrote. */
function plain(value: unknown, max: number, at: string, report: Report): void {
	const { type, text } = thing(value);
	if (type !== "plain_text") report(at, `${String(type)} where only plain_text is safe`);
	else if (words(text).length === 0 || words(text).length > max) report(at, `${words(text).length} characters of ${max}`);
}

function control(one: Thing, at: string, report: Report): void {
	if (words(one.action_id) === "" || words(one.action_id).length > MAX.id) report(at, "no action_id");
	switch (one.type) {
		case "button":
			plain(one.text, MAX.buttonText, `${at}/text`, report);
			if (words(one.value).length > MAX.buttonValue) report(`${at}/value`, "too long");
			if (words(one.accessibility_label).length > MAX.spoken) report(`${at}/accessibility_label`, "too long");
			if (one.style !== undefined && one.style !== "primary" && one.style !== "danger") report(`${at}/style`, String(one.style));
			return;
		case "overflow":
			options(one, MAX.overflow, at, report);
			return;
		case "static_select":
			if (one.placeholder !== undefined) plain(one.placeholder, MAX.placeholder, `${at}/placeholder`, report);
			options(one, MAX.options, at, report);
			return;
		case "plain_text_input":
			if (Number(one.max_length ?? 1) > MAX.input || Number(one.max_length ?? 1) < 1) report(`${at}/max_length`, "out of range");
			return;
		case "number_input":
			if (typeof one.is_decimal_allowed !== "boolean") report(at, "is_decimal_allowed is missing");
			return;
		case "multi_conversations_select":
			if (things(one.initial_conversations).length > MAX.conversations) report(at, "too many conversations");
			return;
		default:
			report(`${at}/type`, `unsupported type: ${String(one.type)}`);
	}
}

function options(one: Thing, max: number, at: string, report: Report): void {
	const all = things(one.options);
	if (all.length === 0 || all.length > max) report(`${at}/options`, `${all.length} options`);
	for (const option of all) {
		plain(option.text, MAX.optionText, `${at}/options`, report);
		if (words(option.value).length === 0 || words(option.value).length > MAX.optionValue)
			report(`${at}/options`, "value out of range");
	}
	const values = all.map(({ value }) => words(value));
	if (new Set(values).size !== values.length) report(`${at}/options`, "two options with one value");
}

function rich(one: Thing, at: string, report: Report): void {
	const elements = things(one.elements);
	switch (one.type) {
		case "rich_text_section":
		case "rich_text_preformatted":
			if (elements.length === 0) report(at, `${one.type} without elements`);
			for (const inline of elements) inlineProblems(inline, at, report);
			return;
		case "rich_text_list":
			if (elements.length === 0) report(at, "a list without items");
			for (const item of elements) rich(item, at, report);
			return;
		default:
			report(at, `unsupported type: ${String(one.type)}`);
	}
}

function inlineProblems(one: Thing, at: string, report: Report): void {
	switch (one.type) {
		case "text":
			if (words(one.text).length === 0 || words(one.text).length > MAX.sectionText) report(at, "a text out of range");
			return;
		case "link":
			if (!/^https:\/\//.test(words(one.url))) report(at, "a link that is none");
			return;
		case "date":
			if (!Number.isInteger(one.timestamp) || words(one.fallback) === "") report(at, "a date without fallback");
			return;
		case "user":
			if (!/^[UW][A-Z0-9]+$/.test(words(one.user_id))) report(at, "no person");
			return;
		default:
			report(at, `unsupported type: ${String(one.type)}`);
	}
}

function table(block: Thing, at: string, report: Report): void {
	const rows = Array.isArray(block.rows) ? block.rows.map(things) : [];
	if (rows.length === 0 || rows.length > MAX.tableRows) report(`${at}/rows`, `${rows.length} rows`);
	let characters = 0;
	for (const row of rows) {
		if (row.length === 0 || row.length > MAX.tableColumns) report(`${at}/rows`, `${row.length} cells`);
		for (const { type, text } of row) {
			characters += words(text).length;
			if (type !== "raw_text" || words(text) === "") report(`${at}/rows`, "a cell that is not raw text");
		}
	}
	if (characters > MAX.tableCharacters) report(`${at}/rows`, `${characters} characters`);
	if (new Set(rows.map(({ length }) => length)).size > 1) report(`${at}/rows`, "rows of different lengths");
}

function chart(block: Thing, at: string, report: Report): void {
	const { type, series, axis_config: axis } = thing(block.chart);
	const labels = thing(axis).categories;
	const categories = Array.isArray(labels) ? labels.map(words) : [];
	const isLabel = (one: string) => one.length > 0 && one.length <= MAX.chartLabel;
	if (words(block.title) === "" || words(block.title).length > MAX.chartTitle) report(`${at}/title`, "out of range");
	if (/[<>&]/.test(JSON.stringify(block))) report(at, "a sign that may be markup");
	if (type !== "bar") report(`${at}/chart/type`, String(type));
	if (categories.length === 0 || categories.length > MAX.chartCategories || !categories.every(isLabel))
		report(`${at}/chart/axis_config`, "categories out of range");
	const all = things(series);
	const names = all.map(({ name }) => words(name));
	if (all.length === 0 || all.length > MAX.chartSeries || !names.every(isLabel)) report(`${at}/chart/series`, "out of range");
	if (new Set(names).size !== names.length || new Set(categories).size !== categories.length) report(at, "a name twice");
	for (const { data } of all) {
		const points = things(data);
		const fits = points.length === categories.length && points.every(({ label }, nth) => label === categories[nth]);
		if (!fits || !points.every(({ value }) => typeof value === "number" && Number.isFinite(value)))
			report(`${at}/chart/series`, "not one point for each category");
	}
}
