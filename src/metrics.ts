import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Metrics, SERVICE_NAMES } from "./desk/metrics.ts";
import { CALL_RESULTS } from "./services/call.ts";

interface PrometheusMetrics extends Metrics {
	/** Prometheus text format. */
	text(): Promise<string>;
	readonly contentType: string;
}

/** Up to the three seconds that chats give, and past them. */
const ACK_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5];
/** From a call over loopback up to what counts as no answer. */
const STORE_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** Up to the time-out of a look at an origin. */
const LOOK_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 65];

/**
 * Counts for operators (Prometheus; names after https://prometheus.io/docs/practices/naming/). Labels are fixed words, never what people wrote.
 * @param now what is asked for at every scrape: open questions, and the state of each platform
 */
export function openMetrics(now: {
	readonly depth: () => { readonly open: number; readonly looking: number; readonly waiting: number };
	readonly platforms: () => Readonly<Record<string, string>>;
}): PrometheusMetrics {
	const registry = new Registry();
	const registers = [registry];
	collectDefaultMetrics({ register: registry });
	const commands = new Counter({
		name: "cf520_commands_total",
		help: "Finished questions and button presses, by kind and outcome.",
		labelNames: ["platform", "kind", "outcome"],
		registers,
	});
	const acknowledgements = new Histogram({
		name: "cf520_acknowledgement_seconds",
		help: "Time from the arrival of a request to its acknowledgement.",
		labelNames: ["platform"],
		buckets: ACK_SECONDS,
		registers,
	});
	const looks = new Histogram({
		name: "cf520_look_seconds",
		help: "Duration of requests to sites, from their start to the end of each stage.",
		labelNames: ["stage"],
		buckets: LOOK_SECONDS,
		registers,
	});
	const verdicts = new Counter({
		name: "cf520_verdicts_total",
		help: "Verdicts on sites, by kind and code.",
		labelNames: ["kind", "code"],
		registers,
	});
	const refusals = new Counter({
		name: "cf520_refused_total",
		help: "Questions without a check, by reason: limits, the guard, the admins.",
		labelNames: ["why"],
		registers,
	});
	const reconnects = new Counter({
		name: "cf520_reconnects_total",
		help: "Reconnections to a platform.",
		labelNames: ["platform"],
		registers,
	});
	const serviceCalls = new Counter({
		name: "cf520_service_calls_total",
		help: "Requests to third parties, by service and result.",
		labelNames: ["service", "result"],
		registers,
	});
	const takeovers = new Counter({
		name: "cf520_replica_taken_over_total",
		help: "Questions that another replica left, and that this one took over.",
		registers,
	});
	const storeCalls = new Histogram({
		name: "cf520_store_seconds",
		help: "Duration of calls of the database that several replicas share.",
		labelNames: ["op"],
		buckets: STORE_SECONDS,
		registers,
	});
	new Gauge({
		name: "cf520_queue_depth",
		help: "Questions that are open, that check a site or wait for their turn, and that wait in their thread.",
		labelNames: ["queue"],
		registers,
		collect() {
			const { open, looking, waiting } = now.depth();
			this.set({ queue: "open" }, open);
			this.set({ queue: "looking" }, looking);
			this.set({ queue: "waiting" }, waiting);
		},
	});
	new Gauge({
		name: "cf520_platform_ready",
		help: "1 while a platform is connected and accepts our token.",
		labelNames: ["platform"],
		registers,
		collect() {
			for (const [platform, state] of Object.entries(now.platforms())) this.set({ platform }, state === "ready" ? 1 : 0);
		},
	});
	// Without a series before its first event, that event is no increase: rate() would miss it. Only where labels are few and fixed.
	for (const service of SERVICE_NAMES) for (const result of CALL_RESULTS) serviceCalls.inc({ service, result }, 0);
	for (const platform of Object.keys(now.platforms())) {
		reconnects.inc({ platform }, 0);
		acknowledgements.zero({ platform });
	}
	return {
		question: (platform, kind, outcome) => commands.inc({ platform, kind, outcome }),
		acknowledged: (platform, seconds) => acknowledgements.observe({ platform }, seconds),
		look: ({ timings }) => {
			const stages = {
				dns: timings.dnsMs,
				connect: timings.connectedMs,
				tls: timings.securedMs,
				first_byte: timings.firstByteMs,
				end: timings.endedMs,
			};
			for (const [stage, ms] of Object.entries(stages)) if (ms !== null) looks.observe({ stage }, ms / 1_000);
		},
		verdict: (kind, code) => verdicts.inc({ kind, code: code === null ? "none" : String(code) }),
		refused: (why) => refusals.inc({ why }),
		reconnected: (platform) => reconnects.inc({ platform }),
		serviceCalled: (service, result) => serviceCalls.inc({ service, result }),
		takenOver: (count) => takeovers.inc(count),
		storeCalled: (op, seconds) => storeCalls.observe({ op }, seconds),
		text: () => registry.metrics(),
		contentType: registry.contentType,
	};
}
