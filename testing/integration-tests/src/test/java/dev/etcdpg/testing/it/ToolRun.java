package dev.etcdpg.testing.it;

import dev.etcdpg.tool.Main;
import java.io.PrintWriter;
import java.io.StringWriter;

/** One run of the tool, as a user starts it. */
record ToolRun(int exitCode, String out, String err) {

    static ToolRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new ToolRun(code, out.toString(), err.toString());
    }
}
