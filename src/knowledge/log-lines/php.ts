import type { Signature } from "./signature.ts";

/** Lines of PHP itself. */
export const php: readonly Signature[] = [
	{
		id: "php-mem",
		server: "php",
		looks: /Allowed memory size of \d+ bytes exhausted/,
		speaksFor: "500",
		originLog: "crash",
		meaning: "A script reached memory_limit",
		fix: "Raise memory_limit; fix the script",
		source: "php/php-src: Zend/zend_alloc.c",
		example:
			"PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /srv/www/x.php on line 12",
	},
	{
		id: "php-fatal",
		server: "php",
		looks: /PHP Fatal error: {1,2}Uncaught /,
		speaksFor: "500",
		originLog: "crash",
		exception: true,
		meaning: "An exception was not caught",
		fix: "Fix the code",
		source: "php/php-src: main/main.c, Zend/zend_exceptions.c",
		example:
			'2026/11/22 11:16:41 [error] 15315#15315: *6 FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: Call to undefined function foo() in /srv/www/x.php:3" while reading response header from upstream, client: 192.0.2.10',
	},
	{
		id: "php-max-time",
		server: "php",
		looks: /Maximum execution time of \d{1,6}(?:\+\d{1,6})? seconds? exceeded/,
		speaksFor: "500",
		originLog: "crash",
		meaning: "PHP ended the script after max_execution_time",
		fix: "Make it faster; move long work out of the request; raise the limit",
		source: "php/php-src: main/main.c",
		example:
			"[24-Nov-2026 09:14:07 UTC] PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/www/a.php on line 3",
	},
	{
		id: "litespeed-children",
		server: "litespeed (lsphp)",
		looks: /Reached max children process limit: \d+/,
		speaksFor: "origin-overloaded",
		originLog: null,
		hostHealth: "saturated",
		of: "host",
		meaning: "All PHP workers are busy",
		fix: "Raise LSAPI_CHILDREN, or reduce slow requests",
		source: "LiteSpeed LSAPI: lsapilib.c",
		example:
			"2026-11-24 09:14:07.123456 [NOTICE] [812] [T0] Reached max children process limit: 35, extra: 11, current: 35, busy: 35, please increase LSAPI_CHILDREN.",
	},
];
