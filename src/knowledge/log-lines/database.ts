import type { Signature } from "./signature.ts";

/** Lines that applications print about their database. */
export const database: readonly Signature[] = [
	{
		id: "db-too-many",
		server: "mysql, postgresql (in the log of the application)",
		looks:
			/\b1040\b.{0,20}Too many connections|ER_CON_COUNT_ERROR|sorry, too many clients already|remaining connection slots are reserved/,
		speaksFor: "origin-overloaded",
		originLog: null,
		hostHealth: "saturated",
		also: { "waits-for": "own-backend" },
		of: "host",
		meaning: "The database accepts no more connections",
		fix: "Check pool size, max_connections and slow queries",
		source: "MySQL error 1040; PostgreSQL 53300",
		example: "SQLSTATE[HY000] [1040] Too many connections (SQL: select * from `orders`)",
	},
	{
		id: "db-pool",
		server: "application (connection pool)",
		looks:
			/QueuePool limit of size \d+ overflow \d+ reached|Connection is not available, request timed out after \d+ ?ms|could not obtain a connection from the pool within|Timeout acquiring a connection\. The pool is probably full|Timed out fetching a new connection from the connection pool/,
		speaksFor: "origin-overloaded",
		originLog: null,
		hostHealth: "saturated",
		also: { "waits-for": "own-backend" },
		of: "host",
		meaning: "Every connection of the pool is in use",
		fix: "Find slow queries and connections that are never returned; then check the pool size",
		source: "SQLAlchemy, HikariCP, Active Record, Knex and Prisma: their own messages",
		example: "HikariPool-1 - Connection is not available, request timed out after 30000ms.",
	},
];
