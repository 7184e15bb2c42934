import type { Signature } from "./signature.ts";

/** Lines of Tomcat, also inside Spring Boot. */
export const tomcat: readonly Signature[] = [
	{
		id: "spring-exception",
		server: "tomcat (spring boot)",
		looks: /Servlet\.service\(\) for servlet \[[^\]]{1,80}\].{0,120} threw exception/,
		speaksFor: "500",
		originLog: "crash",
		exception: true,
		meaning: "The application raised an exception that was not caught",
		fix: "Read the trace below it",
		source: "apache/tomcat: java/org/apache/catalina/core/StandardWrapperValve.java",
		example:
			"2026-11-24T10:14:07.123+01:00 ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() for servlet [dispatcherServlet] threw exception",
	},
	{
		id: "tomcat-client-left",
		server: "tomcat",
		looks: /ClientAbortException: /,
		speaksFor: "524",
		originLog: "client-closed-499",
		meaning: "The other side closed the connection before the response was sent",
		fix: "Read its duration: about 125 s is a 524, less is the visitor",
		source: "apache/tomcat: java/org/apache/catalina/connector/OutputBuffer.java",
		example:
			"24-Nov-2026 09:14:07.123 SEVERE [http-nio-8080-exec-1] org.apache.catalina.connector.ClientAbortException: java.io.IOException: Broken pipe",
	},
	{
		id: "tomcat-bad-request",
		server: "tomcat",
		looks: /Error parsing HTTP request header/,
		speaksFor: "400",
		originLog: "refused-or-444",
		meaning: "Tomcat rejected the request: a forbidden character in its URL, or headers over 8 KB",
		fix: "Find the invalid character or header; compare maxHttpHeaderSize",
		source: "apache/tomcat: java/org/apache/coyote/http11/Http11Processor.java",
		example:
			"24-Nov-2026 09:14:07.123 INFO [http-nio-8080-exec-1] org.apache.coyote.http11.Http11Processor.service Error parsing HTTP request header",
	},
	{
		id: "tomcat-threads",
		server: "tomcat",
		looks: /All threads \(\d+\) are currently busy, waiting|Maximum number of threads \(\d+\) created for connector/,
		speaksFor: "origin-overloaded",
		originLog: null,
		hostHealth: "saturated",
		of: "host",
		meaning: "All threads are busy",
		fix: "Add threads, or reduce slow requests",
		source: "apache/tomcat: org.apache.tomcat.util.threads",
		example:
			"24-Nov-2026 09:14:07.123 SEVERE [http-nio-8080-Acceptor] org.apache.tomcat.util.threads.ThreadPool.logFull All threads (200) are currently busy, waiting. Increase maxThreads (200) or check the servlet status",
	},
];
