import { after, before, describe } from "node:test";
import { type Bouncer, bouncerProgram, type Postgres, postgresFolder, startBouncer, startPostgres } from "../postgres.ts";
import { accessesContract, contract, sharedContract } from "../store/contract.ts";
import { postgresEngine } from "../store/postgres-engine.ts";

/** Every promise of the stores, kept by PostgreSQL, and by PostgreSQL through PgBouncer. */

const missing = postgresFolder() === null ? "PostgreSQL is not installed" : false;
const missingBouncer = missing || (bouncerProgram() === null ? "PgBouncer is not installed" : false);
let postgres: Postgres;
let bouncer: Bouncer;

before(async () => {
	if (missing === false) postgres = await startPostgres();
	if (missingBouncer === false) bouncer = await startBouncer(postgres);
});
after(async () => {
	await bouncer?.end();
	await postgres?.end();
});

describe("PostgreSQL", { skip: missing }, () => {
	const engine = postgresEngine(
		"PostgreSQL",
		() => postgres,
		(url) => url,
	);
	contract(engine);
	sharedContract(engine);
	accessesContract(engine, true);
});

describe("PostgreSQL through PgBouncer", { skip: missingBouncer }, () => {
	const engine = postgresEngine(
		"PgBouncer",
		() => postgres,
		(url) => bouncer.through(url),
	);
	contract(engine);
	sharedContract(engine);
	accessesContract(engine, true);
});
