import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { NOT_INSTALLED } from "../../reply/misread.ts";
import { STEP_WORDS, type StepEnd } from "../../reply/step.ts";
import { withRetry } from "./calls.ts";
import type { SlackContext } from "./context.ts";
import { isTokenRefused, slackError } from "./errors.ts";

/** A parameter of a step, as a manifest declares it. */
type Parameter = {
	readonly type: "string" | "slack#/types/channel_id";
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly is_required: boolean;
};

const parameters = <K extends string>(
	words: Readonly<Record<K, { readonly title: string; readonly about: string }>>,
	more: Readonly<Partial<Record<K, Partial<Parameter>>>>,
): Readonly<Record<K, Parameter>> => {
	const all = Object.entries<{ readonly title: string; readonly about: string }>(words).map(([name, { title, about }]) => [
		name,
		{ type: "string", name, title, description: about, is_required: false, ...more[name as K] },
	]);
	return Object.fromEntries(all) as Readonly<Record<K, Parameter>>;
};

/** The step of Workflow Builder: its name in events. */
export const STEP = "diagnose";

/** The step as a manifest declares it. */
export const STEP_DECLARED = {
	title: STEP_WORDS.title,
	description: STEP_WORDS.about,
	input_parameters: parameters(STEP_WORDS.inputs, {
		url: { is_required: true },
		channel: { type: "slack#/types/channel_id" },
	}),
	output_parameters: parameters(STEP_WORDS.outputs, { verdict: { is_required: true }, confidence: { is_required: true } }),
} as const;

const INPUT_MAX_CHARS = 4_000;

/** A run of our step in somebody's workflow (https://docs.slack.dev/reference/events/function_executed). */
export const StepEvent = z.object({
	event: z.object({
		type: z.literal("function_executed"),
		function: z.object({ callback_id: z.literal(STEP) }),
		function_execution_id: z.string().min(1).max(100),
		/** Of this run alone: it dies with the run, or after 15 minutes. */
		bot_access_token: z.string().min(1).max(1_000).nullable().catch(null),
		inputs: z
			.object({
				/** "" for what is missing or no text: said like any other URL that is none. */
				url: z.string().max(INPUT_MAX_CHARS).catch(""),
				/** null: none is given; "": it is not the ID of a channel. */
				channel: z.preprocess(
					(given) => (given === undefined || given === "" ? null : given),
					z
						.string()
						.regex(/^[CG][A-Z0-9]{1,30}$/)
						.nullable()
						.catch(""),
				),
			})
			.catch({ url: "", channel: null }),
	}),
});

/** What is kept of a run, to tell Slack how it ended. */
export const StepRun = z.object({ id: z.string().max(100), token: z.string().max(1_000).nullable() });
type StepRun = z.infer<typeof StepRun>;

/**
 * Ends a step in a workspace that has not installed the app, where nothing else answers: its workflow would wait. Not awaited.
 * @param body any event of Slack's
 */
export function refuseStep({ functions }: WebClient, body: unknown): void {
	const { event } = StepEvent.safeParse(body).data ?? {};
	const token = event?.bot_access_token ?? null;
	if (event === undefined || token === null) return;
	const run = { function_execution_id: event.function_execution_id, token };
	void withRetry(() => functions.completeError({ ...run, error: NOT_INSTALLED }), true).catch(() => {});
}

/** The run is over: it was told before, or took too long. */
const OVER: ReadonlySet<string> = new Set(["execution_not_in_running_state", "function_execution_not_found"]);

/**
 * Tells Slack how a step ended, with the run's own token, and once that is dead with ours. Never rejects: a run that cannot be ended is
 * logged, and its answer stands.
 */
export async function finishStep({ installed, call, log }: SlackContext, { id, token }: StepRun, end: StepEnd): Promise<void> {
	const tell = ({ functions }: WebClient, as: { readonly token?: string } = {}) => {
		const run = { function_execution_id: id, ...as };
		return "outputs" in end
			? functions.completeSuccess({ ...run, outputs: { ...end.outputs } })
			: functions.completeError({ ...run, error: end.problem });
	};
	try {
		if (token !== null) {
			try {
				// Not by our own token's way: that this one is dead says nothing about ours.
				const { client } = await installed();
				return void (await withRetry(() => tell(client, { token }), true));
			} catch (error) {
				if (!isTokenRefused(error)) throw error;
				log({ event: "step-token-dead" });
			}
		}
		await call((client) => tell(client), true);
	} catch (error) {
		const word = slackError(error) || (error as Error).name;
		log({ event: OVER.has(word) ? "step-over" : "step-not-finished", error: word });
	}
}
