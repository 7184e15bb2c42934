/** A value that can be written as YAML, with its keys in this order. */
export type Yaml = string | boolean | number | readonly Yaml[] | YamlMap | Remarked;
export interface YamlMap {
	readonly [key: string]: Yaml;
}

/** A value with comments above its key. */
class Remarked {
	readonly lines: readonly string[];
	readonly value: Exclude<Yaml, Remarked>;

	constructor(lines: readonly string[], value: Exclude<Yaml, Remarked>) {
		this.lines = lines;
		this.value = value;
	}
}

/** The value, with these comments above its key: one line each. */
export const remarked = (value: Exclude<Yaml, Remarked>, ...lines: readonly string[]): Yaml => new Remarked(lines, value);

const STEP = "  ";
/** A text is written over several lines from this length on. */
const FOLDED_FROM_CHARS = 120;
const LINE_MAX_CHARS = 135;

/** Writes a map as YAML 1.2 that YAML 1.1 reads the same way. Pure. */
export const yamlText = (map: YamlMap): string => `${mapLines(map, "").join("\n")}\n`;

function mapLines(map: YamlMap, indent: string): string[] {
	return Object.entries(map).flatMap(([key, value]) =>
		value instanceof Remarked
			? [...value.lines.map((line) => `${indent}# ${line}`), ...entryLines(key, value.value, indent)]
			: entryLines(key, value, indent),
	);
}

function entryLines(key: string, value: Exclude<Yaml, Remarked>, indent: string): string[] {
	const deeper = `${indent}${STEP}`;
	if (isList(value)) return [`${indent}${key}:`, ...value.flatMap((one) => itemLines(one, deeper))];
	if (typeof value === "object") return [`${indent}${key}:`, ...mapLines(value, deeper)];
	if (typeof value !== "string" || !isPlain(value) || value.length <= FOLDED_FROM_CHARS)
		return [`${indent}${key}: ${scalar(value)}`];
	return [`${indent}${key}: >-`, ...folded(value, deeper)];
}

function itemLines(value: Yaml, indent: string): string[] {
	if (value instanceof Remarked || isList(value)) throw new TypeError("a list holds texts and maps");
	if (typeof value !== "object") return [`${indent}- ${scalar(value)}`];
	return mapLines(value, `${indent}${STEP}`).map((line, nth) => (nth === 0 ? `${indent}- ${line.trimStart()}` : line));
}

const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value);

/** What needs no quotes: no word of YAML's own, no number, and no sign that means something to it. */
const isPlain = (text: string): boolean =>
	/^[A-Za-z/][\w ,;./:@()'+-]*$/.test(text) && !/: |:$|\s$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);

/** In double quotes, YAML's escapes hold all of JSON's. */
const scalar = (value: string | number | boolean): string =>
	typeof value !== "string" || isPlain(value) ? String(value) : JSON.stringify(value);

function folded(text: string, indent: string): string[] {
	const lines: string[] = [];
	let line = indent;
	for (const word of text.split(" ")) {
		const longer = line === indent ? `${indent}${word}` : `${line} ${word}`;
		if (longer.length > LINE_MAX_CHARS && line !== indent) {
			lines.push(line);
			line = `${indent}${word}`;
		} else line = longer;
	}
	return [...lines, line];
}
