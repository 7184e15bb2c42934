/**
 * Slack's limits that the bot's messages can reach: Block Kit reference (https://docs.slack.dev/reference/block-kit/), in characters and
 * numbers of elements.
 */
export const SLACK_MAX = {
	blocks: 50,
	viewBlocks: 100,
	header: 150,
	fields: 10,
	field: 2_000,
	/** A context element; its own limit is that of a section's text. */
	context: 2_000,
	/** A section's text; kept for one rich text block too, whose own limit is not documented. */
	richText: 2_900,
	buttonLabel: 75,
	buttonValue: 2_000,
	spokenLabel: 75,
	placeholder: 150,
	optionText: 75,
	optionValue: 150,
	overflowOptions: 5,
	selectOptions: 100,
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
	inputText: 3_000,
	viewMetadata: 3_000,
} as const;

/** Ours: controls in one message. */
export const CONTROLS_MAX = 5;
/** Ours: the notification and what a screen reader says first. */
export const SUMMARY_MAX_CHARS = 200;
