import { readInPlace, type TextJobs, type TextReader } from "./text-readers.ts";

/** What a worker thread runs: one reader, on one text. */
export default <R extends TextReader>({
	reader,
	input,
}: {
	readonly reader: R;
	readonly input: TextJobs[R]["input"];
}): TextJobs[R]["output"] => readInPlace(reader, input);
